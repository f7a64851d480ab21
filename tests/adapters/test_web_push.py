"""Web push against the example of RFC 8291, and against what a push service and a browser do with a letter."""

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from reporting.adapters.web_push import CURVE, PADDED_BYTES, Browser, Fresh, NotAKey, Vapid, encrypt, octets, text_of
from tests.receiver import Receiver

# RFC 8291, section 5 and appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SENDER_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6"
    "cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    key = ec.derive_private_key(int.from_bytes(octets(SENDER_KEY), "big"), CURVE)
    made = encrypt(Browser("https://push.example.net/x", RECEIVER, AUTH), PLAIN, Fresh(key, octets(SALT)), padded_to=0)
    assert text_of(made) == BODY


@pytest.mark.parametrize("words", [b"", b"short", "Ελληνικά و العربية".encode(), b"x" * 400])
def test_only_the_receiver_opens_it_and_every_letter_is_as_long(words: bytes) -> None:
    receiver, other = Receiver(), Receiver()
    body = encrypt(receiver.browser("https://push.example.net/x"), words, Fresh.made())
    assert receiver.open(body) == words
    assert len(body) == 16 + 4 + 1 + 65 + PADDED_BYTES + 1 + 16
    with pytest.raises(Exception, match=r"^$"):
        other.open(body)


def test_no_two_letters_are_alike() -> None:
    browser = Receiver().browser("https://push.example.net/x")
    assert len({encrypt(browser, b"the same", Fresh.made()) for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        ("", AUTH),
        ("BA", AUTH),
        (text_of(b"\x04" + b"\1" * 64), AUTH),
        (text_of(b"\0" * 65), AUTH),
        (RECEIVER + "AA", AUTH),
        ("***", AUTH),
        (RECEIVER, ""),
        (RECEIVER, "AAAA"),
        (RECEIVER, AUTH + "AAAA"),
        (RECEIVER, "ü"),
    ],
)
def test_wrong_keys_are_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(NotAKey):
        Browser("https://push.example.net/x", p256dh, auth).require_keys()


def test_a_push_service_can_check_our_signature() -> None:
    vapid = Vapid(b"s" * 40 + b"12345678")
    scheme, _, rest = vapid.authorization("https://push.example.net", "mailto:a@example.org", 1_000_000).partition(" ")
    told = dict(part.split("=", 1) for part in rest.split(", "))
    head, claims, signature = told["t"].split(".")
    raw = octets(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, octets(told["k"]))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert scheme == "vapid" and told["k"] == vapid.public_key
    assert json.loads(octets(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(octets(claims)) == {
        "aud": "https://push.example.net",
        "exp": 1_000_000 + 12 * 3600,
        "sub": "mailto:a@example.org",
    }


def test_the_same_secret_is_always_the_same_key_and_another_one_another() -> None:
    assert Vapid(b"a" * 48).public_key == Vapid(b"a" * 48).public_key != Vapid(b"b" * 48).public_key
    assert len(base64.urlsafe_b64decode(Vapid(b"a" * 48).public_key + "=")) == 65
