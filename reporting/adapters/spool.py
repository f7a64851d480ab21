"""A body on its way in: in memory while it is small, else in a file without a name that only this process can read.

The file is sealed under a key that is never written anywhere, and it is gone with the process, however that ends.
"""

import io
import os
import tempfile
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from reporting.adapters.sealed_streams import SealedReader, SealedWriter

IN_MEMORY: Final = 512 * 1024
"""Bytes: a picture that was shrunk on the phone never touches the disk before it has been looked at."""
KEY_BITS: Final = 256


class Spool:
    """Takes bytes as they come, then gives a file that can be read from anywhere. Raises OSError where the disk does."""

    def __init__(self, folder: Path, in_memory: int = IN_MEMORY) -> None:
        self._folder, self._most = folder, in_memory
        self._small: BinaryIO = io.BytesIO()
        self._file: BinaryIO | None = None
        self._writer: SealedWriter | None = None
        self.length = 0

    def write(self, data: bytes) -> None:
        """Takes the next bytes."""
        self.length += len(data)
        if self._writer is None and self.length > self._most:
            self._go_to_disk()
        (self._writer or self._small).write(data)

    def finished(self) -> BinaryIO:
        """The whole body, from its beginning; nothing can be written any more."""
        if self._writer is None or self._file is None:
            self._small.seek(0)
            return self._small
        self._writer.finish()
        self._file.flush()
        return SealedReader(self._file, self._cipher, b"spool")

    def close(self) -> None:
        """Lets go of the file or the memory."""
        self._small.close()
        if self._file is not None:
            self._file.close()

    def _go_to_disk(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._cipher = AESGCM(AESGCM.generate_key(KEY_BITS))
        self._file = _nameless(self._folder)
        self._writer = SealedWriter(self._file, self._cipher, b"spool")
        self._writer.write(self._small.getvalue())  # type: ignore[attr-defined]
        self._small = io.BytesIO()


class SpoolFile(Spool):
    """A spool that a reader of forms takes for a file: written, and then set back to its beginning."""

    def seek(self, offset: int, whence: int = 0) -> int:
        """Does nothing: who reads it asks for `finished`."""
        return offset

    def read(self, _size: int = -1) -> bytes:
        """Nothing, for the same reason."""
        return b""


def _nameless(folder: Path) -> BinaryIO:
    """A file without a name; where the file system knows none, its name is taken away at once."""
    try:
        return os.fdopen(os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600), "w+b")
    except OSError:
        return tempfile.TemporaryFile(dir=folder)
