"""What others are told of an incident: rooms for their information, and the staff of a venue that has no room of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from reporting.adapters.geocoder import label_of
from reporting.bootstrap import adapters
from reporting.domain.findings import Choice
from reporting.domain.staff_notices import SAID, WORDS
from reporting.queries.routing import ToRoute
from reporting.services.notices import NewNotice

ALONE: Final = "reviewed"
"""The lane of reports that only say who somebody is: nobody else is told of them."""


@dataclass(frozen=True, slots=True)
class _Summary:
    """The fields that every notice of one incident has in common."""

    waiting: ToRoute
    held_by: str
    area_name: str

    def to(self, kind: str, reason: str, **addressee: Any) -> NewNotice:
        """A notice to one addressee."""
        waiting = self.waiting
        shared: dict[str, Any] = {name: getattr(waiting, name) for name in ("number", "category", "priority", "opened_at")}
        point: dict[str, Any] = {name: getattr(waiting, name) for name in ("lat", "lon", "accuracy_m")}
        return NewNotice(
            incident_id=waiting.incident_id,
            kind=kind,
            reason=reason,
            held_by=self.held_by,
            place=place_of(waiting, self.area_name),
            **shared,
            **point,
            **addressee,
        )


def notices_of(waiting: ToRoute, choice: Choice, held_by: str, area_name: str) -> list[NewNotice]:
    """The notices that go out with a choice. A report about staff is told to nobody it may be about: the engine has left those
    rooms out, and the venue's staff is not asked."""
    summary = _Summary(waiting, held_by, area_name)
    notices = [summary.to("for_information", each.why, organisation_id=each.organisation_id) for each in choice.informed]
    if asks_staff(waiting):
        notices.append(summary.to(*_request(waiting, held_by), venue_id=waiting.venue_id))
    return notices


def asks_staff(waiting: ToRoute) -> bool:
    """Whether the staff of the venue is asked to look: a venue with people who sign in, and without a room of its own."""
    without_room = waiting.venue_id is not None and waiting.venue_organisation_id is None
    return without_room and waiting.venue_staffed and not waiting.about_staff and waiting.lane != ALONE


def _request(waiting: ToRoute, held_by: str) -> tuple[str, str]:
    """Nobody is sent near what may be dangerous, nor to people and vehicles."""
    return waiting.staff_kind, f"{held_by} works on it. {WORDS[waiting.staff_kind]}"


def told_of(waiting: ToRoute, choice: Choice, notices: Sequence[NewNotice]) -> str:
    """The line for the timeline: who was told, and why; empty where nobody was."""
    rooms = [f"{each.name} (for information: {each.why.rstrip('.')})" for each in choice.informed]
    staff = next((each for each in notices if each.venue_id), None)
    if staff is not None:
        rooms.append(f"staff of {waiting.venue_name or 'the venue'} ({SAID[staff.kind]})")
    return f"Told: {'; '.join(rooms)}." if rooms else ""


def place_of(waiting: ToRoute, area_name: str) -> str:
    """Where it is in our own words, from the code, the map of names or the area: never in the reporter's."""
    if waiting.venue_name:
        return ", ".join(part for part in (waiting.venue_name, waiting.place_label) if part)
    if waiting.lat is None or waiting.lon is None:
        return area_name
    return label_of(adapters().settings.geocoder, round(waiting.lat, 4), round(waiting.lon, 4)) or area_name
