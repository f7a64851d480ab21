"""Things that stand somewhere, step 3 of triage: an item without an owner, and what can be seen, heard or smelled on it."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import ITEM_REACH, Case, told
from worker.triage.entry import HOT, Entry
from worker.triage.surroundings import Cue

UNATTENDED = 30
DESCRIBED = 15
DENIED = -5
ACUTE = 45
STRONG = 30
WEAK = 20

# (concept, weight, what it says). The cues are those of the field's item tests.
CUES: tuple[tuple[str, int, str], ...] = (
    ("wires", STRONG, "wires on"),
    ("battery", STRONG, "a battery on"),
    ("circuit", STRONG, "electronics or something attached on"),
    ("putty", STRONG, "putty or dough on"),
    ("timer", ACUTE, "a timer or clock on"),
    ("ticking", ACUTE, "ticking or beeping on"),
    ("smoke", ACUTE, "smoke or hissing on"),
    ("powder", STRONG, "powder on"),
    ("fragments", STRONG, "nails or metal pieces on"),
    ("left_in_haste", STRONG, "somebody hurrying away from"),
    ("addressed_oddly", STRONG, "odd addressing on"),
    ("cylinder", WEAK, "a cylinder or gas bottle on"),
    ("tape", WEAK, "tape on"),
    ("liquid", WEAK, "liquid on"),
    ("smell", WEAK, "a smell on"),
)
_REACH = 12
ENTRIES = (
    Entry("item.unattended", (UNATTENDED,), "An item without its owner.", HOT, ("unattended",)),
    *(Entry(f"item.{cue}", (weight,), f"The text tells of {words} an item.", HOT, (cue,)) for cue, weight, words in CUES),
    Entry("item.described", (DESCRIBED,), "The signs are on an item that stands somewhere.", HOT, ("item_noun",)),
    Entry("item.denied", (DENIED,), "The text says that such signs are absent.", HOT, tuple(cue for cue, _, _ in CUES)),
)


def unattended_item(case: Case) -> Iterator[Finding]:
    """The text tells of a thing that nobody seems to own."""
    cues = case.reading.near("unattended", "item_noun", ITEM_REACH)
    if cues and case.facts.category != "unattended_item":
        yield told("item.unattended", UNATTENDED, "The text tells of an item without its owner.", cues)


def item_cues(case: Case) -> Iterator[Finding]:
    """What is seen, heard or smelled on an item. Without an item near it, a wire is only a wire."""
    seen = False
    for concept, weight, words in CUES:
        if cues := _on_an_item(case, concept):
            seen = True
            yield told(f"item.{concept}", weight, f"The text tells of {words} an item.", cues)
    if seen and not case.item_at_hand:
        yield told(
            "item.described", DESCRIBED, "The signs are on an item that stands somewhere.", case.reading.standing("item_noun")
        )
    if denied := [cue for concept, _, _ in CUES for cue in case.reading.found(concept) if cue.negated]:
        yield told("item.denied", DENIED, "The text says that such signs are absent.", denied)


def _on_an_item(case: Case, concept: str) -> list[Cue]:
    if case.facts.category == "unattended_item":
        return case.reading.standing(concept)
    return case.reading.near(concept, "item_noun", _REACH)
