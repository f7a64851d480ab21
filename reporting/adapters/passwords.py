"""Password hashing: argon2id, slow on purpose, two at once at most, so that signing in leaves threads to intake."""

import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from reporting.domain.errors import SignInsCrowded

AT_ONCE: Final = threading.BoundedSemaphore(2)
"""Per process; fewer than a web process has threads."""
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""19 MiB, two passes: the first choice of OWASP's password storage cheat sheet."""
_DECOY: Final = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """A fresh argon2id hash."""
    with AT_ONCE:
        return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is right. An unknown account (None) takes as long as a wrong password.

    Raises SignInsCrowded at once where two are being checked already: who waited here would hold a thread.
    """
    if not AT_ONCE.acquire(blocking=False):
        raise SignInsCrowded
    try:
        return _HASHER.verify(stored or _DECOY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
    finally:
        AT_ONCE.release()
