"""What routing must know of incidents: where they are, what they are about, and whether they are somebody's already."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from reporting.domain.facts import Point
from reporting.models.incident import Assessment, Incident
from reporting.models.report import Report
from reporting.models.venue import Venue

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
    Venue.lat.label("venue_lat"),
    Venue.lon.label("venue_lon"),
    Venue.organisation_id.label("venue_organisation_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRoute:
    """One incident. `organisation_id` is None until it has been routed; points are WGS-84 degrees."""

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


def incidents_of(session: Session, report_ids: Sequence[uuid.UUID]) -> tuple[list[ToRoute], list[uuid.UUID]]:
    """The incidents these reports are on, each once, locked so that two workers do not both choose; and the reports whose
    incident somebody else holds at this moment. Waiting for it could end in a deadlock with a worker that groups."""
    wanted = session.execute(
        select(Report.id, Report.incident_id, Report.about_staff, Report.behaviours, Assessment.findings)
        .outerjoin(Assessment, Assessment.report_id == Report.id)
        .where(Report.id.in_(report_ids), Report.incident_id.is_not(None))
        .order_by(Report.received_at)
    ).all()
    said: dict[uuid.UUID, Any] = {}
    for row in wanted:
        said.setdefault(row.incident_id, row)
    rows = session.execute(
        select(*COLUMNS)
        .outerjoin(Venue, Venue.id == Incident.venue_id)
        .where(Incident.id.in_(said))
        .order_by(Incident.id)
        .with_for_update(of=Incident, skip_locked=True)
    )
    free = [_to_route(row, said[row.id]) for row in rows]
    held = said.keys() - {each.incident_id for each in free}
    return free, [row.id for row in wanted if row.incident_id in held]


def of_incidents(session: Session, ids: Sequence[uuid.UUID]) -> list[ToRoute]:
    """The same of incidents by their own ids, whoever has them and without a lock: for trying routing on the past."""
    first = (
        select(Report.incident_id, Report.id, Report.about_staff, Report.behaviours)
        .where(Report.incident_id.in_(ids))
        .distinct(Report.incident_id)
        .order_by(Report.incident_id, Report.received_at)
        .subquery()
    )
    said = session.execute(
        select(first.c.incident_id, first.c.about_staff, first.c.behaviours, Assessment.findings).outerjoin(
            Assessment, Assessment.report_id == first.c.id
        )
    ).all()
    by_incident = {row.incident_id: row for row in said}
    rows = session.execute(select(*COLUMNS).outerjoin(Venue, Venue.id == Incident.venue_id).where(Incident.id.in_(ids)))
    return [_to_route(row, by_incident[row.id]) for row in rows if row.id in by_incident]


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
        about_staff=said.about_staff,
        behaviours=tuple(said.behaviours),
        findings=tuple((each["rule"], each["weight"]) for each in said.findings or ()),
    )
