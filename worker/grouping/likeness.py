"""How alike two texts are, cheaply and in any language: shared word stems, and shared runs of three words."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_STEM = 6
_RUN = 3
NEAR_IDENTICAL = 0.6


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    """Word beginnings of three letters and more: small words and endings tell languages apart, not incidents."""
    words = _words(text)
    return frozenset(word[:_STEM] for word in words if len(word) > 2) or frozenset(words)


@lru_cache(maxsize=4096)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _words(text)
    if len(words) <= _RUN:
        return frozenset((words,)) if words else frozenset()
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def likeness(first: str, second: str) -> float | None:
    """0 to 1: the share of word stems two texts have in common; None when one of them says nothing. Symmetric."""
    one, other = _stems(first), _stems(second)
    if not one or not other:
        return None
    return 2 * len(one & other) / (len(one) + len(other))


def near_identical(first: str, second: str) -> bool:
    """Whether one text is a copy of the other but for a word or two: most runs of three words are the same."""
    one, other = _runs(first), _runs(second)
    if not one or not other:
        return False
    return len(one & other) / len(one | other) >= NEAR_IDENTICAL
