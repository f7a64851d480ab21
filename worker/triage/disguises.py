"""Words written otherwise than a list has them: drawn out, with figures for letters, run together, or as a picture.

"Booomb", "b0mb", "#ShotsFired", "thereisabombinthestation" and a picture of a bomb say what they say. Nothing is looked for
inside another word: a word that is known stays itself, and letters that run together count only where all of them are words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from itertools import pairwise

# Pictures that people send instead of the word. What is also a figure of speech (a flame, a skull) stands for nothing.
PICTURES = {
    "💣": "bomb",
    "🔫": "gun",
    "🔪": "knife",
    "🗡": "knife",
    "🧨": "dynamite",
    "🚨": "",
    "🔥": "",
    "💥": "",
    "🚁": "",
    "🛸": "",
}
_FIGURES = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t"})
_DRAWN_OUT = re.compile(r"(.)\1{2,}")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SHORTEST_DISGUISED = 4
_SHORTEST_RUN, _LONGEST_RUN = 14, 120
_FEWEST_WORDS = 4
_LONGEST_WORD = 16

Slots = tuple[str, ...]


def undisguised(form: str, slots: Callable[[str], Slots]) -> Slots:
    """What a folded word that no list knows may mean: as many letters as usual, letters for figures."""
    if len(form) < _SHORTEST_DISGUISED:
        return ()
    for plain in _plainer(form):
        if found := slots(plain):
            return found
    return ()


def _plainer(form: str) -> Iterator[str]:
    if _DRAWN_OUT.search(form):
        yield _DRAWN_OUT.sub(r"\1", form)
        yield _DRAWN_OUT.sub(r"\1\1", form)
    if form.endswith("in"):
        yield form + "g"  # tryin'
    if not form.isalpha() and not form.isdigit():
        letters = form.translate(_FIGURES)
        if letters.isalpha() and sum(letter.isalpha() for letter in form) * 2 >= len(form):
            yield letters


def parts(piece: str, known: Container[str]) -> list[str]:
    """The words a written piece is made of; itself where it is one word, or holds anything that is none."""
    if not _HUMP.search(piece):
        return _run_apart(piece, known)
    return [part for hump in _HUMP.split(piece) for part in _run_apart(hump, known)]


def _run_apart(piece: str, known: Container[str]) -> list[str]:
    form = piece.lower()
    if not (_SHORTEST_RUN <= len(form) <= _LONGEST_RUN and form.isascii() and form.isalpha()) or form in known:
        return [piece]
    starts = _ways(form, known)
    if starts is None:
        return [piece]
    cuts = [*starts, len(form)]
    words = [piece[one:other] for one, other in pairwise(cuts)]
    return words if len(words) >= _FEWEST_WORDS else [piece]


def _ways(form: str, known: Container[str]) -> list[int] | None:
    """Where the words begin, with the fewest words that fill the whole; None where something is left over."""
    best: list[tuple[int, int] | None] = [(0, 0), *([None] * len(form))]
    for end in range(2, len(form) + 1):
        for start in range(max(0, end - _LONGEST_WORD), end):
            before = best[start]
            fits = end - start > 1 or form[start:end] in ("a", "i")
            if before is not None and fits and form[start:end] in known and (best[end] is None or before[0] + 1 < best[end][0]):  # type: ignore[index]
                best[end] = (before[0] + 1, start)
    if best[-1] is None:
        return None
    starts: list[int] = []
    at = len(form)
    while at > 0:
        at = best[at][1]  # type: ignore[index]
        starts.append(at)
    return starts[::-1]
