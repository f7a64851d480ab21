"""A file of known length that is read from anywhere: the places and the counting, whatever its bytes are kept in."""

import io
from abc import abstractmethod
from typing import BinaryIO


class FromAnywhere(io.RawIOBase, BinaryIO):
    """Knows where it stands. `length` in bytes; who inherits says what stands at a place."""

    length: int

    def __init__(self) -> None:
        super().__init__()
        self._at = 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.length}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Up to `size` bytes, all that is left where it is negative."""
        wanted = self.length - self._at if size is None or size < 0 else min(size, self.length - self._at)
        parts: list[bytes] = []
        while wanted > 0:
            part = self._part(wanted)
            parts.append(part)
            self._at += len(part)
            wanted -= len(part)
        return b"".join(parts)

    @abstractmethod
    def _part(self, wanted: int) -> bytes:
        """At least one and at most so many of the bytes that stand where it is."""
