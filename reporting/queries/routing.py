"""What routing must know of incidents: where they are, what they are about, and whether they are somebody's already."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reporting.domain.facts import Point
from reporting.models.incident import Assessment, Incident
from reporting.models.report import Report
from reporting.models.venue import Venue


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
        select(Incident, Venue)
        .outerjoin(Venue, Venue.id == Incident.venue_id)
        .where(Incident.id.in_(said))
        .order_by(Incident.id)
        .with_for_update(of=Incident, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    free = [_to_route(row.Incident, row.Venue, said[row.Incident.id]) for row in rows]
    held = said.keys() - {each.incident_id for each in free}
    return free, [row.id for row in wanted if row.incident_id in held]


def _to_route(incident: Incident, venue: Venue | None, said: Any) -> ToRoute:
    return ToRoute(
        incident_id=incident.id,
        organisation_id=incident.organisation_id,
        category=incident.category,
        opened_at=incident.opened_at,
        lat=incident.lat,
        lon=incident.lon,
        accuracy_m=incident.accuracy_m,
        venue_id=str(venue.id) if venue else None,
        venue_name=venue.name if venue else "",
        venue_point=Point(venue.lat, venue.lon) if venue else None,
        venue_organisation_id=str(venue.organisation_id) if venue and venue.organisation_id else None,
        about_staff=said.about_staff,
        behaviours=tuple(said.behaviours),
        findings=tuple((each["rule"], each["weight"]) for each in said.findings or ()),
    )
