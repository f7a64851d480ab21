"""Random bits for one deed, drawn at once and each given out once.

Asking the operating system lets the other threads of a process run first; who asks six times waits six times for its turn.
"""

import uuid


class Chance:
    """A supply of random bits."""

    def __init__(self, bits: int, count: int) -> None:
        """`bits` holds `count` random bits from a cryptographic source."""
        self._bits = bits
        self._left = count

    def __call__(self, count: int) -> int:
        """The next `count` bits as a number; raises ValueError when fewer are left."""
        if count > self._left:
            raise ValueError("the supply of random bits is too small for this deed")
        self._left -= count
        taken = self._bits & ((1 << count) - 1)
        self._bits >>= count
        return taken

    def octets(self, count: int) -> bytes:
        """The next `count` bytes."""
        return self(8 * count).to_bytes(count, "big")

    def key(self) -> uuid.UUID:
        """A random id (UUID version 4)."""
        return uuid.UUID(int=self(128), version=4)
