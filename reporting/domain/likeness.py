"""How alike two texts are, cheaply and in any language: shared word stems, shared letters across slips, shared runs of words.

One new text is compared with many that were told before. Of each of those there is a `Wording`, which is small, because a
process remembers thousands; of the new one a `Probe`, the same as sets, which is looked things up in and soon gone.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from sys import intern

_WORD = re.compile(r"[^\W_]+")
_STEM = 6
_RUN = 3
_LETTERS = 3
# Two texts of one language share this part of their runs of letters by chance.
_BY_CHANCE = 0.3
NEAR_IDENTICAL = 0.6


@dataclass(frozen=True, slots=True)
class Wording:
    """What a text is compared by, each thing once: word beginnings and their weight, runs of letters, hashes of runs of words.
    The strings are shared by all texts."""

    stems: tuple[str, ...]
    weight: int
    letters: tuple[str, ...]
    runs: array[int]

    @classmethod
    def of(cls, text: str) -> Wording:
        words = _words(text)
        stems = tuple(map(intern, _stems(words)))
        return cls(stems, _weight(stems), tuple(map(intern, _letters(words))), array("q", map(hash, _runs(words))))


@dataclass(frozen=True, slots=True)
class Probe:
    """The wording of the text that others are compared with."""

    stems: frozenset[str]
    weight: int
    letters: frozenset[str]
    runs: frozenset[int]

    @classmethod
    def of(cls, told: Wording) -> Probe:
        return cls(frozenset(told.stems), told.weight, frozenset(told.letters), frozenset(told.runs))


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
    return frozenset([word[at : at + _LETTERS] for word in padded for at in range(len(word) - _LETTERS + 1)])


def _runs(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if len(words) <= _RUN:
        return iter((words,) if words else ())
    return iter(frozenset(zip(words, words[1:], words[2:], strict=False)))


def _weight(stems: Iterable[str]) -> int:
    """Long words tell more than short ones: "the" and "der" are in every text."""
    return sum([max(1, len(stem) - 1) for stem in stems])


def likeness(one: Probe, other: Wording) -> float | None:
    """0 to 1: what two texts have in common, by word stems or, across slips and spellings, by letters. None when one of
    them says nothing. The same whichever of the two texts is the new one."""
    if not one.stems or not other.stems:
        return None
    return max(
        _weight(one.stems.intersection(other.stems)) * 2 / (one.weight + other.weight),
        (_shared(one.letters, other.letters) - _BY_CHANCE) / (1 - _BY_CHANCE),
    )


def _shared(one: frozenset[str], other: Sequence[str]) -> float:
    return 2 * len(one.intersection(other)) / (len(one) + len(other)) if one and other else 0.0


def near_identical(one: Probe, other: Wording) -> bool:
    """Whether one text is a copy of the other but for a word or two: most runs of three words are the same."""
    if one.runs.isdisjoint(other.runs):
        return False
    same = len(one.runs.intersection(other.runs))
    return same / (len(one.runs) + len(other.runs) - same) >= NEAR_IDENTICAL
