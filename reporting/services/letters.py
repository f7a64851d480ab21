"""Dead letters: what the line could not do after five attempts, for a person to see and to send again."""

import uuid
from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_, select, update

from reporting.adapters.doorbell import OUTBOX
from reporting.adapters.sight import Sight
from reporting.domain.errors import NotFound
from reporting.jobs import DELIVER
from reporting.models.delivery import Delivery
from reporting.models.incident import Incident
from reporting.models.outbox import Outbox
from reporting.models.report import Report
from reporting.policy import Actor, scope
from reporting.services.history import record
from reporting.services.unit_of_work import Work, unit_of_work

MOST_AGAIN: Final = 500
"""So many messages one press of a button sends again."""


def dead_letters() -> list[dict[str, Any]]:
    """Every dead letter, oldest first: id, step, report, attempts, the kind and place of the fault."""
    with unit_of_work() as work:
        rows = work.session.scalars(select(Outbox).where(Outbox.dead_at.is_not(None)).order_by(Outbox.dead_at)).all()
        return [
            {
                "id": row.id,
                "job": row.job,
                "report_id": str(row.subject_id),
                "attempts": row.attempts,
                "error": row.last_error,
                "dead_at": row.dead_at.isoformat() if row.dead_at else None,
            }
            for row in rows
        ]


def replay(report_id: str | None = None) -> int:
    """Gives dead letters a fresh start, all or those of one report; returns how many."""
    dead: list[ColumnElement[bool]] = [Outbox.dead_at.is_not(None)]
    if report_id is not None:
        dead.append(Outbox.subject_id == uuid.UUID(report_id))
    with unit_of_work() as work:
        return _fresh_start(work, *dead)


def replay_for_room(actor: Actor, delivery_id: uuid.UUID | None = None) -> int:
    """Sends messages of the actor's own room again that were given up, one or all; returns how many. Raises NotFound for one
    that is absent, another room's, or not given up."""
    room = scope(actor, "undelivered.replay").organisation_id
    if room is None:
        raise NotFound
    reports = select(Report.id).join(Incident, Incident.id == Report.incident_id).where(Incident.organisation_id == room)
    own = or_(Delivery.report_id.in_(reports), Delivery.told_by == room, Delivery.organisation_id == room)
    wanted = select(Delivery.id).where(own, Delivery.state == "dead", Delivery.subscription_id.is_not(None))
    if delivery_id is not None:
        wanted = wanted.where(Delivery.id == delivery_id)
    with unit_of_work(Sight(organisation=room)) as work:
        ids = list(work.session.scalars(wanted.limit(MOST_AGAIN)))
        if delivery_id is not None and not ids:
            raise NotFound
        count = _fresh_start(work, Outbox.dead_at.is_not(None), Outbox.job == DELIVER, Outbox.subject_id.in_(ids))
        record(work, actor, "undelivered.replayed", "organisation", uuid.UUID(room))
        return count


def _fresh_start(work: Work, *dead: ColumnElement[bool]) -> int:
    """The letters that are due now as on their first day; a message's day begins anew with it."""
    letters = select(Outbox.subject_id).where(Outbox.job == DELIVER, *dead)
    again = {"state": "waiting", "ended_at": None, "created_at": func.now()}
    work.change(update(Delivery).where(Delivery.id.in_(letters)).values(again).execution_options(synchronize_session=False))
    fresh = {"dead_at": None, "dispatched_at": None, "attempts": 0, "due_at": func.now()}
    work.ring(OUTBOX)
    return work.change(update(Outbox).where(*dead).values(fresh).execution_options(synchronize_session=False))
