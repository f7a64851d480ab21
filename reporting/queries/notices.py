"""What a room or a venue's staff was told of incidents that are somebody else's: the newest first, as long as they are open."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, false, func, or_, select

from reporting.adapters.sight import reading
from reporting.models.notice import Notice
from reporting.policy import Actor, Scope, scope
from reporting.queries.items import location, stamp
from reporting.queries.scoping import sight_of

ACTION: Final = "notice.read"
SHOWN_FOR: Final = timedelta(hours=24)
"""A notice older than this asks for nothing any more, whether its incident is closed or not."""
MOST_SHOWN: Final = 50


def notices(actor: Actor) -> list[dict[str, Any]]:
    """The notices the actor may read. They name no incident and hold no word of a reporter."""
    with reading(sight_of(actor, ACTION)) as session:
        rows = session.scalars(
            select(Notice)
            .where(_within(scope(actor, ACTION)), Notice.ended_at.is_(None), Notice.opened_at > func.now() - SHOWN_FOR)
            .order_by(Notice.priority, Notice.opened_at.desc(), Notice.id)
            .limit(MOST_SHOWN)
        ).all()
    return [_notice(row) for row in rows]


def _within(reach: Scope) -> ColumnElement[bool]:
    conditions = []
    if reach.organisation_id is not None:
        conditions.append(Notice.organisation_id == reach.organisation_id)
    if reach.venue_id is not None:
        conditions.append(Notice.venue_id == reach.venue_id)
    return or_(*conditions) if conditions else false()


def _notice(row: Notice) -> dict[str, Any]:
    """A venue's staff gets no position and no number: the place in words is what they need."""
    for_room = row.organisation_id is not None
    return {
        "id": str(row.id),
        "kind": row.kind,
        "number": row.number if for_room else None,
        "category": row.category,
        "priority": row.priority,
        "location": location(row.lat, row.lon, row.accuracy_m, row.place) if for_room else location(None, None, None, row.place),
        "held_by": row.held_by,
        "reason": row.reason,
        "opened_at": stamp(row.opened_at),
        "updated_at": stamp(row.updated_at),
    }
