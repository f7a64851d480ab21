"""Receipt codes: the reporter's own secret, made on the phone or by the server, typed by tired fingers.

A code is 15 random characters of Crockford's base 32 (75 bits) and one check character, written in four groups of four:
`7K3M-9QPD-X0TA-B5CE`. The check character is a sum over GF(32): with a the element `x` of GF(2)[x]/(x^5+x^2+1) and
d1...d15 the values of the characters, it is a^1*d1 + ... + a^15*d15. Because all powers differ, it catches every single wrong
character and every swap of two different characters, and it stays within the same alphabet, which Crockford's own check
(modulo 37) does not. Phones compute it with the same dozen lines; the test vectors are `VECTORS`.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from operator import xor

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_CHARACTERS = 15
RANDOM_BITS = 75

VECTORS = {
    "000000000000000": "0000-0000-0000-0000",
    "100000000000000": "1000-0000-0000-0002",
    "0123456789ABCDE": "0123-4567-89AB-CDE4",
    "ZZZZZZZZZZZZZZZ": "ZZZZ-ZZZZ-ZZZZ-ZZZN",
}
"""15 characters -> the whole code, for other implementations."""

_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_receipt_code(random_bits: Callable[[int], int]) -> str:
    """A fresh code; `random_bits(n)` gives n random bits from a cryptographic source."""
    bits = random_bits(RANDOM_BITS)
    body = "".join(ALPHABET[(bits >> (5 * index)) & 31] for index in range(RANDOM_CHARACTERS))
    return grouped(body + check_character(body))


def check_character(body: str) -> str:
    """The 16th character for 15 characters of the alphabet."""
    return ALPHABET[reduce(xor, (terms[character] for terms, character in zip(_TERMS, body, strict=True)))]


def normalised(text: str) -> str | None:
    """The code as stored and compared, grouped; None when it is not a code or was mistyped.

    Forgives case, blanks, hyphens and the look-alikes O (0), I and L (1), as Crockford proposes.
    """
    bare = "".join(character for character in text if character not in " -\u2010\u2011\u2013\t").upper()
    bare = bare.translate(_LOOKALIKES)
    if len(bare) != RANDOM_CHARACTERS + 1 or any(character not in _VALUES for character in bare):
        return None
    return grouped(bare) if check_character(bare[:-1]) == bare[-1] else None


def grouped(characters: str) -> str:
    """Sixteen characters in four groups of four."""
    return "-".join(characters[start : start + 4] for start in range(0, len(characters), 4))


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def _times(left: int, right: int) -> int:
    product = 0
    while right:
        if right & 1:
            product ^= left
        left, right = _times_x(left), right >> 1
    return product


def _terms() -> Iterator[dict[str, int]]:
    """For each place of the code: character -> what it adds to the sum."""
    power = 1
    for _place in range(RANDOM_CHARACTERS):
        power = _times_x(power)
        yield {character: _times(power, value) for character, value in _VALUES.items()}


_TERMS = tuple(_terms())
