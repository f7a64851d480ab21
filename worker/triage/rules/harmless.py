"""Harmless explanations, step 6 of triage. They weigh only where no second cue speaks against them."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, told

# (concept, weight, what it says)
EXPLANATIONS: tuple[tuple[str, int, str], ...] = (
    ("lost_property", -30, "like lost property"),
    ("belongings", -20, "like somebody's belongings"),
    ("workmen", -20, "of people at work there"),
    ("tourists", -20, "of visitors or photographers"),
)
# Any of these is the second cue.
SECOND_CUES: tuple[str, ...] = (
    "intrusion", "sabotage", "theft_secure", "misrepresent", "test_security", "elicit", "surveil", "threat",
    "threat_to_life", "firearm", "explosive", "weapon_cache", "wires", "battery", "circuit", "putty", "timer",
    "ticking", "powder", "fragments", "bomb_claim", "attack", "gunfire", "explosion", "fire", "suspicious", "presence",
    "vehicle_odd",
)  # fmt: skip
EVERYDAY = -15


def harmless(case: Case) -> Iterator[Finding]:
    """Lost property, belongings, workmen, visitors: each once."""
    if case.reading.standing(*SECOND_CUES):
        return
    for concept, weight, words in EXPLANATIONS:
        if cues := case.reading.standing(concept):
            yield told(f"harmless.{concept}", weight, f"The text reads {words}.", cues)


def everyday(case: Case) -> Iterator[Finding]:
    """Another desk's everyday work: noise, potholes, parking, animals beside no item; litter beside no sign of danger."""
    reading = case.reading
    if reading.standing(*SECOND_CUES):
        return
    if litter := reading.standing("litter"):
        yield told("harmless.litter", EVERYDAY, "The text reads like a complaint about litter.", litter)
    elif (cues := reading.standing("everyday")) and not case.item_at_hand:
        yield told("harmless.everyday", EVERYDAY, "The text reads like an everyday complaint.", cues)
