"""What a reporter may know of a report: a word of the fixed vocabulary, the outcome in a sentence, who gets it, until when."""

from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from reporting.adapters.sight import Sight, apply_sight, reading
from reporting.bootstrap import adapters
from reporting.domain.outcomes import OUTCOMES
from reporting.domain.receipts import normalised
from reporting.domain.retention import Standing, deleted_at
from reporting.domain.statuses import TOLD_TO_REPORTER
from reporting.models.account import Account
from reporting.models.incident import Incident
from reporting.models.organisation import Organisation
from reporting.models.report import Report
from reporting.queries.items import stamp
from reporting.queries.watching import COLUMNS, watch

RECIPIENTS = {
    "venue": "The security room of the place",
    "municipal": "The city's safety room",
    "police": "The police",
    "national": "A national centre",
}
"""Level of an organisation -> the kind of recipient, in words. Never its name: that would tell where a report went."""


def status(receipt_code: str) -> dict[str, Any] | None:
    """The state of the report this code opens; None for a code that opens nothing."""
    code = normalised(receipt_code)
    if code is None:
        return None
    mark = adapters().seals.mark("receipt", code)
    with reading(Sight(receipt=mark.hex())) as session:
        report = session.scalar(select(Report).where(Report.receipt_hash == mark))
        if report is None:
            return None
        return _told(report, _incident(session, report))


def own_reports(account_id: str) -> list[dict[str, Any]]:
    """The reports an account filed, newest first, in the same plain words. What is about people who work there is left out: a
    venue's devices are shared."""
    return _listed(Sight(account=account_id), Report.filed_by == account_id)


def house_reports(venue_id: str) -> list[dict[str, Any]]:
    """The same of everybody who works at a venue and of its systems: never what others filed about it."""
    people = select(Account.id).where(Account.venue_id == venue_id)
    return _listed(Sight(venue=venue_id), Report.filed_by.in_(people))


def _listed(sight: Sight, wanted: ColumnElement[bool]) -> list[dict[str, Any]]:
    with reading(sight) as session:
        newest = select(Report).where(wanted, ~Report.about_staff).order_by(Report.received_at.desc()).limit(200)
        reports = session.scalars(newest).all()
        named = ",".join(str(report.incident_id) for report in reports if report.incident_id)
        apply_sight(session, Sight(incidents=named))
        ids = [report.incident_id for report in reports if report.incident_id]
        rows = {row.id: row for row in session.execute(_incidents().where(Incident.id.in_(ids))).all()}
    return [{**_told(report, rows.get(report.incident_id)), **_own(report)} for report in reports]


def _incident(session: Session, report: Report) -> Row[Any] | None:
    if report.incident_id is None:
        return None
    apply_sight(session, Sight(incidents=str(report.incident_id)))
    return session.execute(_incidents().where(Incident.id == report.incident_id)).one_or_none()


def _incidents() -> Any:
    return select(
        Incident.id,
        Incident.status,
        Incident.outcome,
        Incident.closed_at,
        Incident.lane,
        Incident.priority_overridden,
        Incident.kept_until,
        Organisation.level,
        *COLUMNS,
    ).outerjoin(Organisation, Organisation.id == Incident.organisation_id)


def _own(report: Report) -> dict[str, Any]:
    return {"category": report.category, "description": report.description, "place": report.place}


def _told(report: Report, incident: Row[Any] | None) -> dict[str, Any]:
    outcome = OUTCOMES.get(incident.outcome or "") if incident else None
    level = incident.level if incident else None
    return {
        "reference": report.reference,
        "status": TOLD_TO_REPORTER[incident.status] if incident else "received",
        "outcome": outcome.sentence if outcome else None,
        "received_at": stamp(report.received_at),
        "messages": [],
        "question_cards": [],
        "recipients": [RECIPIENTS[level]] if level else [],
        "room_watched": _watched(incident),
        "deletion_date": deleted_at(_standing(report, incident), adapters().settings.retention).date().isoformat(),
    }


def _standing(report: Report, incident: Row[Any] | None) -> Standing:
    """A report and its incident's row as the rule reads them."""
    if incident is None:
        return Standing(received_at=report.received_at, trust=report.trust)
    return Standing(
        received_at=report.received_at,
        trust=report.trust,
        lane=incident.lane,
        priority_overridden=incident.priority_overridden,
        closed_at=incident.closed_at if incident.status == "closed" else None,
        outcome=incident.outcome,
        kept_until=incident.kept_until,
    )


def _watched(incident: Row[Any] | None) -> bool | None:
    """Whether somebody is there to open a report that nobody has opened yet; None where that is no question any more."""
    if incident is None or incident.level is None or TOLD_TO_REPORTER[incident.status] != "received":
        return None
    return watch(incident, adapters().clock()).state == "watched"
