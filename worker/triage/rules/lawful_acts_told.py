"""Acts of group B (lawful until more is known) that the text tells of. They never rise above priority 3 on text alone."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.behaviours import plain_words
from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.entry import ISE_SAR, Entry
from worker.triage.surroundings import Cue

WEIGHT = 25
_REACH = 7

ALONE: tuple[tuple[str, str], ...] = (
    ("elicit", "ELICIT"),
    ("test_security", "TESTSEC"),
    ("recruit", "RECRUT"),
    ("surveil", "SURVL"),
    ("camera_of", "PHOTO"),
    ("expertise", "EXPERT"),
)
# Ordinary alone, worth a look together: filming at a guarded door, handling chemicals, asking about shifts.
TOGETHER: tuple[tuple[str, str, str], ...] = (
    ("camera_work", "secure_target", "PHOTO"),
    ("materials", "handling", "MATRLS"),
    ("asking", "guarded_matter", "ELICIT"),
    ("door_handling", "door_noun", "TESTSEC"),
    ("looking_in", "private_room", "TESTSEC"),
    ("watching", "watched", "SURVL"),
)


def _entries() -> tuple[Entry, ...]:
    concepts: dict[str, tuple[str, ...]] = {}
    for concept, code in (*ALONE, *((first, code) for first, _second, code in TOGETHER)):
        concepts[code] = (*concepts.get(code, ()), concept)
    return tuple(
        Entry(f"behaviour.{code}.told", (WEIGHT,), f"{plain_words(code)}.", ISE_SAR, cues) for code, cues in concepts.items()
    )


ENTRIES = _entries()


def lawful_acts_told(case: Case) -> Iterator[Finding]:
    """Each kind of act once, with the words that told of it."""
    cues: dict[str, list[Cue]] = {}
    for concept, code in ALONE:
        cues.setdefault(code, []).extend(case.reading.standing(concept))
    for first, second, code in TOGETHER:
        cues.setdefault(code, []).extend(case.reading.near(first, second, _REACH))
    for code, found in cues.items():
        yield from _finding(code, found)


def _finding(code: str, cues: list[Cue]) -> Iterator[Finding]:
    if cues:
        yield told(f"behaviour.{code}.told", WEIGHT, f"The text tells of: {plain_words(code).lower()}.", cues)
