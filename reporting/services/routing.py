"""Giving incidents to organisations. Parts of a step of the line: the caller's unit of work commits."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reporting.adapters.doorbell import LIVE
from reporting.domain.findings import Alternative, Choice
from reporting.services.history import Told, live_rows
from reporting.services.rows import Writing
from reporting.services.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Given:
    """An incident and the organisation chosen for it; ids are UUIDs as text, names are for people."""

    incident_id: uuid.UUID
    choice: Choice
    organisation_name: str
    desk_id: str | None
    area_name: str


def assign(work: Work, given: Sequence[Given], changed: Sequence[Told]) -> None:
    """Incidents get their organisation and desk, with the reason and the alternatives; screens are told of them and of what
    else has changed, and the bell is rung after the commit."""
    writing = Writing()
    writing.update("incident", [_destination(each) for each in given], stamp="updated_at")
    writing.insert("assignment", [_assignment(each) for each in given])
    writing.insert("timeline_event", [_event(each) for each in given])
    opened = [(uuid.UUID(each.choice.organisation_id), each.incident_id, "opened") for each in given]
    writing.insert("live_event", live_rows([*opened, *changed]))
    writing.run(work.session)
    work.ring(LIVE)


def _destination(given: Given) -> dict[str, Any]:
    return {
        "id": given.incident_id,
        "organisation_id": given.choice.organisation_id,
        "desk_id": given.desk_id,
        "jurisdiction_id": given.choice.area_id,
    }


def _assignment(given: Given) -> dict[str, Any]:
    choice = given.choice
    return {
        "id": uuid.uuid4(),
        "incident_id": given.incident_id,
        "organisation_id": choice.organisation_id,
        "desk_id": given.desk_id,
        "jurisdiction_id": choice.area_id,
        "area": given.area_name,
        "rule": choice.rule,
        "reason": choice.reason,
        "alternatives": [_alternative(each) for each in choice.alternatives],
    }


def _alternative(each: Alternative) -> dict[str, str]:
    """Name and reason stand in two places on a screen, so the reason need not begin with the name."""
    reason = each.why_not.removeprefix(f"{each.name}: ")
    return {"organisation": each.name, "reason": reason[:1].upper() + reason[1:]}


def _event(given: Given) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "incident_id": given.incident_id,
        "kind": "routed",
        "text": f"Given to {given.organisation_name}: {given.choice.reason}",
        "detail": {"rule": given.choice.rule},
    }
