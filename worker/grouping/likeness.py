"""How alike two texts are, cheaply and in any language: shared word stems, shared letters across slips, shared runs of words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_STEM = 6
_RUN = 3
_LETTERS = 3
# Two texts of one language share this part of their runs of letters by chance.
_BY_CHANCE = 0.3
NEAR_IDENTICAL = 0.6


@dataclass(frozen=True, slots=True)
class _Text:
    """What a text is compared by. `weight` is that of all its stems."""

    stems: frozenset[str]
    weight: int
    letters: frozenset[str]
    runs: frozenset[tuple[str, ...]]


@lru_cache(maxsize=4096)
def _text(text: str) -> _Text:
    words = _words(text)
    stems = _stems(words)
    return _Text(stems, _weight(stems), _letters(words), _runs(words))


def _words(text: str) -> tuple[str, ...]:
    if text.isascii():
        return tuple(_WORD.findall(text.lower()))
    spread = unicodedata.normalize("NFKD", text.casefold())
    return tuple(_WORD.findall("".join(letter for letter in spread if not unicodedata.combining(letter))))


def _stems(words: Sequence[str]) -> frozenset[str]:
    """Word beginnings of three letters and more: small words and endings tell languages apart, not incidents."""
    return frozenset(word[:_STEM] for word in words if len(word) > 2) or frozenset(words)


def _letters(words: Sequence[str]) -> frozenset[str]:
    """Runs of three letters of the longer words: a slip of the finger changes few of them."""
    padded = [f" {word} " for word in words if len(word) > 3]
    return frozenset(word[at : at + _LETTERS] for word in padded for at in range(len(word) - _LETTERS + 1))


def _runs(words: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    if len(words) <= _RUN:
        return frozenset((words,)) if words else frozenset()
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def _weight(stems: Iterable[str]) -> int:
    """Long words tell more than short ones: "the" and "der" are in every text."""
    return sum(max(1, len(stem) - 1) for stem in stems)


def likeness(first: str, second: str) -> float | None:
    """0 to 1: what two texts have in common, by word stems or, across slips and spellings, by letters. None when one of
    them says nothing. Symmetric."""
    one, other = _text(first), _text(second)
    if not one.stems or not other.stems:
        return None
    return max(
        _weight(one.stems & other.stems) * 2 / (one.weight + other.weight),
        (_shared(one.letters, other.letters) - _BY_CHANCE) / (1 - _BY_CHANCE),
    )


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def near_identical(first: str, second: str) -> bool:
    """Whether one text is a copy of the other but for a word or two: most runs of three words are the same."""
    one, other = _text(first).runs, _text(second).runs
    few, many = sorted((len(one), len(other)))
    if few < many * NEAR_IDENTICAL or not few:
        return False
    same = len(one & other)
    return same / (few + many - same) >= NEAR_IDENTICAL
