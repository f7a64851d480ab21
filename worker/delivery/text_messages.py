"""What a text message costs: 160 characters in the phones' alphabet, 70 in every other (3GPP TS 23.038); how to stay within.

Polish, Romanian and Portuguese are read without their marks on every phone, and so written; a text that would then still need the
other alphabet, such as Greek or Arabic, stays as it is.
"""

import unicodedata
from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")
"""Written with an escape: two characters each."""
_PLAIN: Final = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "ç": "c", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"',
                               "»": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " "})  # fmt: skip
ONE: Final = {True: 160, False: 70}
MORE: Final = {True: 153, False: 67}
"""Characters of one message, and of each part of a longer one, in the phones' alphabet or not."""


def is_basic(text: str) -> bool:
    """Whether the phones' own alphabet has every letter."""
    return all(letter in _BASIC or letter in _EXTENDED for letter in text)


def parts(text: str) -> int:
    """How many messages the text is sent and paid as."""
    basic = is_basic(text)
    length = sum(1 + (letter in _EXTENDED) for letter in text) if basic else len(text.encode("utf-16-be")) // 2
    return 1 if length <= ONE[basic] else -(-length // MORE[basic])


def fitted(text: str) -> str:
    """The text as it is, or without the marks on its letters where that saves the other alphabet."""
    if is_basic(text):
        return text
    plain = "".join(letter if letter in _BASIC else _bare(letter) for letter in text.translate(_PLAIN))
    return plain if is_basic(plain) else text


def _bare(letter: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each))
