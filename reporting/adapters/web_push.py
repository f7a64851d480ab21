"""Web push: a letter encrypted for one browser (RFC 8291, RFC 8188) and our signature on the call (VAPID, RFC 8292).

Written on `cryptography` rather than on pywebpush, which makes its HTTP calls itself, past our guard. The tests hold it
against the example of RFC 8291 and open letters with the receiver's keys.
"""

import base64
import binascii
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CURVE: Final = ec.SECP256R1()
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
POINT_BYTES: Final = 65
AUTH_BYTES: Final = 16
SALT_BYTES: Final = 16
RECORD_BYTES: Final = 4096
PADDED_BYTES: Final = 512
"""Every letter is as long as every other: its length tells neither its language nor its kind."""
SIGNED_FOR_S: Final = 12 * 3600
"""RFC 8292 allows a day."""


class NotAKey(ValueError):
    """Not the key of a browser."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a browser is reached and with which keys, as its subscription says."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)

    @classmethod
    def of(cls, told: bytes) -> "Browser":
        """From what `as_bytes` made."""
        return cls(**json.loads(told))

    def as_bytes(self) -> bytes:
        """For sealing."""
        return json.dumps({"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}).encode()

    def require_keys(self) -> None:
        """Raises NotAKey where nothing could be encrypted for it."""
        _public(octets(self.p256dh))
        if len(octets(self.auth)) != AUTH_BYTES:
            raise NotAKey("auth")


@dataclass(frozen=True, slots=True)
class Fresh:
    """What is made anew for each letter: the sender's key and the salt."""

    key: ec.EllipticCurvePrivateKey
    salt: bytes

    @classmethod
    def made(cls, random_bytes: Callable[[int], bytes] = os.urandom) -> "Fresh":
        return cls(ec.generate_private_key(CURVE), random_bytes(SALT_BYTES))


class Vapid:
    """The key by which push services know us, from 48 random bytes that are as secret as any other key."""

    def __init__(self, secret: bytes) -> None:
        self._key = ec.derive_private_key(int.from_bytes(secret, "big") % (ORDER - 1) + 1, CURVE)
        self.public_key = text_of(_raw(self._key))

    def authorization(self, origin: str, contact: str, now: int) -> str:
        """The header for calls to this origin (scheme and host); `contact` is a mailto: or https: address of whoever runs us,
        `now` in seconds since 1970."""
        claims = {"aud": origin, "exp": now + SIGNED_FOR_S, "sub": contact}
        head = {"typ": "JWT", "alg": "ES256"}
        signed = ".".join(text_of(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = text_of(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return f"vapid t={signed}.{signature}, k={self.public_key}"


def encrypt(browser: Browser, words: bytes, fresh: Fresh, padded_to: int = PADDED_BYTES) -> bytes:
    """The body of the call: one record of `aes128gcm`. Raises NotAKey for a browser's wrong keys."""
    browser.require_keys()
    theirs = octets(browser.p256dh)
    ours = _raw(fresh.key)
    shared = fresh.key.exchange(ec.ECDH(), _public(theirs))
    secret = _derived(octets(browser.auth), shared, b"WebPush: info\0" + theirs + ours, 32)
    key = _derived(fresh.salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(fresh.salt, secret, b"Content-Encoding: nonce\0", 12)
    plain = words + b"\x02" + b"\0" * max(0, padded_to - len(words))
    head = fresh.salt + RECORD_BYTES.to_bytes(4, "big") + bytes((len(ours),)) + ours
    return head + AESGCM(key).encrypt(nonce, plain, None)


def octets(text: str) -> bytes:
    """base64url with or without its padding; raises NotAKey."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotAKey("base64url") from None


def text_of(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _public(raw: bytes) -> ec.EllipticCurvePublicKey:
    if len(raw) != POINT_BYTES:
        raise NotAKey("p256dh")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw)
    except ValueError:
        raise NotAKey("p256dh") from None


def _raw(key: ec.EllipticCurvePrivateKey) -> bytes:
    form: Any = serialization.PublicFormat.UncompressedPoint
    return key.public_key().public_bytes(serialization.Encoding.X962, form)


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)
