"""Dead letters: what the line could not do after five attempts, for a person to see and to send again."""

import uuid
from typing import Any

from sqlalchemy import func, select, update

from reporting.adapters.doorbell import OUTBOX
from reporting.models.outbox import Outbox
from reporting.services.unit_of_work import unit_of_work


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
    statement = update(Outbox).where(Outbox.dead_at.is_not(None))
    if report_id is not None:
        statement = statement.where(Outbox.subject_id == uuid.UUID(report_id))
    with unit_of_work() as work:
        work.ring(OUTBOX)
        fresh = {"dead_at": None, "dispatched_at": None, "attempts": 0, "due_at": func.now()}
        return work.change(statement.values(fresh))
