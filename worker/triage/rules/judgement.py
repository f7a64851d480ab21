"""The reporter's own judgement: "suspicious", or something odd about a person, an item, a vehicle or what was done."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.entry import PROTECT, ROOMS, Entry

SUSPICIOUS = 25
ODD = 20
_REACH = 3
ENTRIES = (
    Entry("judgement.suspicious", (SUSPICIOUS,), "The reporter calls it suspicious or out of place.", PROTECT, ("suspicious",)),
    Entry("judgement.odd", (ODD,), "The reporter finds somebody or something odd.", PROTECT, ("odd",)),
    Entry("judgement.scam", (ODD,), "The reporter suspects a fraud.", ROOMS, ("scam_contact",)),
)
_ABOUT = ("someone", "item_noun", "vehicle_noun", "activity")


def judgement(case: Case) -> Iterator[Finding]:
    """The word "suspicious" by itself; "odd" and its like only about somebody or something."""
    reading = case.reading
    if cues := reading.standing("suspicious"):
        yield told("judgement.suspicious", SUSPICIOUS, "The reporter calls it suspicious or out of place.", cues)
        return
    odd = [cue for about in _ABOUT for cue in reading.near("odd", about, _REACH)]
    if odd:
        yield told("judgement.odd", ODD, "The reporter finds somebody or something odd.", odd)
    elif scam := reading.near("scam_contact", "scam_way", _REACH):
        yield told("judgement.scam", ODD, "The reporter suspects a fraud.", scam)
