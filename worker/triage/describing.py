"""Whether a text tells only who somebody is: how they look, what they wear and carry, how they speak or pray.

Such a text describes no act. It scores nothing and goes to the reviewed lane, whichever words it uses for the person. The
words stand in appearance/*.toml, one file for each language: `looks` and `wears` say who somebody is; `quiet` is what
everybody does; `bags` are innocent where somebody carries them (`carries`), not where they stand alone; a name behind a
word of place (`at`) is a name. One word that is none of these, and the report stays in the queue like any other.
"""

from __future__ import annotations

import re

from worker.triage.looks import Appearance, Listed, appearances
from worker.triage.reading import Layer, Reading

_CARRIED_WITHIN = 6
_AGE = re.compile(r"\d+s?|\d+'s")


def describes_only(reading: Reading) -> tuple[str, ...]:
    """The words about who somebody is, where the text holds nothing else; empty where it tells of anything more."""
    for layer in reading.layers:
        shown = [reading.words.folded[at] for at in layer.hidden]
        appearance = appearances().get(layer.lexicon.code)
        if appearance and (described := _described(reading, layer, appearance)) is not None:
            if shown := [*shown, *described]:
                return tuple(dict.fromkeys(shown))
        elif appearance is None and shown and reading.only_describes():
            return tuple(dict.fromkeys(shown))
    return ()


def _described(reading: Reading, layer: Layer, appearance: Appearance) -> list[str] | None:
    """The words about looks among those that are left; None as soon as one word is about something else."""
    lexicon, people = layer.lexicon, {at for cue in layer.cues.get("someone", ()) for at in range(cue.start, cue.end)}
    looks: list[str] = []
    carried_until, named = -1, False
    for position, at in enumerate(layer.kept):
        form = layer.forms[at]
        after_place, named = named, False
        if form in appearance.carries:
            carried_until = at + _CARRIED_WITHIN
        if form in appearance.at:
            named = True
        elif form in appearance.shows:
            looks.append(form)
        elif at <= carried_until and form in appearance.bags:
            carried_until = at + _CARRIED_WITHIN
        elif _is_plain(form, lexicon.descriptive, lexicon.function_words, appearance.quiet) or position in people:
            named = after_place and form in lexicon.skip
        elif _is_name(reading, at) and (after_place or _before_person(layer, position, people)):
            named = True
        else:
            return None
    return looks


def _is_plain(form: str, *lists: frozenset[str] | Listed) -> bool:
    return any(form in each for each in lists) or _AGE.fullmatch(form) is not None


def _is_name(reading: Reading, at: int) -> bool:
    """A capital in the middle of a sentence whose other words have none."""
    words = reading.words
    inside = at > 0 and words.sentence[at - 1] == words.sentence[at]
    return inside and words.written[at][0].isupper() and not words.written[at - 1].isupper()


def _before_person(layer: Layer, position: int, people: set[int]) -> bool:
    """ "A Malagasy man": a name before a person tells where somebody is from, whether or not a list knows it."""
    return position + 1 in people and not layer.lexicon.slots.get(layer.forms[layer.kept[position]])
