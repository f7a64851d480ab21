"""Whether a text only says what somebody looks like, by two short lists of words. Pure; the same rule runs on the phone
(static/js/public/looks.mjs), and triage has its own, which reads whole sentences."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NUMBER: Final = re.compile(r"\d+s?")
_SAME: Final = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "’": "'", "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "گ": "ك", "ٱ": "ا"}
)


@dataclass(frozen=True, slots=True)
class Looks:
    """One language's words: `shows` are about looks, `plain` say nothing by themselves; `*` behind a word leaves its end open."""

    shows: frozenset[str]
    plain: frozenset[str]


def looks_of(shows: str, plain: str) -> Looks:
    """The lists from words with spaces between."""
    return Looks(frozenset(shows.split()), frozenset(plain.split()))


def only_looks(text: str, looks: Looks) -> bool:
    """Every word is about looks or says nothing by itself, and at least one is about looks."""
    seen = False
    for word in _WORD.findall(_folded(text)):
        if _holds(looks.shows, word):
            seen = True
        elif not _holds(looks.plain, word) and not _NUMBER.fullmatch(word):
            return False
    return seen


def _folded(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in spread if not unicodedata.combining(character)).translate(_SAME)


def _holds(words: frozenset[str], word: str) -> bool:
    return word in words or any(f"{word[:size]}*" in words for size in range(2, len(word) + 1))
