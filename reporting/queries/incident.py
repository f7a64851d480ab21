"""One incident with all an operator needs to decide: its reports, why it is judged, joined and routed so, and what happened."""

import uuid
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from reporting.adapters.sight import reading
from reporting.domain.errors import NotFound
from reporting.models.account import Account
from reporting.models.incident import Assessment, Assignment, Incident, Joining, TimelineEvent
from reporting.models.organisation import Organisation
from reporting.models.report import Report
from reporting.models.venue import Venue
from reporting.policy import Actor, scope
from reporting.queries.items import incident_rows, item, location, stamp, unfinished_item
from reporting.queries.scoping import incidents_within, reports_within, sight_of

ACTION: Final = "incident.read"
REPORTS_SHOWN: Final = 200


def detail(actor: Actor, incident_id: uuid.UUID | str) -> dict[str, Any]:
    """The incident in full; raises NotFound for absent and not yours alike. A report that is on no incident yet
    answers under its own id with the same keys."""
    key = _key(incident_id)
    with reading(sight_of(actor, ACTION)) as session:
        row = session.execute(incident_rows().where(Incident.id == key, incidents_within(actor, ACTION))).one_or_none()
        if row is None:
            return _unfinished(session, actor, key)
        reports = session.execute(
            _reports().where(Report.incident_id == key).order_by(Report.received_at, Report.id).limit(REPORTS_SHOWN)
        ).all()
        given = session.execute(_assignments(key)).all()
        events = session.scalars(
            select(TimelineEvent).where(TimelineEvent.incident_id == key).order_by(TimelineEvent.at, TimelineEvent.id)
        ).all()
        suggested = _suggestions(session, reports, actor)
    return {
        **item(row),
        "reports": [report_json(each) for each in reports],
        "assignment": _assignment(given[0]) if given else None,
        "timeline": [_event(each) for each in events],
        "suggestions": suggested,
    }


def report(actor: Actor, report_id: uuid.UUID | str) -> dict[str, Any]:
    """One report as its operators see it; raises NotFound for absent and not yours alike."""
    with reading(sight_of(actor, ACTION)) as session:
        statement = _reports().outerjoin(Incident, Incident.id == Report.incident_id)
        row = session.execute(statement.where(Report.id == _key(report_id), reports_within(actor, ACTION))).one_or_none()
    if row is None:
        raise NotFound
    return report_json(row)


def _key(text: uuid.UUID | str) -> uuid.UUID:
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def _reports() -> Any:
    return (
        select(Report, Assessment, Joining, Venue.name.label("venue"), Account.name.label("filer_name"))
        .outerjoin(Assessment, Assessment.report_id == Report.id)
        .outerjoin(Joining, Joining.report_id == Report.id)
        .outerjoin(Venue, Venue.id == Report.venue_id)
        .outerjoin(Account, Account.id == Report.filed_by)
    )


def report_json(row: Row[Any]) -> dict[str, Any]:
    """A report on the operators' wire."""
    found: Report = row.Report
    return {
        "id": str(found.id),
        "reference": found.reference,
        "received_at": stamp(found.received_at),
        "observed_at": stamp(found.observed_at),
        "observed_at_sent": found.observed_at_sent,
        "clock_plausible": found.clock_plausible,
        "category": found.category,
        "description": found.description,
        "why_unusual": found.why_unusual,
        "language": found.language,
        "hot": {"hidden": found.hot_hidden, "obvious": found.hot_obvious, "typical": found.hot_typical},
        "item_size": found.item_size,
        "owner_looked_for": found.owner_looked_for,
        "owner_found": found.owner_found,
        "still_there": found.still_there,
        "happening_now": found.happening_now,
        "behaviours": found.behaviours,
        "already_told": found.already_told,
        "about_staff": found.about_staff,
        "moving_to": found.moving_to,
        "location": location(found.lat, found.lon, found.accuracy_m, found.place),
        "venue": row.venue,
        "place_code": found.place_code,
        "trust": found.trust,
        "trust_reason": found.trust_reason,
        "filer": found.filer,
        "filer_name": row.filer_name,
        "assessment": _assessment(row.Assessment),
        "join": _join(row.Joining),
        "pictures": [],
    }


def _assessment(found: Assessment | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"score": found.score, "priority": found.priority, "version": found.rule_set, "findings": found.findings}


def _join(found: Joining | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "decision": found.decision,
        "reason": " ".join(found.reasons),
        "score": found.score,
        "independent": found.independent,
        "version": found.version,
    }


def _assignments(key: uuid.UUID) -> Any:
    return (
        select(Assignment, Organisation.name.label("organisation"))
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .where(Assignment.incident_id == key)
        .order_by(Assignment.created_at.desc())
        .limit(1)
    )


def _assignment(row: Row[Any]) -> dict[str, Any]:
    given: Assignment = row.Assignment
    return {
        "organisation": row.organisation,
        "area": given.area or None,
        "rule": given.rule,
        "reason": given.reason,
        "alternatives": given.alternatives,
        "at": stamp(given.created_at),
    }


def _event(found: TimelineEvent) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "at": stamp(found.at),
        "kind": found.kind,
        "actor": found.actor,
        "text": found.text,
        "detail": found.detail,
    }


def _suggestions(session: Session, reports: Any, actor: Actor) -> list[dict[str, Any]]:
    """Incidents that may be the same thing, as far as the actor may know of them."""
    wanted = {
        row.Joining.suggested_incident_id: row.Joining for row in reports if row.Joining and row.Joining.suggested_incident_id
    }
    if not wanted:
        return []
    rows = session.execute(incident_rows().where(Incident.id.in_(wanted), incidents_within(actor, ACTION))).all()
    return [{"incident": item(row), "score": wanted[row.id].score, "reason": " ".join(wanted[row.id].reasons)} for row in rows]


def _unfinished(session: Session, actor: Actor, key: uuid.UUID) -> dict[str, Any]:
    if not scope(actor, ACTION).unrouted:
        raise NotFound
    row = session.execute(_reports().where(Report.id == key, Report.incident_id.is_(None))).one_or_none()
    if row is None:
        raise NotFound
    return {
        **unfinished_item(row),
        "reports": [report_json(row)],
        "assignment": None,
        "timeline": [],
        "suggestions": [],
    }
