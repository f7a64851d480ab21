"""Incidents of the past days, whoever has them, in batches: what routing is tried on. Only the line's processes see them all."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select, tuple_

from reporting.adapters.sight import SYSTEM_SIGHT, reading
from reporting.models.incident import Incident
from reporting.models.organisation import Organisation
from reporting.queries import routing
from reporting.queries.routing import ToRoute

BATCH: Final = 2000


@dataclass(frozen=True, slots=True)
class Past:
    """One incident of the past: what routing reads of it, who has it now, and how soon somebody acknowledged it."""

    to_route: ToRoute
    number: str
    priority: int
    organisation_id: str
    hidden_from: tuple[str, ...]
    acknowledged_at: datetime | None


def count(since: datetime) -> int:
    """How many incidents were opened since then; exercises are not counted."""
    with reading(SYSTEM_SIGHT) as session:
        return session.scalar(select(func.count()).select_from(Incident).where(*_wanted(since))) or 0


def batches(since: datetime) -> Iterator[list[Past]]:
    """All of them, organisation by organisation, oldest first; each batch in a transaction of its own."""
    with reading(SYSTEM_SIGHT) as session:
        organisations = list(session.scalars(select(Organisation.id).order_by(Organisation.slug)))
    for organisation in organisations:
        yield from _of(organisation, since)


def _of(organisation: uuid.UUID, since: datetime) -> Iterator[list[Past]]:
    after: tuple[datetime, uuid.UUID] | None = None
    while True:
        rows = _batch(organisation, since, after)
        if not rows:
            return
        yield [each for each, _place in rows]
        after = rows[-1][1]


def _batch(organisation: uuid.UUID, since: datetime, after: tuple[datetime, uuid.UUID] | None) -> list[tuple[Past, Any]]:
    wanted = [Incident.organisation_id == organisation, *_wanted(since)]
    if after is not None:
        wanted.append(tuple_(Incident.opened_at, Incident.id) > after)
    with reading(SYSTEM_SIGHT) as session:
        rows = session.execute(
            select(
                Incident.id,
                Incident.number,
                Incident.priority,
                Incident.organisation_id,
                Incident.hidden_from,
                Incident.acknowledged_at,
                Incident.opened_at,
            )
            .where(*wanted)
            .order_by(Incident.opened_at, Incident.id)
            .limit(BATCH)
        ).all()
        known = {each.incident_id: each for each in routing.of_incidents(session, [row.id for row in rows])}
    return [(_past(known[row.id], row), (row.opened_at, row.id)) for row in rows]


def _past(to_route: ToRoute, row: Any) -> Past:
    return Past(
        to_route=to_route,
        number=row.number,
        priority=row.priority,
        organisation_id=str(row.organisation_id),
        hidden_from=tuple(str(each) for each in row.hidden_from),
        acknowledged_at=row.acknowledged_at,
    )


def _wanted(since: datetime) -> tuple[Any, ...]:
    return Incident.opened_at >= since, Incident.exercise.is_(False)
