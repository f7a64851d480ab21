"""Harmless explanations, step 6 of triage. They weigh only where no second cue speaks against them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.entry import HOT, ROOMS, Entry
from worker.triage.surroundings import Cue

# (concept, weight, what it says, the card that points on)
EXPLANATIONS: tuple[tuple[str, int, str, str], ...] = (
    ("lost_property", -30, "like lost property", "lost_property"),
    ("belongings", -20, "like somebody's belongings", ""),
    ("workmen", -20, "of people at work there", ""),
    ("tourists", -20, "of visitors or photographers", ""),
)
# Any of these is the second cue.
SECOND_CUES: tuple[str, ...] = (
    "intrusion", "sabotage", "theft_secure", "misrepresent", "test_security", "elicit", "surveil", "threat",
    "threat_to_life", "firearm", "explosive", "weapon_cache", "wires", "battery", "circuit", "putty", "timer",
    "ticking", "powder", "fragments", "bomb_claim", "attack", "gunfire", "explosion", "fire", "suspicious", "presence",
    "vehicle_odd", "camera_of", "harass", "violence", "left_in_haste",
)  # fmt: skip
EVERYDAY = -15
ENTRIES = (
    *(Entry(f"harmless.{cue}", (weight,), f"The text reads {words}.", HOT, (cue,)) for cue, weight, words, _ in EXPLANATIONS),
    Entry("harmless.litter", (EVERYDAY,), "The text reads like a complaint about litter.", ROOMS, ("litter",)),
    Entry("harmless.everyday", (EVERYDAY,), "The text reads like an everyday complaint.", ROOMS, ("everyday",)),
)


def harmless(case: Case) -> Iterator[Finding]:
    """Lost property, belongings, workmen, visitors: each once. Workmen who only tell of it explain nothing."""
    if case.reading.standing(*SECOND_CUES):
        return
    for concept, weight, words, signpost in EXPLANATIONS:
        cues = case.reading.standing(concept)
        if concept == "workmen":
            cues = _without_tellers(case, cues)
        if cues:
            yield replace(told(f"harmless.{concept}", weight, f"The text reads {words}.", cues), signpost=signpost)


def _without_tellers(case: Case, workmen: list[Cue]) -> list[Cue]:
    """Those who are not just the witnesses ("a cleaner saw ...")."""
    told_by = {cue.start for cue in case.reading.found("telling")}
    return [cue for cue in workmen if not told_by.intersection((cue.end, cue.end + 1))]


def everyday(case: Case) -> Iterator[Finding]:
    """Another desk's everyday work: noise, potholes, parking, animals beside no item; litter beside no sign of danger."""
    reading = case.reading
    if reading.standing(*SECOND_CUES):
        return
    if litter := reading.standing("litter"):
        found = told("harmless.litter", EVERYDAY, "The text reads like a complaint about litter.", litter)
        yield replace(found, signpost="city_services")
    elif (cues := reading.standing("everyday")) and not case.item_at_hand:
        found = told("harmless.everyday", EVERYDAY, "The text reads like an everyday complaint.", cues)
        yield replace(found, signpost="city_services")
