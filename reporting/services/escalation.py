"""The clocks of incidents that nobody has acknowledged, and the steps up their ladders. They need the database and nothing else.

Whoever looks (a relay, or who stands in for a silent one) takes incidents whose time has come, each locked while its step is
decided and written; what somebody else holds is passed over, because somebody is doing something about it at this moment. The
step, its line on the timeline, the other room's sight and the next time to look are one commit. So each step is taken once, and
an acknowledgement ends the ladder at once: the lock shows it. All times are the database's; a look that comes late goes on from
the last step that was taken, whatever the clock of the process says. A ladder that fails is put off alone and holds up nobody.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from reporting.adapters.doorbell import LIVE
from reporting.bootstrap import adapters
from reporting.domain import statuses
from reporting.domain.errors import NotPossible, Problem, Refused
from reporting.domain.escalation import Pace, Step, climbed, next_look, next_step, step_by_hand
from reporting.models.columns import among
from reporting.models.incident import Incident
from reporting.models.staffing import Escalation, PhoneEntry, SightGrant
from reporting.policy import Actor
from reporting.services.cases import Case, Stepped, open_case
from reporting.services.deliveries import Told as Message
from reporting.services.deliveries import deliver, worth_telling
from reporting.services.history import Told, live_rows
from reporting.services.ladder import Standing, now, standings
from reporting.services.line import where
from reporting.services.rows import Writing
from reporting.services.unit_of_work import Work, unit_of_work

BATCH: Final = 50
PUT_OFF: Final = timedelta(seconds=60)
_DUE: Final = text("""
    (select id from incident where status = 'new' and clock_at is not null and clock_at <= clock_timestamp()
        order by clock_at limit :limit)
    union
    (select id from incident where status = 'new' and clock_for is distinct from due_at and priority = any(:priorities)
        and due_at > now() - interval '1 day' and organisation_id is not null and not exercise
        order by priority, due_at limit :limit)
""")
"""What has waited longer than a day, or is an exercise, climbs no ladder: it would wake real people for nothing."""
_COLUMNS: Final = (
    Incident.id,
    Incident.organisation_id,
    Incident.desk_id,
    Incident.priority,
    Incident.due_at,
    Incident.hidden_from,
)
log = structlog.get_logger()


@dataclass(slots=True)
class _Steps:
    """The rows of one look, written together at its end."""

    escalations: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    grants: list[dict[str, Any]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    moved: list[dict[str, Any]] = field(default_factory=list)
    looked: list[dict[str, Any]] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def write(self, work: Work) -> None:
        writing = Writing()
        writing.insert("escalation", self.escalations)
        writing.insert("timeline_event", self.events)
        writing.insert("live_event", live_rows(self.told))
        writing.update("incident", self.moved, stamp="updated_at")
        writing.update("incident", self.looked)
        writing.run(work.session)
        if self.grants:
            work.session.execute(insert(SightGrant).on_conflict_do_nothing(), self.grants)
        for each in worth_telling(work, self.messages):
            deliver(work, each)


def look(limit: int = BATCH) -> int:
    """Looks at ladders whose time has come and takes the steps that are due; returns how many it looked at.

    Needs sight of everything. Where it returns `limit` there may be more.
    """
    due = _due(limit)
    if due and not _tried(due):
        for incident_id in due:
            _tried([incident_id])
    return len(due)


def _due(limit: int) -> list[uuid.UUID]:
    pace = adapters().settings.escalation_pace
    priorities = [priority for priority, every in pace.items() if every is not None]
    with unit_of_work() as work:
        found = work.session.scalars(_DUE, {"limit": limit, "priorities": priorities}).all()
    return list(found)[:limit]


def _tried(incident_ids: Sequence[uuid.UUID]) -> bool:
    """Whether it went well. One ladder that fails by itself is put off, and said."""
    try:
        _climb(incident_ids, adapters().settings.escalation_pace)
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        log.warning("escalation.failed", count=len(incident_ids), error=type(error).__name__, reason=where(error))
        if len(incident_ids) == 1:
            _put_off(incident_ids[0])
        return False
    return True


def _put_off(incident_id: uuid.UUID) -> None:
    later = {"clock_at": func.now() + PUT_OFF, "clock_for": Incident.due_at}
    with unit_of_work() as work:
        work.session.execute(update(Incident).where(Incident.id == incident_id).values(later))


def _climb(incident_ids: Sequence[uuid.UUID], pace: Pace) -> None:
    with unit_of_work() as work:
        waiting = work.session.execute(
            select(*_COLUMNS)
            .where(among(Incident.id, incident_ids), Incident.status == "new", Incident.organisation_id.is_not(None))
            .order_by(Incident.id)
            .with_for_update(skip_locked=True, key_share=True)
        ).all()
        if not waiting:
            return
        at, steps = now(work.session), _Steps()
        for row, standing in zip(waiting, standings(work.session, waiting), strict=True):
            _take(steps, row, standing, _Moment(at, pace))
        steps.write(work)
        if steps.told:
            work.ring(LIVE)


@dataclass(frozen=True, slots=True)
class _Moment:
    at: datetime
    pace: Pace


def _take(steps: _Steps, row: Any, standing: Standing, moment: _Moment) -> None:
    """Every step that is due now: whoever is told now has their time, so that is one, or two in immediate danger."""
    before = incident = standing.incident
    while (step := next_step(incident, standing.ladder, standing.presence, moment.at, moment.pace)) is not None:
        _note(steps, standing, step, Noted(len(incident.taken) + 1))
        incident = climbed(incident, step, moment.at)
    again = next_look(incident, moment.at, moment.pace)
    looked = {"id": row.id, "clock_at": again, "clock_for": row.due_at, "desk_id": incident.desk_id}
    (steps.looked if incident is before else steps.moved).append(looked)


@dataclass(frozen=True, slots=True)
class Noted:
    """What else is written of a step: its place on the ladder, and the person who took it, where a person did."""

    position: int
    actor_id: str | None = None


def _note(steps: _Steps, standing: Standing, step: Step, noted: Noted) -> None:
    incident_id = uuid.UUID(standing.incident.id)
    steps.escalations.append(escalation_row(standing, step, noted))
    steps.events.append(
        {
            "id": uuid.uuid4(),
            "incident_id": incident_id,
            "kind": "escalated",
            "text": step.text,
            "detail": told_of(step, noted),
        }
    )
    steps.told.append((standing.organisation_id, incident_id, "escalated"))
    if step.kind in ("together", "organisation"):
        steps.grants.append(grant_row(standing, step, kept=False))
    if step.kind == "phone_list":
        steps.messages.append(_to_the_list(standing))


def _to_the_list(standing: Standing) -> Message:
    """Who is on the room's list of numbers, and confirmed an address there, is told that something waits and at which desk."""
    incident, room = standing.incident, standing.organisation_id
    desk = next((each.name for each in standing.ladder.desks if each.id == incident.desk_id), "")
    return Message(effect=f"unanswered:{incident.id}", template="unanswered", room_ids=[room], about=desk, told_by=room)


def escalation_row(standing: Standing, step: Step, noted: Noted) -> dict[str, Any]:
    """The step as history keeps it."""
    return {
        "id": uuid.uuid4(),
        "incident_id": uuid.UUID(standing.incident.id),
        "organisation_id": standing.organisation_id,
        "position": noted.position,
        "kind": step.kind,
        "target_id": uuid.UUID(step.target) if step.target else None,
        "reason": step.reason,
        "actor_id": uuid.UUID(noted.actor_id) if noted.actor_id else None,
    }


def grant_row(standing: Standing, step: Step, *, kept: bool) -> dict[str, Any]:
    """The sight that a room above is given; the database counts its hours from now."""
    assert step.target is not None, "only a room is given sight"
    return {
        "id": uuid.uuid4(),
        "incident_id": uuid.UUID(standing.incident.id),
        "organisation_id": uuid.UUID(step.target),
        "from_organisation_id": standing.organisation_id,
        "reason": step.reason,
        "kept": kept,
    }


def told_of(step: Step, noted: Noted) -> dict[str, Any]:
    """What programs read of the step on the timeline."""
    return {"to": step.kind, "name": step.name, "position": noted.position}


def escalate(actor: Actor, incident_id: uuid.UUID | str, version: int | None, reason: str) -> Stepped:
    """A person takes the incident one rung up, whoever has acknowledged it: to the supervisor, else to the room above that is
    there, which keeps its sight until it gives it back. Raises NotPossible, with the numbers to call, where nobody is there."""
    if not reason.strip():
        raise Refused("A reason is needed.", (Problem("reason", "required", "Say why."),))
    with open_case(actor, incident_id, version) as case:
        if case.incident.status == statuses.CLOSED:
            raise NotPossible("This incident is closed.")
        (standing,) = standings(case.work.session, [case.incident])
        presence = standing.presence
        if actor.role == "supervisor":
            presence = replace(presence, supervisor=False)
        step = step_by_hand(standing.incident, standing.ladder, presence, reason.strip())
        if step.kind == "phone_list":
            raise NotPossible(f"Nobody above is at a console now. {numbers_to_call(case.work.session, standing.organisation_id)}")
        _take_by_hand(case, standing, step)
        return case.stepped()


def _take_by_hand(case: Case, standing: Standing, step: Step) -> None:
    noted = Noted(len(standing.incident.taken) + 1, case.actor.account_id)
    case.work.session.execute(insert(Escalation), escalation_row(standing, step, noted))
    if step.target is not None:
        granted = insert(SightGrant).values(grant_row(standing, step, kept=True))
        is_open = SightGrant.ended_at.is_(None)
        case.work.session.execute(
            granted.on_conflict_do_update(
                index_elements=["incident_id", "organisation_id"], index_where=is_open, set_={"kept": True}
            )
        )
    if case.incident.clock_at is not None:
        case.incident.clock_at = func.now()
    case.tell("escalated", step.text, told_of(step, noted))


def numbers_to_call(session: Session, organisation_id: uuid.UUID) -> str:
    """The organisation's list as one sentence."""
    rows = session.scalars(select(PhoneEntry).where(PhoneEntry.organisation_id == organisation_id).order_by(PhoneEntry.position))
    named = "; ".join(f"{row.name}{f' ({row.role})' if row.role else ''} {row.number}" for row in rows)
    return f"Call: {named}." if named else "This room has no list of numbers to call."
