"""Correcting what kind of thing an incident is, and where: what reporters chose and what their phones measured can be wrong."""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from reporting.adapters.geocoder import label_of
from reporting.bootstrap import adapters
from reporting.domain import statuses
from reporting.domain.categories import CATEGORIES
from reporting.domain.errors import NotPossible
from reporting.domain.facts import Point
from reporting.domain.grid import cell
from reporting.models.incident import Incident
from reporting.policy import Actor
from reporting.services.cases import Stepped, open_case

LABELS: Final = {category.code: category.label for category in CATEGORIES}
NAMELESS: Final = "another place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is right instead; None leaves it as it is. `point` is in WGS-84 degrees, `place` in words."""

    category: str | None = None
    point: Point | None = None
    place: str | None = None
    reason: str = ""


def correct(actor: Actor, incident_id: uuid.UUID | str, version: int | None, correction: Correction) -> Stepped:
    """Gives the incident its right kind and place; the line then looks whether it would go to somebody else by now. What it has
    already is no change: nothing happens and nothing is told. Raises NotPossible for what is closed."""
    with open_case(actor, incident_id, version) as case:
        if case.incident.status == statuses.CLOSED:
            raise NotPossible("This incident is closed.")
        detail: dict[str, Any] = {}
        said = [*_kind(case.incident, correction, detail), *_place(case.incident, correction, detail)]
        if said:
            case.incident.version += 1
            text = f"Corrected: {', '.join(said)}" + (f". {correction.reason.strip()}" if correction.reason.strip() else "")
            case.tell("corrected", text, detail)
        return case.stepped()


def _kind(incident: Incident, correction: Correction, detail: dict[str, Any]) -> list[str]:
    before, after = incident.category, correction.category
    if after is None or after == before:
        return []
    incident.category = after
    detail["category"] = {"from": before, "to": after}
    return [f"kind from “{LABELS.get(before, before)}” to “{LABELS[after]}”"]


def _place(incident: Incident, correction: Correction, detail: dict[str, Any]) -> list[str]:
    """Who says that it is elsewhere says that it is not in the venue. What is about people who work there stays theirs: the
    venue's room must not come to see it by a correction."""
    point, words, before = correction.point, correction.place, incident.place
    moved = point is not None and (point.lat, point.lon) != (incident.lat, incident.lon)
    if moved and point is not None:
        incident.lat, incident.lon, incident.accuracy_m = point.lat, point.lon, point.accuracy_m
        incident.cell = cell(point.lat, point.lon)
        if words is None or words.strip() == before:
            words = label_of(adapters().settings.geocoder, round(point.lat, 4), round(point.lon, 4))
        if not incident.about_staff:
            incident.venue_id = incident.place_code = None
    if not moved and (words is None or words.strip() == before):
        return []
    incident.place = (words or "").strip()
    detail["place"] = {"from": before, "to": incident.place, "moved": moved}
    return [f"place from “{before or NAMELESS}” to “{incident.place or NAMELESS}”"]
