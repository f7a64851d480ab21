"""People where they have no business, who will not leave, sleep inside, or press others for money."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.entry import ROOMS, Entry

WEIGHT = 25
BEGGING = 20
_INSIDE_REACH = 6

ENTRIES = (
    Entry(
        "presence.no_business", (WEIGHT,), "Somebody is where they have no business, or was told to leave.", ROOMS, ("presence",)
    ),
    Entry("presence.outsider", (WEIGHT,), "A stranger is inside a part of a building.", ROOMS, ("outsider",)),
    Entry("presence.asleep", (WEIGHT,), "Somebody is asleep or lies there.", ROOMS, ("sleeping",)),
    Entry("presence.pressing", (BEGGING,), "Somebody presses people for money.", ROOMS, ("begging",)),
)


def presence(case: Case) -> Iterator[Finding]:
    """Somebody inside without business there, somebody asleep there, somebody who presses people."""
    reading = case.reading
    if cues := reading.standing("presence"):
        yield told("presence.no_business", WEIGHT, "Somebody is where they have no business, or was told to leave.", cues)
    elif cues := reading.near("outsider", "inside_place", _INSIDE_REACH):
        yield told("presence.outsider", WEIGHT, "A stranger is inside a part of a building.", cues)
    if cues := reading.near("sleeping", "someone", 5):
        yield told("presence.asleep", WEIGHT, "Somebody is asleep or lies there.", cues)
    if cues := reading.standing("begging"):
        yield told("presence.pressing", BEGGING, "Somebody presses people for money.", cues)
