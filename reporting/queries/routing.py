"""What routing must know of incidents: where they are, what they are about, and whether they are somebody's already."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from reporting.domain.facts import Point
from reporting.domain.staff_notices import KEEP_AWAY, kind_of
from reporting.models.account import Account
from reporting.models.columns import among
from reporting.models.incident import Assessment, Incident, TimelineEvent
from reporting.models.looking import facts_of
from reporting.models.organisation import Organisation
from reporting.models.report import Report
from reporting.models.venue import PlaceCode, Venue

COLUMNS: Final = (
    Incident.id,
    Incident.organisation_id,
    Incident.category,
    Incident.opened_at,
    Incident.lat,
    Incident.lon,
    Incident.accuracy_m,
    Incident.venue_id,
    Venue.name.label("venue_name"),
    func.coalesce(PlaceCode.lat, Venue.lat).label("venue_lat"),
    func.coalesce(PlaceCode.lon, Venue.lon).label("venue_lon"),
    Venue.organisation_id.label("venue_organisation_id"),
    PlaceCode.label.label("place_label"),
    exists().where(Account.venue_id == Incident.venue_id, Account.disabled_at.is_(None)).label("venue_staffed"),
    Incident.about_staff,
    Incident.lane,
    Incident.number,
    Incident.priority,
    Incident.status,
    Incident.version,
    Incident.desk_id,
)
MOVABLE: Final = ("new", "acknowledged", "in_progress", "waiting")
"""Statuses in which it is worth saying that an incident would go elsewhere by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What routing must know of a report: the incident it is on, and what it said; findings as they are kept."""

    id: uuid.UUID
    incident_id: uuid.UUID
    about_staff: bool
    behaviours: Sequence[str]
    findings: Sequence[Mapping[str, Any]] | None


UNSAID: Final = SimpleNamespace(about_staff=False, behaviours=(), findings=())
"""What an incident's report said once its reports have been deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRoute:
    """One incident. `organisation_id` is None until it has been routed; points are WGS-84 degrees. `staff_kind` is what staff of
    its venue would read of it."""

    incident_id: uuid.UUID
    organisation_id: uuid.UUID | None
    category: str
    opened_at: datetime
    lat: float | None
    lon: float | None
    accuracy_m: float | None
    venue_id: str | None
    venue_name: str
    venue_point: Point | None
    venue_organisation_id: str | None
    about_staff: bool
    behaviours: tuple[str, ...]
    findings: tuple[tuple[str, int], ...]
    place_label: str = ""
    venue_staffed: bool = False
    lane: str = "queue"
    number: str = ""
    priority: int = 3
    status: str = "new"
    version: int = 1
    desk_id: uuid.UUID | None = None
    staff_kind: str = KEEP_AWAY


def said_by(session: Session, report_ids: Sequence[uuid.UUID]) -> list[Said]:
    """What those of the reports said that are on an incident, in the order of their arrival."""
    rows = session.execute(
        select(Report.id, Report.incident_id, Report.about_staff, Report.behaviours, Assessment.findings)
        .outerjoin(Assessment, Assessment.report_id == Report.id)
        .where(among(Report.id, report_ids), Report.incident_id.is_not(None))
        .order_by(Report.received_at)
    )
    return [Said(**row._mapping) for row in rows]


def incidents_of(session: Session, reports: Sequence[Said]) -> tuple[list[ToRoute], list[uuid.UUID]]:
    """The incidents these reports are on, each once, locked so that two workers do not both choose; and the reports whose
    incident somebody else holds at this moment. Waiting for it could end in a deadlock with a worker that groups."""
    said: dict[uuid.UUID, Said] = {}
    for each in reports:
        said.setdefault(each.incident_id, each)
    rows = session.execute(_rows().where(among(Incident.id, said)).with_for_update(of=Incident, skip_locked=True))
    free = [_to_route(row, said[row.id]) for row in rows]
    free = [
        *_with_kinds(session, [each for each in free if not each.organisation_id]),
        *(each for each in free if each.organisation_id),
    ]
    held = said.keys() - {each.incident_id for each in free}
    return free, [each.id for each in reports if each.incident_id in held]


def of_incidents(session: Session, ids: Sequence[uuid.UUID]) -> list[ToRoute]:
    """The same of incidents by their own ids, whoever has them and without a lock: for trying routing on the past."""
    first = (
        select(Report.incident_id, Report.id, Report.about_staff, Report.behaviours)
        .where(among(Report.incident_id, ids))
        .ext(distinct_on(Report.incident_id))
        .order_by(Report.incident_id, Report.received_at)
        .subquery()
    )
    said = session.execute(
        select(first.c.incident_id, first.c.about_staff, first.c.behaviours, Assessment.findings).outerjoin(
            Assessment, Assessment.report_id == first.c.id
        )
    ).all()
    by_incident = {row.incident_id: row for row in said}
    rows = session.execute(_rows().where(among(Incident.id, ids)))
    return [_to_route(row, by_incident.get(row.id, UNSAID)) for row in rows]


def _with_kinds(session: Session, found: list[ToRoute]) -> list[ToRoute]:
    """Each with what staff would read of it, where there is staff to read it."""
    facts = facts_of(session, [each.incident_id for each in found if each.venue_staffed])
    return [replace(each, staff_kind=kind_of(facts[each.incident_id])) if each.incident_id in facts else each for each in found]


def _rows() -> Any:
    return (
        select(*COLUMNS)
        .outerjoin(Venue, Venue.id == Incident.venue_id)
        .outerjoin(PlaceCode, PlaceCode.code == Incident.place_code)
        .order_by(Incident.id)
    )


@dataclass(frozen=True, slots=True)
class Held:
    """An open incident that a room has: what routing reads of it, the room's name, whether a person placed it, and the room
    that was last named as the one it would go to now."""

    to_route: ToRoute
    organisation_name: str
    by_hand: bool
    suggested: str | None


def held_after(session: Session, after: uuid.UUID | None, limit: int) -> list[Held]:
    """The next incidents somebody has and still works on, by id; locked, and those in other hands at this moment left out."""
    statement = _movable().limit(limit)
    if after is not None:
        statement = statement.where(Incident.id > after)
    return _held(session, session.execute(statement.with_for_update(of=Incident, skip_locked=True)).all())


def held_one(session: Session, incident_id: uuid.UUID) -> Held | None:
    """The same of one incident; None where nobody has it or nobody works on it any more. Waits for who holds it."""
    found = session.execute(_movable().where(Incident.id == incident_id).with_for_update(of=Incident)).all()
    return next(iter(_held(session, found)), None)


def _movable() -> Any:
    return _rows().where(Incident.organisation_id.is_not(None), Incident.status.in_(MOVABLE))


def _held(session: Session, rows: Sequence[Any]) -> list[Held]:
    ids = [row.id for row in rows]
    known = {each.incident_id: each for each in _with_kinds(session, of_incidents(session, ids))}
    rooms: dict[uuid.UUID, str] = {row.id: row.name for row in session.execute(select(Organisation.id, Organisation.name))}
    placed, suggested = _placed_by_hand(session, ids), _suggested(session, ids)
    return [Held(known[row.id], rooms[row.organisation_id], row.id in placed, suggested.get(row.id)) for row in rows]


def _placed_by_hand(session: Session, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    by_person = TimelineEvent.kind == "assigned", TimelineEvent.actor_id.is_not(None)
    return set(session.scalars(select(TimelineEvent.incident_id).where(TimelineEvent.incident_id.in_(ids), *by_person)))


def _suggested(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    newest = (
        select(TimelineEvent.incident_id, TimelineEvent.detail["organisation_id"].astext.label("organisation"))
        .where(TimelineEvent.incident_id.in_(ids), TimelineEvent.kind == "would_move")
        .ext(distinct_on(TimelineEvent.incident_id))
        .order_by(TimelineEvent.incident_id, TimelineEvent.at.desc())
    )
    return {row.incident_id: row.organisation for row in session.execute(newest)}


def _to_route(found: Any, said: Any) -> ToRoute:
    return ToRoute(
        incident_id=found.id,
        organisation_id=found.organisation_id,
        category=found.category,
        opened_at=found.opened_at,
        lat=found.lat,
        lon=found.lon,
        accuracy_m=found.accuracy_m,
        venue_id=str(found.venue_id) if found.venue_id else None,
        venue_name=found.venue_name or "",
        venue_point=Point(found.venue_lat, found.venue_lon) if found.venue_id else None,
        venue_organisation_id=str(found.venue_organisation_id) if found.venue_organisation_id else None,
        about_staff=said.about_staff or found.about_staff,
        behaviours=tuple(said.behaviours),
        findings=tuple((each["rule"], each["weight"]) for each in said.findings or ()),
        place_label=found.place_label or "",
        venue_staffed=found.venue_staffed,
        lane=found.lane,
        number=found.number,
        priority=found.priority,
        status=found.status,
        version=found.version,
        desk_id=found.desk_id,
    )
