"""One incident as one row of the queue: the columns to read and the JSON they become."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from reporting.domain.categories import usual_priority
from reporting.domain.summary import headline
from reporting.models.account import Account
from reporting.models.incident import Incident
from reporting.models.organisation import Desk, Organisation
from reporting.models.report import Report
from reporting.models.venue import Venue

SURVIVOR = aliased(Incident, name="survivor")

COLUMNS = (
    Incident.id,
    Incident.number,
    Incident.category,
    Incident.priority,
    Incident.status,
    Incident.lane,
    Incident.summary,
    Incident.lat,
    Incident.lon,
    Incident.accuracy_m,
    Incident.place,
    Incident.opened_at,
    Incident.updated_at,
    Incident.due_at,
    Incident.report_count,
    Incident.independent_sources,
    Incident.organisation_id,
    Incident.outcome,
    Incident.version,
    Incident.heard_at,
    Incident.merged_into_id,
    Incident.exercise,
    Organisation.name.label("organisation_name"),
    Desk.name.label("desk"),
    Incident.assignee_id,
    Account.name.label("assignee"),
    Venue.name.label("venue"),
    SURVIVOR.number.label("merged_into"),
)


def incident_rows() -> Any:
    """Incidents with the names a row shows."""
    return (
        select(*COLUMNS)
        .outerjoin(Organisation, Organisation.id == Incident.organisation_id)
        .outerjoin(Desk, Desk.id == Incident.desk_id)
        .outerjoin(Account, Account.id == Incident.assignee_id)
        .outerjoin(Venue, Venue.id == Incident.venue_id)
        .outerjoin(SURVIVOR, SURVIVOR.id == Incident.merged_into_id)
    )


def item(row: Row[Any]) -> dict[str, Any]:
    """The queue item of an incident row."""
    return {
        "id": str(row.id),
        "number": row.number,
        "category": row.category,
        "priority": row.priority,
        "status": row.status,
        "summary": row.summary,
        "location": location(row.lat, row.lon, row.accuracy_m, row.place),
        "venue": row.venue,
        "opened_at": stamp(row.opened_at),
        "updated_at": stamp(row.updated_at),
        "due_at": stamp(row.due_at),
        "report_count": row.report_count,
        "independent_sources": row.independent_sources,
        "organisation": {"id": str(row.organisation_id), "name": row.organisation_name} if row.organisation_id else None,
        "desk": row.desk,
        "assignee": {"id": str(row.assignee_id), "name": row.assignee} if row.assignee_id else None,
        "triaged": True,
        "look_first": row.lane == "failed" and row.status == "new",
        "exercise": row.exercise,
        "outcome": row.outcome,
        "version": row.version,
        "heard_at": stamp(row.heard_at),
        "merged_into": {"id": str(row.merged_into_id), "number": row.merged_into} if row.merged_into else None,
    }


def location(lat: float | None, lon: float | None, accuracy_m: float | None, label: str) -> dict[str, Any] | None:
    """A place on the wire; None where neither a point nor words are known."""
    if lat is None and not label:
        return None
    return {"lat": lat, "lon": lon, "accuracy_m": accuracy_m, "label": label}


def stamp(moment: datetime | None) -> str | None:
    """An aware time as RFC 3339 in UTC."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def unfinished_item(row: Row[Any]) -> dict[str, Any]:
    """The queue item of a report that is on no incident yet."""
    report: Report = row.Report
    return {
        "id": str(report.id),
        "number": report.reference,
        "category": report.category,
        "priority": usual_priority(report.category),
        "status": "new",
        "summary": report.description[:120] or headline(report.category, report.place),
        "location": location(report.lat, report.lon, report.accuracy_m, report.place),
        "venue": row.venue,
        "opened_at": stamp(report.received_at),
        "updated_at": stamp(report.received_at),
        "due_at": None,
        "report_count": 1,
        "independent_sources": 1,
        "organisation": None,
        "desk": None,
        "assignee": None,
        "triaged": False,
        "look_first": False,
        "exercise": report.exercise,
        "outcome": None,
        "version": 0,
        "heard_at": None,
        "merged_into": None,
    }
