"""Weapons, explosives and dangerous substances that were seen or found. Never capped by a behaviour's group.

In a study of 18,024 tips, those with a firearm word were about half life-threatening, five times the rate of the
others: such words mean "look now", not "certain".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.entry import EMERGENCY, TIPS, Entry

LOOK_NOW = 60
SEEN = 30
TOY = 20
HANDED_IN = 10
_REACH = 6
_SEEN = (("firearm", "a firearm"), ("explosive", "an explosive"), ("weapon_cache", "weapons"))
ENTRIES = (
    Entry("weapon.toy", (TOY,), "What may be a toy or a tool.", TIPS, ("toy_weapon",)),
    *(Entry(f"weapon.{cue}", (LOOK_NOW, TOY, HANDED_IN), f"The text tells of {words}.", TIPS, (cue,)) for cue, words in _SEEN),
    Entry("weapon.blade_carried", (LOOK_NOW,), "Somebody with a blade or tool.", TIPS, ("blade",)),
    Entry("weapon.blade", (SEEN,), "A blade or tool.", TIPS, ("blade",)),
    Entry("weapon.hazardous", (SEEN,), "A dangerous substance.", EMERGENCY, ("hazardous",)),
)


def weapons(case: Case) -> Iterator[Finding]:
    """A firearm or an explosive; a blade, more when somebody carries it; a dangerous substance."""
    reading = case.reading
    if toys := reading.standing("toy_weapon"):
        yield told("weapon.toy", TOY, "The text tells of what may be a toy or a tool.", toys)
    set_aside = {place for toy in toys for place in range(toy.start, toy.end)}
    for concept, words in _SEEN:
        yield from _seen(case, concept, words, set_aside)
    carried = [cue for cue in reading.near("blade", "someone", _REACH) if cue.start not in set_aside]
    if carried:
        yield told("weapon.blade_carried", LOOK_NOW, "The text tells of somebody with a blade or tool.", carried)
    elif blades := [cue for cue in reading.standing("blade") if cue.start not in set_aside]:
        yield told("weapon.blade", SEEN, "The text tells of a blade or tool.", blades)
    if substances := reading.standing("hazardous"):
        found = told("weapon.hazardous", SEEN, "The text tells of a dangerous substance.", substances)
        yield replace(found, signpost="gas")


def _seen(case: Case, concept: str, words: str, set_aside: set[int]) -> Iterator[Finding]:
    cues = [cue for cue in case.reading.standing(concept) if cue.start not in set_aside]
    unreal = [cue for cue in case.reading.found(concept) if cue.unreal and not cue.negated]
    if cues and case.reading.near(concept, "handed_in", _REACH):
        yield told(f"weapon.{concept}", HANDED_IN, f"The text tells of {words} that was handed in.", cues)
    elif cues:
        yield told(f"weapon.{concept}", LOOK_NOW, f"The text tells of {words}: look now.", cues)
    elif unreal:
        yield told(f"weapon.{concept}", TOY, f"The text tells of {words}, but of a film, a game or a costume.", unreal)
