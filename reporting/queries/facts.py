"""What the engines may know of reports and of the incidents they might belong to, read inside the caller's transaction."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from reporting.domain.facts import (
    Answer,
    EarlierReport,
    Filer,
    Hot,
    IncidentFacts,
    Point,
    ReportFacts,
    Search,
    Trust,
    TrustReason,
)
from reporting.domain.grid import cells_around
from reporting.models.incident import Assessment, Incident
from reporting.models.report import Report, Trace

CANDIDATES: Final = 40
EARLIER_REPORTS: Final = 20
WINDOW: Final = timedelta(hours=24)
"""How far back an open incident may have got its last report and still be a candidate; the engine's own windows are shorter."""


def reports(session: Session, ids: Sequence[uuid.UUID]) -> list[ReportFacts]:
    """Facts of these reports, in the order of their arrival."""
    statement = (
        select(Report, Trace.device_hash)
        .outerjoin(Trace, Trace.report_id == Report.id)
        .where(Report.id.in_(ids))
        .order_by(Report.received_at, Report.id)
    )
    return [_report(row) for row in session.execute(statement)]


def _report(row: Any) -> ReportFacts:
    found: Report = row.Report
    return ReportFacts(
        id=str(found.id),
        category=found.category,
        received_at=found.received_at,
        description=found.description,
        why_unusual=found.why_unusual,
        language=found.language,
        place=found.place,
        point=_point(found),
        venue_id=str(found.venue_id) if found.venue_id else None,
        place_code=found.place_code,
        hot=Hot(_answer(found.hot_hidden), _answer(found.hot_obvious), _answer(found.hot_typical)),
        item_size=found.item_size,
        owner_looked_for=_answer(found.owner_looked_for),
        owner_found=_answer(found.owner_found),
        behaviours=tuple(found.behaviours),
        still_there=_answer(found.still_there),
        happening_now=_answer(found.happening_now),
        moving=bool(found.moving_to),
        about_staff=found.about_staff,
        observed_at=found.observed_at,
        trust=cast(Trust, found.trust),
        trust_reason=cast(TrustReason, found.trust_reason),
        filer=cast(Filer, found.filer),
        device=row.device_hash.hex() if row.device_hash else None,
    )


def _point(found: Report | Incident) -> Point | None:
    if found.lat is None or found.lon is None:
        return None
    return Point(found.lat, found.lon, found.accuracy_m, getattr(found, "location_source", None))


def _answer(text: str) -> Answer:
    return cast(Answer, text)


def candidates(session: Session, search: Search) -> list[IncidentFacts]:
    """Open incidents this report may be about, those with the latest reports first."""
    incidents = session.scalars(
        select(Incident)
        .where(_near(search), Incident.status != "closed", Incident.lane == "queue")
        .where(Incident.last_report_at > func.now() - WINDOW)
        .order_by(Incident.last_report_at.desc())
        .limit(CANDIDATES)
        .execution_options(populate_existing=True)
    ).all()
    earlier = _earlier(session, [incident.id for incident in incidents])
    return [_incident(incident, earlier.get(incident.id, ())) for incident in incidents]


def _near(search: Search) -> Any:
    facts = search.report
    conditions: list[ColumnElement[bool]] = []
    if facts.point is not None:
        conditions.append(Incident.cell.in_(sorted(cells_around(facts.point.lat, facts.point.lon, search.radius_m))))
    if search.anywhere:
        conditions.append(Incident.category == facts.category)
    if facts.venue_id is not None and facts.point is None:
        conditions.append(Incident.venue_id == facts.venue_id)
    return or_(*conditions)


def _earlier(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[EarlierReport, ...]]:
    """The latest reports of each candidate, newest last."""
    if not ids:
        return {}
    rank = func.row_number().over(partition_by=Report.incident_id, order_by=Report.received_at.desc()).label("rank")
    latest = (
        select(Report.id, Report.incident_id, Report.description, Report.why_unusual, Report.received_at, rank)
        .where(Report.incident_id.in_(ids))
        .subquery()
    )
    rows = session.execute(
        select(latest, Trace.device_hash)
        .outerjoin(Trace, Trace.report_id == latest.c.id)
        .where(latest.c.rank <= EARLIER_REPORTS)
        .order_by(latest.c.received_at)
    )
    found: dict[uuid.UUID, list[EarlierReport]] = {}
    for row in rows:
        report = EarlierReport(
            id=str(row.id),
            device=row.device_hash.hex() if row.device_hash else None,
            text="\n".join(part for part in (row.description, row.why_unusual) if part),
            received_at=row.received_at,
        )
        found.setdefault(row.incident_id, []).append(report)
    return {key: tuple(value) for key, value in found.items()}


def _incident(found: Incident, earlier: tuple[EarlierReport, ...]) -> IncidentFacts:
    return IncidentFacts(
        id=str(found.id),
        category=found.category,
        opened_at=found.opened_at,
        last_report_at=found.last_report_at,
        point=_point(found),
        venue_id=str(found.venue_id) if found.venue_id else None,
        place_code=found.place_code,
        hot=Hot(_answer(found.hot_hidden), _answer(found.hot_obvious), _answer(found.hot_typical)),
        text="\n".join(each.text for each in earlier if each.text),
        report_count=found.report_count,
        reports=earlier,
    )


def assessments(session: Session, ids: Sequence[uuid.UUID]) -> dict[str, Assessment]:
    """report id -> its assessment."""
    rows = session.scalars(select(Assessment).where(Assessment.report_id.in_(ids)))
    return {str(row.report_id): row for row in rows}
