"""People where they have no business, who will not leave, sleep inside, or press others for money."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, told

WEIGHT = 25
BEGGING = 20


def presence(case: Case) -> Iterator[Finding]:
    """Somebody inside without business there, somebody asleep there, somebody who presses people."""
    reading = case.reading
    if cues := reading.standing("presence"):
        yield told("presence.no_business", WEIGHT, "The text tells of somebody where they have no business.", cues)
    if cues := reading.near("sleeping", "someone", 5):
        yield told("presence.asleep", WEIGHT, "The text tells of somebody asleep or lying there.", cues)
    if cues := reading.standing("begging"):
        yield told("presence.pressing", BEGGING, "The text tells of somebody who presses people.", cues)
