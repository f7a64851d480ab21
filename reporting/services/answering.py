"""Answering for an incident: the own room's, or one that another room gave sight of. An acknowledgement ends the ladder for all;
the room that gave it keeps its sight, the others lose theirs."""

import uuid
from typing import Any

from sqlalchemy import func, update

from reporting.adapters.doorbell import LIVE
from reporting.domain import statuses
from reporting.domain.errors import NotFound, Problem, Refused
from reporting.models.staffing import SightGrant
from reporting.policy import Actor
from reporting.services import casework
from reporting.services.cases import Case, Stepped, open_granted
from reporting.services.history import announce, record

Id = uuid.UUID | str


def acknowledge(actor: Actor, incident_id: Id, version: int | None) -> Stepped:
    """Somebody has seen it: the clock stops. Refuses what is acknowledged already."""
    try:
        return casework.acknowledge(actor, incident_id, version)
    except NotFound:
        return _acknowledge_for_another(actor, incident_id, version)


def note(actor: Actor, incident_id: Id, version: int | None, text: str, about: uuid.UUID | None = None) -> Stepped:
    """Adds a note; see `casework.note`."""
    try:
        return casework.note(actor, incident_id, version, text, about)
    except NotFound:
        with open_granted(actor, incident_id, version) as case:
            case.tell("note", f"{text.strip()} ({actor.organisation_name})")
            return case.stepped()


def give_back(actor: Actor, incident_id: Id, version: int | None, text: str) -> Stepped:
    """The room that was shown it cannot help: it loses sight of it, and the ladder goes on at once. Refuses an empty reason."""
    if not text.strip():
        raise Refused("A reason is needed.", (Problem("text", "required", "Say why."),))
    with open_granted(actor, incident_id, version) as case:
        if case.incident.clock_at is not None:
            case.incident.clock_at = func.now()
        case.add("given_back", f"Given back by {actor.organisation_name}: {text.strip()}")
        record(case.work, actor, "incident.given_back", "incident", case.incident.id)
        announce(case.work.session, case.incident, "changed")
        case.work.session.flush()
        _change(case, ended_at=func.now(), ended_because=text.strip())  # last: from here on the incident is out of sight
        case.work.ring(LIVE)
        return case.stepped()


def _acknowledge_for_another(actor: Actor, incident_id: Id, version: int | None) -> Stepped:
    with open_granted(actor, incident_id, version) as case:
        _change(case, kept=True)  # first, because row security looks at the grant when the incident is no longer new
        case.move(statuses.ACKNOWLEDGED, only_from=(statuses.NEW,))
        case.tell("acknowledged", f"Acknowledged for {actor.organisation_name}")
        return case.stepped()


def _change(case: Case, **values: Any) -> None:
    """Changes the grant by which the actor's room sees the incident."""
    given = SightGrant.incident_id == case.incident.id, SightGrant.organisation_id == case.actor.organisation_id
    case.work.session.execute(
        update(SightGrant)
        .where(*given, SightGrant.ended_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
