"""The live list of a control room: open incidents in the order in which they need somebody, page by page."""

import base64
import binascii
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, DateTime, Row, Select, and_, func, literal, not_, or_, select, text, tuple_

from reporting.adapters.sight import reading
from reporting.domain.errors import Problem, Refused
from reporting.domain.queue import QueueFilter
from reporting.domain.references import number_in
from reporting.models.account import Account
from reporting.models.incident import Incident
from reporting.models.report import Report
from reporting.models.venue import Venue
from reporting.policy import Actor, scope
from reporting.queries.items import incident_rows, item, stamp, unfinished_item
from reporting.queries.scoping import granted_incidents, not_about_own_staff, own_incidents, sight_of

ACTION: Final = "incident.read"
CLOCK: Final = func.coalesce(Incident.due_at, text("'infinity'::timestamptz"))
MOMENT: Final = DateTime(timezone=True)
IN_FLIGHT: Final = text("interval '1 second'")
"""A report this young is on its way through the line and not yet worth a line of its own."""
UNFINISHED_SHOWN: Final = 100
GRANTED_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Items as the API gives them, and where the next page starts."""

    items: list[dict[str, Any]]
    next: str | None


def page(actor: Actor, wanted: QueueFilter) -> QueuePage:
    """One page of incidents the actor may read; what other rooms gave sight of stands first, and before it what
    nobody has seen though a rule failed on it. All of that stands on the first page and counts into its length, but is never
    cut off by it. Four statements, five at a duty desk."""
    with reading(sight_of(actor, ACTION)) as session:
        rows = session.execute(_statement(actor, wanted)).all()
        on_top: list[dict[str, Any]] = []
        if wanted.untouched and scope(actor, ACTION).unrouted:
            on_top = [unfinished_item(row) for row in session.execute(_unfinished(actor)).all()]
        if wanted.untouched:
            on_top += [item(row) for row in session.execute(_failed(actor)).all()]
        if wanted.untouched and scope(actor, ACTION).granted_to:
            on_top += [item(row) for row in session.execute(_granted(actor)).all()]
    shown = rows[: max(1, wanted.limit - len(on_top))]
    following = _cursor(wanted.sort, shown[-1]) if len(rows) > len(shown) else None
    return QueuePage(on_top + [item(row) for row in shown], following)


FAILED: Final = and_(Incident.lane == "failed", Incident.status == "new")
"""A rule of triage failed on the report and nobody has seen it yet: it stands on top of the plain list, and there alone."""


def _failed(actor: Actor) -> Select[Any]:
    statement = incident_rows().where(own_incidents(actor, ACTION), FAILED)
    return statement.order_by(Incident.opened_at, Incident.id).limit(UNFINISHED_SHOWN)


def _granted(actor: Actor) -> Select[Any]:
    statement = incident_rows().where(granted_incidents(actor, ACTION), Incident.status != "closed")
    return statement.order_by(Incident.priority, CLOCK, Incident.opened_at, Incident.id).limit(GRANTED_SHOWN)


def _statement(actor: Actor, wanted: QueueFilter) -> Select[Any]:
    statement = incident_rows().where(own_incidents(actor, ACTION), *_conditions(actor, wanted))
    if wanted.sort == "-opened_at":
        statement = statement.order_by(Incident.opened_at.desc(), Incident.id.desc())
    else:
        statement = statement.order_by(Incident.priority, CLOCK, Incident.opened_at, Incident.id)
    return statement.limit(wanted.limit + 1)


def _conditions(actor: Actor, wanted: QueueFilter) -> list[ColumnElement[bool]]:
    number = number_in(wanted.q)
    conditions = [Incident.number == number] if number else [_of_status(wanted.status)]
    if wanted.whole:
        conditions.append(not_(FAILED))
    if wanted.priority:
        conditions.append(Incident.priority.in_(wanted.priority))
    if wanted.category:
        conditions.append(Incident.category.in_(wanted.category))
    if wanted.area:
        conditions.append(Incident.jurisdiction_id == wanted.area)
    if wanted.since:
        conditions.append(Incident.updated_at >= wanted.since)
    if wanted.bbox:
        west, south, east, north = wanted.bbox
        conditions += [Incident.lat.between(south, north), _between_meridians(west, east)]
    if wanted.q and not number:
        pattern = "%" + wanted.q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        conditions.append(or_(Incident.summary.ilike(pattern), Incident.number.ilike(pattern), Incident.place.ilike(pattern)))
    if wanted.assignee:
        conditions.append(_assigned(actor, wanted.assignee))
    if wanted.cursor:
        conditions.append(_after(wanted))
    return conditions


def _of_status(statuses: tuple[str, ...]) -> ColumnElement[bool]:
    if "open" in statuses:
        return Incident.status != "closed"
    return Incident.status.in_(statuses)


def _between_meridians(west: float, east: float) -> ColumnElement[bool]:
    """A box whose west is east of its east crosses the antimeridian."""
    if west <= east:
        return Incident.lon.between(west, east)
    return or_(Incident.lon >= west, Incident.lon <= east)


def _assigned(actor: Actor, who: str) -> ColumnElement[bool]:
    if who == "none":
        return Incident.assignee_id.is_(None)
    return Incident.assignee_id == (actor.account_id if who == "me" else uuid.UUID(who))


def _cursor(sort: str, row: Row[Any]) -> str:
    parts = [sort, row.priority, stamp(row.due_at) or "infinity", stamp(row.opened_at), str(row.id)]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


def _after(wanted: QueueFilter) -> ColumnElement[bool]:
    """Rows behind the cursor; raises Refused for a cursor that is not ours or belongs to another order."""
    priority, clock, opened, key = _read_cursor(wanted)
    opened_at = literal(opened).cast(MOMENT)
    if wanted.sort == "-opened_at":
        return tuple_(Incident.opened_at, Incident.id) < tuple_(opened_at, key)
    due = literal(clock).cast(MOMENT)
    return tuple_(Incident.priority, CLOCK, Incident.opened_at, Incident.id) > tuple_(priority, due, opened_at, key)


def _read_cursor(wanted: QueueFilter) -> tuple[int, datetime | str, datetime, uuid.UUID]:
    try:
        raw = base64.urlsafe_b64decode((wanted.cursor or "") + "===")
        sort, priority, clock, opened, key = json.loads(raw)
        if sort != wanted.sort or isinstance(priority, bool) or priority not in (1, 2, 3, 4):
            raise ValueError
        due = clock if clock == "infinity" else _moment(clock)
        return int(priority), due, _moment(opened), uuid.UUID(key)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise Refused("Some fields are not right.", (Problem("cursor", "invalid", "Use `next` of the page before."),)) from None


def _moment(text: str) -> datetime:
    """A moment with its zone; raises ValueError for anything else, also for one that is no moment in UTC."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError from None


def _unfinished(actor: Actor) -> Any:
    """Reports that are on no incident yet, oldest first: the line is behind, so a person looks at them as they are."""
    return (
        select(Report, Venue.name.label("venue"), Account.name.label("filer_name"))
        .outerjoin(Venue, Venue.id == Report.venue_id)
        .outerjoin(Account, Account.id == Report.filed_by)
        .where(Report.incident_id.is_(None), Report.received_at < func.now() - IN_FLIGHT)
        .where(not_about_own_staff(actor.organisation_id))
        .order_by(Report.received_at)
        .limit(UNFINISHED_SHOWN)
    )
