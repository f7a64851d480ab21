"""Large things sealed piece by piece: written and read in blocks, with little memory, and whole or not at all.

The essay: a file is cut into segments of 64 KiB, each sealed with AES-256-GCM under a key of its own file. The nonce is the
segment's number and whether it is the last one, so that no segment can be left out, repeated, moved, cut off at the end or
brought in from another file; the associated data names the place where the file stands (the STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizár, 2015). A key is used for one file and never again, which is why a counter is enough for a nonce.
"""

import io
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reporting.adapters.from_anywhere import FromAnywhere
from reporting.adapters.seals import SealBroken

SEGMENT: Final = 64 * 1024
TAG: Final = 16
WHOLE: Final = SEGMENT + TAG


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((last,))


class SealedWriter:
    """Seals what is written into `file`, from where that stands. Nothing can be read back before `finish`."""

    def __init__(self, file: BinaryIO, cipher: AESGCM, place: bytes) -> None:
        self._file, self._cipher, self._place = file, cipher, place
        self._kept = bytearray()
        self._number = 0
        self.length = 0
        """Bytes written so far, as they were before they were sealed."""

    def write(self, data: bytes) -> int:
        """Takes bytes of any number; raises OSError where the disk does."""
        self._kept += data
        self.length += len(data)
        while len(self._kept) > SEGMENT:
            self._seal(bytes(self._kept[:SEGMENT]), last=False)
            del self._kept[:SEGMENT]
        return len(data)

    def finish(self) -> None:
        """Seals what is left, which may be nothing, as the last segment."""
        self._seal(bytes(self._kept), last=True)
        self._kept.clear()

    def _seal(self, plain: bytes, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last), plain, self._place))
        self._number += 1


class SealedReader(FromAnywhere):
    """Reads what a SealedWriter sealed, from anywhere; holds one segment. Raises SealBroken for what was altered or cut."""

    def __init__(self, file: BinaryIO, cipher: AESGCM, place: bytes, begins: int = 0) -> None:
        super().__init__()
        self._file, self._cipher, self._place, self._begins = file, cipher, place, begins
        sealed = file.seek(0, io.SEEK_END) - begins
        if sealed < TAG:
            raise SealBroken("too short")
        self._segments = -(-sealed // WHOLE)
        self.length = sealed - TAG * self._segments
        self._open: tuple[int, bytes] = (-1, b"")

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _part(self, wanted: int) -> bytes:
        number, inside = divmod(self._at, SEGMENT)
        return self._segment(number)[inside : inside + wanted]

    def _segment(self, number: int) -> bytes:
        if self._open[0] != number:
            self._file.seek(self._begins + number * WHOLE)
            sealed = self._file.read(WHOLE)
            last = number == self._segments - 1
            try:
                self._open = number, self._cipher.decrypt(_nonce(number, last), sealed, self._place)
            except InvalidTag:
                raise SealBroken("altered, or of another place") from None
        return self._open[1]
