"""Vehicles that do not fit. One that is only badly parked or left without plates is the city's everyday work."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.entry import ROOMS, Entry

ODD = 25
_REACH = 8
ENTRIES = (Entry("vehicle.odd", (ODD,), "A vehicle that does not fit.", ROOMS, ("vehicle_odd",)),)


def vehicles(case: Case) -> Iterator[Finding]:
    """A vehicle with false plates, left running, past the bollards, or against an entrance."""
    if case.facts.category == "suspicious_vehicle":
        cues = case.reading.standing("vehicle_odd")
    else:
        cues = case.reading.near("vehicle_odd", "vehicle_noun", _REACH)
    if cues:
        yield told("vehicle.odd", ODD, "The text tells of a vehicle that does not fit.", cues)
