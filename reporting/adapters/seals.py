"""Sealing of what must not be readable in the tables, and keyed hashes of what must only be recognised.

One master key per installation; each purpose gets its own key by HKDF-SHA256, so that no two uses share one.
"""

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value does not open: wrong key, wrong row, or altered."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands; it opens nowhere else."""

    table: str
    column: str
    row: str

    def associated_data(self, key_id: str) -> bytes:
        return f"{self.table}|{self.column}|{self.row}|{key_id}".encode()


class Seals:
    """AES-256-GCM sealing and HMAC-SHA256 recognition under one master key."""

    def __init__(self, master_key: bytes, key_id: str, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self.key_id = key_id
        self._master = master_key
        self._random = random_bytes
        self._key = lru_cache(maxsize=64)(self._derived)
        self._cipher = lru_cache(maxsize=64)(lambda purpose: AESGCM(self._derived(purpose)))

    def seal(self, purpose: str, place: Place, plain: bytes) -> bytes:
        """Nonce and ciphertext, bound to table, column, row and key id."""
        nonce = self._random(NONCE_BYTES)
        return nonce + self._cipher(purpose).encrypt(nonce, plain, place.associated_data(self.key_id))

    def open(self, purpose: str, place: Place, sealed: bytes) -> bytes:
        """The plain value; raises SealBroken when it was sealed for another place or altered."""
        try:
            return self._cipher(purpose).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.associated_data(self.key_id))
        except Exception as error:  # the library raises InvalidTag without a common base
            raise SealBroken(str(type(error).__name__)) from None

    def mark(self, purpose: str, value: str) -> bytes:
        """A keyed hash: recognises the value without keeping it."""
        return hmac.digest(self._key(purpose), value.encode(), "sha256")

    def own_key(self, purpose: str, value: str) -> AESGCM:
        """A cipher whose key is derived from a value only its holder knows."""
        return AESGCM(self.mark(purpose, value))

    def _derived(self, purpose: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(self._master)
