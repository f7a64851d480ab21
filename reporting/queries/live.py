"""Live events in an order that is complete: see `reporting.models.history.LiveEvent` for why it goes by transaction."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import all_, and_, exists, func, literal_column, not_, or_, select, text
from sqlalchemy.orm import Session

from reporting.models.columns import among
from reporting.models.incident import Incident
from reporting.models.organisation import Organisation
from reporting.models.report import Report
from reporting.models.staffing import SightGrant
from reporting.models.venue import Venue
from reporting.queries.items import incident_rows, item

BATCH = 500
_AT_HOME = exists().where(
    Organisation.duty_desk,
    or_(Organisation.level == "venue", exists().where(Venue.id == Report.venue_id, Venue.organisation_id == Organisation.id)),
)
"""Whether a report may be about a duty desk's own house."""


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the stream of live events: the transaction and the row. Written `xid-id`."""

    xid: int
    id: int

    def __str__(self) -> str:
        return f"{self.xid}-{self.id}"

    @classmethod
    def parse(cls, raw: str) -> "Position | None":
        """None for what is not a position."""
        left, _, right = raw.partition("-")
        return cls(int(left), int(right)) if left.isdecimal() and right.isdecimal() and len(raw) < 42 else None


@dataclass(frozen=True, slots=True)
class Event:
    """One live event."""

    position: Position
    organisation_id: str
    incident_id: uuid.UUID
    kind: str


def now(session: Session) -> Position:
    """Before everything that is still open: what comes later than this was not yet seen by anybody."""
    return Position(int(session.scalar(select(text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))) or 0), 0)


def oldest(session: Session) -> Position | None:
    """The first event that is still kept."""
    row = session.execute(text("select xid::text::bigint as xid, id from live_event order by xid, id limit 1")).one_or_none()
    return Position(row.xid, row.id) if row else None


def after(session: Session, position: Position, limit: int = BATCH) -> list[Event]:
    """The next events behind a position, none skipped ever; those of transactions that are still open come later."""
    rows = session.execute(
        text(
            "select xid::text::bigint as xid, id, organisation_id, incident_id, kind from live_event"
            " where (xid, id) > (cast(cast(:xid as text) as xid8), :id)"
            " and xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid, id limit :limit"
        ),
        {"xid": str(position.xid), "id": position.id, "limit": limit},
    ).all()
    return [Event(Position(row.xid, row.id), str(row.organisation_id), row.incident_id, row.kind) for row in rows]


def items(session: Session, incident_ids: set[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """The queue items of these incidents as they are now."""
    if not incident_ids:
        return {}
    return {row.id: item(row) for row in session.execute(incident_rows().where(among(Incident.id, incident_ids)))}


def sights(session: Session, incident_ids: set[uuid.UUID]) -> dict[uuid.UUID, dict[str, bool]]:
    """The rooms that were given sight of these incidents, and whether they have it now; who had it once must take it off."""
    found: dict[uuid.UUID, dict[str, bool]] = {}
    if not incident_ids:
        return found
    now = and_(SightGrant.ended_at.is_(None), SightGrant.until > func.now(), or_(SightGrant.kept, Incident.status == "new"))
    rows = session.execute(
        select(SightGrant.incident_id, SightGrant.organisation_id, func.bool_or(now).label("seen"))
        .join(Incident, Incident.id == SightGrant.incident_id)
        .where(among(SightGrant.incident_id, incident_ids), SightGrant.organisation_id != all_(Incident.hidden_from))
        .group_by(SightGrant.incident_id, SightGrant.organisation_id)
    )
    for row in rows:
        found.setdefault(row.incident_id, {})[str(row.organisation_id)] = row.seen
    return found


def unfinished(session: Session) -> int:
    """How many reports older than two seconds are on no incident yet. One number for every duty desk: it leaves out what may be
    about staff of any of them."""
    young: Any = literal_column("interval '2 seconds'")
    return (
        session.scalar(
            select(func.count())
            .select_from(Report)
            .where(Report.incident_id.is_(None), Report.received_at < func.now() - young, not_(Report.about_staff & _AT_HOME))
        )
        or 0
    )
