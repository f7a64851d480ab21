"""What an incident is called goes with the report whose words it is: the next report that is left names it then."""

import uuid
from collections.abc import Sequence

from sqlalchemy import or_, select

from reporting.domain.facts import Hot, ReportFacts
from reporting.domain.summary import headline, summarise
from reporting.models.incident import Incident
from reporting.models.report import Report
from reporting.services.unit_of_work import Work


def unsay(work: Work, incident_ids: Sequence[uuid.UUID], gone: Sequence[Report]) -> None:
    """Takes the words of reports that are deleted out of the incidents they were on, and of what was merged into these. Words
    that an operator wrote in their stead stay. The caller has deleted the reports, holds what they said, and commits."""
    headlines = {summarise(facts_of(report)) for report in gone}
    places = {report.place for report in gone if report.place}
    inside = select(Incident.id).where(Incident.merged_into_id.in_(incident_ids))
    left = select(Incident).where(or_(Incident.id.in_(incident_ids), Incident.id.in_(inside)))
    for incident in work.session.scalars(left.where(or_(Incident.summary.in_(headlines), Incident.place.in_(places)))):
        first = select(Report).where(Report.incident_id == incident.id).order_by(Report.received_at, Report.id).limit(1)
        _rename(incident, work.session.scalar(first), (headlines, places))


def _rename(incident: Incident, first: Report | None, gone: tuple[set[str], set[str]]) -> None:
    headlines, places = gone
    if incident.place in places:
        incident.place = first.place if first else ""
    if incident.summary in headlines:
        incident.summary = summarise(facts_of(first)) if first else headline(incident.category, incident.place)


def facts_of(report: Report) -> ReportFacts:
    """What a headline is made of."""
    return ReportFacts(
        id=str(report.id),
        category=report.category,
        received_at=report.received_at,
        description=report.description,
        why_unusual=report.why_unusual,
        place=report.place,
        hot=Hot(report.hot_hidden, report.hot_obvious, report.hot_typical),  # type: ignore[arg-type]
    )
