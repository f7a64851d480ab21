"""Giving incidents to organisations. Parts of a step of the line: the caller's unit of work commits."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from reporting import jobs
from reporting.adapters.doorbell import LIVE, OUTBOX
from reporting.domain.findings import Alternative, Choice, Informed
from reporting.models.outbox import Outbox
from reporting.services import notices
from reporting.services.history import Told, live_rows
from reporting.services.notices import NewNotice
from reporting.services.rows import Writing
from reporting.services.unit_of_work import Work


@dataclass(frozen=True, slots=True)
class Mover:
    """Who had an incident before, as text and by name, the version of the incident that this ends, and what has changed."""

    organisation_id: uuid.UUID
    name: str
    version: int
    why: str


@dataclass(frozen=True, slots=True)
class Given:
    """An incident and the organisation chosen for it; ids are UUIDs as text, names are for people.

    `notices` are to whoever else is told. `mover` is set where somebody else had it.
    """

    incident_id: uuid.UUID
    choice: Choice
    organisation_name: str
    desk_id: str | None
    area_name: str
    notices: tuple[NewNotice, ...] = ()
    told: str = ""
    mover: Mover | None = None


def look_again(work: Work, incident_id: uuid.UUID) -> None:
    """Asks the line to look whether this incident would go to somebody else by now."""
    work.session.execute(insert(Outbox).values(job=jobs.LOOK_AGAIN, subject_id=incident_id).on_conflict_do_nothing())
    work.ring(OUTBOX)


def assign(work: Work, given: Sequence[Given], changed: Sequence[Told], reports: Sequence[uuid.UUID] = ()) -> None:
    """Incidents get their organisation and desk, with the reason and the alternatives; whoever else is to know is told; screens
    learn of them and of what else has changed, and the bell is rung after the commit."""
    writing = Writing()
    moved = [each for each in given if each.mover]
    writing.update("incident", [_destination(each) for each in given if not each.mover], stamp="updated_at")
    writing.update("incident", [_destination(each) | _taken_away(each) for each in moved], stamp="updated_at")
    writing.insert("assignment", [_assignment(each) for each in given])
    writing.insert("timeline_event", [event for each in given for event in _events(each)])
    opened = [(uuid.UUID(each.choice.organisation_id), each.incident_id, "opened") for each in given]
    gone = [(each.mover.organisation_id, each.incident_id, "moved") for each in moved if each.mover]
    writing.insert("live_event", live_rows([*opened, *gone, *changed]))
    writing.run(work.session)
    _tell(work, given, changed, reports)
    work.ring(LIVE)


def _tell(work: Work, given: Sequence[Given], changed: Sequence[Told], reports: Sequence[uuid.UUID]) -> None:
    """Notices come after the incident stands: the database looks there whom it is hidden from."""
    fresh = [notice for each in given for notice in each.notices]
    if fresh or any(each.mover for each in given):
        notices.tell(work.session, [each.incident_id for each in given], fresh)
    if changed:
        notices.follow(work.session, [incident_id for _organisation, incident_id, _kind in changed], reports)


def _destination(given: Given) -> dict[str, Any]:
    return {
        "id": given.incident_id,
        "organisation_id": given.choice.organisation_id,
        "desk_id": given.desk_id,
        "jurisdiction_id": given.choice.area_id,
        "hidden_from": list(given.choice.hidden_from),
    }


def _taken_away(given: Given) -> dict[str, Any]:
    """A decision: whoever saw the version before is told of the conflict. The roster of the new room chooses anew."""
    assert given.mover is not None
    return {"version": given.mover.version + 1, "assignee_id": None}


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
        "hours": choice.hours,
        "informed": [_informed(each) for each in choice.informed],
    }


def _alternative(each: Alternative) -> dict[str, str]:
    """Name and reason stand in two places on a screen, so the reason need not begin with the name."""
    reason = each.why_not.removeprefix(f"{each.name}: ")
    return {"organisation": each.name, "reason": reason[:1].upper() + reason[1:]}


def _informed(each: Informed) -> dict[str, str]:
    return {"organisation": each.name, "reason": each.why}


def _events(given: Given) -> list[dict[str, Any]]:
    name, mover = given.organisation_name, given.mover
    kind, said = "routed", f"Given to {name}: {given.choice.reason}"
    if mover is not None and str(mover.organisation_id) != given.choice.organisation_id:
        kind, said = "moved", f"Moved from {mover.name} to {name} because {mover.why}: {given.choice.reason}"
    elif mover is not None:
        kind, said = "moved", f"Stays with {name}, at another desk, because {mover.why}: {given.choice.reason}"
    events = [_event(given, kind, said, {"rule": given.choice.rule})]
    if given.told:
        events.append(_event(given, "informed", given.told, {"notices": len(given.notices)}))
    return events


def _event(given: Given, kind: str, said: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"id": uuid.uuid4(), "incident_id": given.incident_id, "kind": kind, "text": said, "detail": detail}


def would_move(work: Work, given: Sequence[Given]) -> None:
    """Says on the timeline of incidents that somebody works on where they would go by the areas of now. Moves nothing."""
    rows = [
        _event(
            each,
            "would_move",
            f"{_sentence(each)} By now it would go to {each.organisation_name}: {each.choice.reason}"
            " Nothing was moved, because somebody works on it.",
            {"organisation_id": each.choice.organisation_id},
        )
        for each in given
    ]
    writing = Writing()
    writing.insert("timeline_event", rows)
    writing.insert("live_event", live_rows([_still_there(each) for each in given]))
    writing.run(work.session)
    if rows:
        work.ring(LIVE)


def _sentence(given: Given) -> str:
    why = given.mover.why if given.mover else ""
    return f"{why[:1].upper()}{why[1:]}."


def _still_there(given: Given) -> Told:
    assert given.mover is not None
    return given.mover.organisation_id, given.incident_id, "changed"
