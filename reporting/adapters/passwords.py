"""Password hashing: argon2id, slow on purpose, and never more than four at once, so that signing in cannot starve intake."""

import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE: Final = threading.BoundedSemaphore(4)
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""19 MiB, two passes: the first choice of OWASP's password storage cheat sheet."""
_DECOY: Final = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """A fresh argon2id hash."""
    with AT_ONCE:
        return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is right. An unknown account (None) takes as long as a wrong password."""
    with AT_ONCE:
        try:
            return _HASHER.verify(stored or _DECOY, password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False
