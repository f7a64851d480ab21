"""What operators do with an incident: acknowledge, take, note, change its priority, move it on, close it.

Each step names the version the operator saw. The version counts decisions (status, owner, priority, outcome), not arriving
reports or notes: in a surge nobody could acknowledge anything otherwise.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select

from reporting.adapters.doorbell import LIVE
from reporting.adapters.sight import Sight
from reporting.bootstrap import adapters
from reporting.domain import statuses
from reporting.domain.errors import Forbidden, NotFound, NotPossible, Problem, Refused, VersionConflict
from reporting.domain.outcomes import OUTCOMES
from reporting.domain.priorities import LABELS, acknowledge_target_s
from reporting.models.incident import Incident, TimelineEvent
from reporting.policy import Actor, scope
from reporting.services.history import announce, record
from reporting.services.unit_of_work import Work, unit_of_work

ACTION: Final = "incident.work"


@dataclass(slots=True)
class Case:
    """An incident locked for one step of one operator."""

    work: Work
    actor: Actor
    incident: Incident

    def tell(self, kind: str, text: str, detail: dict[str, Any] | None = None) -> None:
        """Writes the step on the incident's timeline and in the audit trail."""
        self.work.session.add(
            TimelineEvent(
                incident_id=self.incident.id,
                kind=kind,
                actor_id=uuid.UUID(self.actor.account_id),
                actor=self.actor.name,
                text=text,
                detail=detail,
            )
        )
        record(self.work, self.actor, f"incident.{kind}", "incident", self.incident.id)


def acknowledge(actor: Actor, incident_id: uuid.UUID | str, version: int | None) -> int:
    """Somebody has seen it: the clock stops. Refuses what is acknowledged already. Returns the new version."""
    with _case(actor, incident_id, version) as case:
        _move(case, statuses.ACKNOWLEDGED, only_from=(statuses.NEW,))
        case.tell("acknowledged", "Acknowledged")
        return case.incident.version


def take(actor: Actor, incident_id: uuid.UUID | str, version: int | None) -> int:
    """The operator makes it theirs and works on it; a new one is acknowledged by this."""
    with _case(actor, incident_id, version) as case:
        if case.incident.status != statuses.IN_PROGRESS:
            _move(case, statuses.IN_PROGRESS)
        else:
            case.incident.version += 1
        case.incident.assignee_id = uuid.UUID(actor.account_id)
        case.tell("taken", "Taken")
        return case.incident.version


def note(actor: Actor, incident_id: uuid.UUID | str, version: int | None, text: str) -> int:
    """Adds a note. A note changes no decision, so it never conflicts with one unless a version is named."""
    if not text.strip():
        raise Refused("A note needs words.", (Problem("text", "required", "Write what colleagues should know."),))
    with _case(actor, incident_id, version) as case:
        case.tell("note", text.strip())
        return case.incident.version


def change_priority(actor: Actor, incident_id: uuid.UUID | str, version: int | None, priority: int, reason: str) -> int:
    """The operator's word overrules the score, and later reports do not lower it again."""
    if priority not in LABELS:
        raise Refused("There is no such priority.", (Problem("priority", "choice", "Must be 1, 2, 3 or 4."),))
    with _case(actor, incident_id, version) as case:
        incident = case.incident
        if incident.status == statuses.CLOSED:
            raise NotPossible("This incident is closed.")
        before, incident.priority = incident.priority, priority
        incident.priority_overridden = True
        incident.due_at = _clock(incident, priority) if incident.status == statuses.NEW else None
        incident.version += 1
        text = f"Priority {before} to {priority}" + (f": {reason.strip()}" if reason.strip() else "")
        case.tell("priority", text, {"from": before, "to": priority})
        return incident.version


def close(actor: Actor, incident_id: uuid.UUID | str, version: int | None, outcome: str, text: str) -> int:
    """Ends the incident with an outcome. `malicious_false` needs a supervisor and the evidence in words."""
    known = OUTCOMES.get(outcome)
    if known is None:
        raise Refused("There is no such outcome.", (Problem("outcome", "choice", f"Must be one of: {', '.join(OUTCOMES)}."),))
    if known.supervisor_only and actor.role != "supervisor":
        raise Forbidden("Only a supervisor may close an incident as knowingly false.")
    if known.supervisor_only and not text.strip():
        raise Refused("The evidence is needed.", (Problem("text", "required", "Say what shows it."),))
    with _case(actor, incident_id, version) as case:
        _move(case, statuses.CLOSED)
        case.incident.outcome = outcome
        case.incident.closed_at = func.now()
        case.tell("closed", f"Closed: {known.label}" + (f". {text.strip()}" if text.strip() else ""), {"outcome": outcome})
        return case.incident.version


def move(actor: Actor, incident_id: uuid.UUID | str, version: int | None, status: str, text: str) -> int:
    """Sets it waiting, shelved, handed over or in progress again, with the reason in words."""
    if status not in (statuses.WAITING, statuses.SHELVED, statuses.HANDED_OVER, statuses.IN_PROGRESS):
        raise Refused("There is no such step.", (Problem("status", "choice", "Use acknowledge, take or close."),))
    if not text.strip():
        raise Refused("A reason is needed.", (Problem("text", "required", "Say why."),))
    with _case(actor, incident_id, version) as case:
        _move(case, status)
        case.tell(status, text.strip())
        return case.incident.version


@contextmanager
def _case(actor: Actor, incident_id: uuid.UUID | str, version: int | None) -> Iterator[Case]:
    """Permission, load, and at the end the live event: the frame of every step."""
    reach = scope(actor, ACTION)
    with unit_of_work(Sight(organisation=reach.organisation_id or "")) as work:
        incident = work.session.scalar(
            select(Incident)
            .where(Incident.id == _key(incident_id), Incident.organisation_id == reach.organisation_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if incident is None or reach.organisation_id is None:
            raise NotFound
        if version is not None and version != incident.version:
            raise VersionConflict(version, incident.version)
        yield Case(work, actor, incident)
        incident.updated_at = func.now()
        announce(work.session, incident, "changed")
        work.ring(LIVE)


def _move(case: Case, status: str, only_from: tuple[str, ...] | None = None) -> None:
    incident = case.incident
    if not statuses.may_become(incident.status, status) or (only_from and incident.status not in only_from):
        raise NotPossible(f"An incident that is {incident.status.replace('_', ' ')} cannot become {status.replace('_', ' ')}.")
    if incident.acknowledged_at is None:
        incident.acknowledged_at = func.now()
    incident.status = status
    incident.due_at = None
    incident.version += 1


def _clock(incident: Incident, priority: int) -> Any:
    target = acknowledge_target_s(priority, adapters().settings.acknowledge_targets)
    return incident.opened_at + timedelta(seconds=target) if target else None


def _key(text: uuid.UUID | str) -> uuid.UUID:
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError:
        raise NotFound from None
