"""Notices that rooms write: what a room has sent and who has read it, what a venue is told, and which venues a room may reach."""

import uuid
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reporting.adapters.sight import Sight, reading
from reporting.models.account import Account
from reporting.models.incident import Incident
from reporting.models.looking import Reach, find_reach
from reporting.models.organisation import Organisation
from reporting.models.room_notice import RoomNotice, RoomNoticeRead
from reporting.models.venue import Venue
from reporting.policy import Actor, scope
from reporting.queries.items import stamp
from reporting.queries.scoping import sight_of

READING: Final = "notice.read"
WRITING: Final = "notice.write"
SHOWN_FOR: Final = timedelta(hours=24)
"""How long a room sees a notice that is over, with who has read it."""
TAKEN_BACK_SHOWN: Final = timedelta(minutes=30)
"""How long a venue reads that a notice was taken back."""
MOST_SHOWN: Final = 100


def reach_of(actor: Actor) -> Reach:
    """The venues that are the room's own or lie in an area in which it is responsible."""
    with reading(sight_of(actor, WRITING)) as session:
        return find_reach(session, scope(actor, WRITING).organisation_id)


def sent(actor: Actor) -> list[dict[str, Any]]:
    """What the actor's room has written, the newest first: those that stand and those of the last day, with who read them."""
    room = scope(actor, READING).organisation_id
    with reading(sight_of(actor, READING)) as session:
        rows = session.execute(
            select(RoomNotice, Incident.number)
            .outerjoin(Incident, Incident.id == RoomNotice.incident_id)
            .where(RoomNotice.organisation_id == room, RoomNotice.expires_at > func.now() - SHOWN_FOR)
            .order_by(RoomNotice.written_at.desc(), RoomNotice.id)
            .limit(MOST_SHOWN)
        ).all()
        now = session.scalar(select(func.now()))
        reads = _reads(session, [row.RoomNotice.id for row in rows])
        names = _names(session, {venue for row in rows for venue in row.RoomNotice.venues})
    return [_sent(row.RoomNotice, row.number, (reads, names), now) for row in rows]


def _reads(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = {}
    rows = session.execute(
        select(RoomNoticeRead.notice_id, RoomNoticeRead.venue_id, RoomNoticeRead.at, Account.name)
        .join(Account, Account.id == RoomNoticeRead.account_id)
        .where(RoomNoticeRead.notice_id.in_(ids))
        .order_by(RoomNoticeRead.at)
    )
    for row in rows:
        found.setdefault(row.notice_id, []).append(row)
    return found


def _names(session: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    return {row.id: row.name for row in session.execute(select(Venue.id, Venue.name).where(Venue.id.in_(ids)))}


def _state(notice: RoomNotice, now: datetime | None) -> str:
    if notice.withdrawn_at is not None:
        return "withdrawn"
    return "expired" if now is not None and notice.expires_at <= now else "standing"


def _sent(notice: RoomNotice, number: str | None, known: tuple[dict[Any, Any], dict[Any, Any]], now: Any) -> dict[str, Any]:
    reads, names = known
    by_venue: dict[uuid.UUID, list[Any]] = {}
    for each in reads.get(notice.id, []):
        by_venue.setdefault(each.venue_id, []).append(each)
    return {
        **_told(notice, _state(notice, now)),
        "number": number,
        "written_by": notice.written_by,
        "venues": [
            {
                "id": str(venue),
                "name": names.get(venue, ""),
                "read": [{"name": each.name, "at": stamp(each.at)} for each in by_venue.get(venue, [])],
            }
            for venue in notice.venues
        ],
    }


def _told(notice: RoomNotice, state: str) -> dict[str, Any]:
    return {
        "id": str(notice.id),
        "kind": notice.kind,
        "state": state,
        "text": notice.text,
        "written_at": stamp(notice.written_at),
        "expires_at": stamp(notice.expires_at),
    }


def told(actor: Actor) -> list[dict[str, Any]]:
    """What rooms tell the actor's venue now, the newest first; those that were taken back a while ago say so. `read_at`: when
    the actor said that they have read it."""
    reach = scope(actor, READING)
    if reach.venue_id is None:
        return []
    mine = (RoomNoticeRead.notice_id == RoomNotice.id) & (RoomNoticeRead.account_id == actor.account_id)
    back = RoomNotice.withdrawn_at > func.now() - TAKEN_BACK_SHOWN
    with reading(Sight(venue=reach.venue_id)) as session:
        rows = session.execute(
            select(RoomNotice, Organisation.name.label("room"), RoomNoticeRead.at.label("read_at"))
            .join(Organisation, Organisation.id == RoomNotice.organisation_id)
            .outerjoin(RoomNoticeRead, mine)
            .where(RoomNotice.venues.contains([uuid.UUID(reach.venue_id)]), RoomNotice.expires_at > func.now())
            .where(or_(RoomNotice.withdrawn_at.is_(None), back))
            .order_by(RoomNotice.written_at.desc(), RoomNotice.id)
            .limit(MOST_SHOWN)
        ).all()
    return [_heard(row) for row in rows]


def _heard(row: Any) -> dict[str, Any]:
    state = "withdrawn" if row.RoomNotice.withdrawn_at else "standing"
    return {
        **_told(row.RoomNotice, state),
        "text": "" if state == "withdrawn" else row.RoomNotice.text,
        "held_by": row.room,
        "read_at": stamp(row.read_at) if row.read_at else None,
    }
