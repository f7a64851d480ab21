"""What is read of a text that is longer than any report accepted: its beginning, its end, and around words of danger.

Reading costs the same for every word, so that a text of any length must be cut somewhere; a word of danger in the middle
is found all the same, by one quick pass over words alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from worker.triage.words import Node, lexicons

LONGEST = 16_000
_BEGINNING, _END, _MIDDLE = 4_000, 3_000, 8_900
_AROUND = 160
_WORD = re.compile(r"[^\W_]{3,}")
GRAVE = frozenset(
    (
        "gunfire", "explosion", "about_to_explode", "attack", "bomb_claim", "fire", "selfharm", "lost_child", "life", "gunpoint",
        "firearm", "explosive", "blade", "weapon_cache", "threat_to_life", "on_tracks",
    )
)  # fmt: skip


def sieved(text: str) -> str:
    """The text itself, or of a longer one at most `LONGEST` characters."""
    if len(text) <= LONGEST:
        return text
    kept, room, last = [text[:_BEGINNING]], _MIDDLE, _BEGINNING
    grave = set(_grave_words())
    for word in _WORD.finditer(text, _BEGINNING, len(text) - _END):
        form = word.group().casefold()
        if form in grave and word.start() >= last:
            grave.discard(form)  # once each, so that no word can use up the room of the others
            start = max(last, word.start() - _AROUND)
            last = min(word.end() + _AROUND, start + room, len(text) - _END)
            kept.append(text[start:last])
            room -= last - start
            if room <= 0:
                break
    return "\n".join((*kept, text[-_END:]))


@lru_cache(maxsize=1)
def _grave_words() -> frozenset[str]:
    """Every spelling of a word that belongs to a cue of danger, without the small words of such cues."""
    grave: set[str] = set()
    for lexicon in lexicons().values():
        slots = _slots_of_grave(lexicon.root)
        plain = lexicon.function_words | lexicon.people | lexicon.descriptive | lexicon.skip
        grave.update(form for form, named in lexicon.slots.items() if form not in plain and slots.intersection(named))
    return frozenset(grave)


def _slots_of_grave(root: Node) -> set[str]:
    found: set[str] = set()

    def walk(node: Node, path: tuple[str, ...]) -> None:
        if GRAVE.intersection(node.concepts):
            found.update(path)
        for slot, following in node.steps.items():
            walk(following, (*path, slot))

    walk(root, ())
    return found
