"""Things that stand somewhere, step 3 of triage: an item without an owner, and what can be seen, heard or smelled on it."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.reading import Cue

UNATTENDED = 30
HIDDEN = 15
DENIED = -5
STRONG = 30
WEAK = 20

# (concept, weight, what it says). The cues are those of the field's item tests.
CUES: tuple[tuple[str, int, str], ...] = (
    ("wires", STRONG, "wires"),
    ("battery", STRONG, "a battery"),
    ("circuit", STRONG, "electronics or something attached"),
    ("putty", STRONG, "putty or dough"),
    ("timer", STRONG, "a timer or clock"),
    ("ticking", STRONG, "ticking or beeping"),
    ("smoke", STRONG, "smoke or hissing"),
    ("powder", STRONG, "powder"),
    ("fragments", STRONG, "nails or metal pieces"),
    ("addressed_oddly", STRONG, "mail addressed oddly"),
    ("cylinder", WEAK, "a cylinder or gas bottle"),
    ("tape", WEAK, "tape"),
    ("liquid", WEAK, "liquid"),
    ("smell", WEAK, "a smell"),
)
_REACH = 12


def unattended_item(case: Case) -> Iterator[Finding]:
    """The text tells of a thing that nobody seems to own."""
    cues = case.reading.near("unattended", "item_noun", 6)
    if cues and case.facts.category != "unattended_item":
        yield told("item.unattended", UNATTENDED, "The text tells of an item without its owner.", cues)


def item_cues(case: Case) -> Iterator[Finding]:
    """What is seen, heard or smelled on an item. Without an item near it, a wire is only a wire."""
    for concept, weight, words in CUES:
        cues = _on_an_item(case, concept)
        if cues:
            yield told(f"item.{concept}", weight, f"The text tells of {words} on an item.", cues)
    denied = [cue for concept, _, _ in CUES for cue in case.reading.found(concept) if cue.negated]
    if denied:
        yield told("item.denied", DENIED, "The text says that such signs are absent.", denied)


def _on_an_item(case: Case, concept: str) -> list[Cue]:
    if case.facts.category == "unattended_item":
        return case.reading.standing(concept)
    return case.reading.near(concept, "item_noun", _REACH)
