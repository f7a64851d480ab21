"""Putting reports on incidents. Parts of a step of the line: the caller's unit of work commits.

Two workers may handle two reports about the same bag at the same moment. Both would see no incident and open one each. So
whoever groups first locks the neighbourhood: one advisory lock for each square of 0.01 degrees the search can touch, always
taken in ascending order, held until the commit. The second worker then waits some milliseconds and sees the first one's incident.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from math import cos, floor, radians
from typing import Any, Final

from sqlalchemy import case, func, insert, select, text, update

from reporting.adapters.geocoder import label_of
from reporting.bootstrap import adapters
from reporting.domain.facts import Answer, Hot, ReportFacts, Search
from reporting.domain.findings import Match
from reporting.domain.grid import METRES_PER_DEGREE, cell
from reporting.domain.priorities import acknowledge_target_s
from reporting.domain.references import new_incident_number
from reporting.domain.summary import summarise
from reporting.models.incident import Assessment, Incident, Joining, TimelineEvent
from reporting.models.report import Report
from reporting.models.venue import PlaceCode
from reporting.services.unit_of_work import Work

SQUARE_DEGREES: Final = 0.01
SQUARES_AROUND: Final = 36_000
POLAR: Final = 85.0
WORSE: Final[dict[Answer, int]] = {"yes": 2, "unknown": 1, "no": 0}


@dataclass(frozen=True, slots=True)
class Placing:
    """One report, what triage made of it, and what matching decided."""

    facts: ReportFacts
    assessment: Assessment
    match: Match
    independent: bool


@dataclass(slots=True)
class Ledger:
    """History rows of a batch, written together at its end."""

    joinings: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    def write(self, work: Work) -> None:
        """Two statements for the whole batch."""
        if self.joinings:
            work.session.execute(insert(Joining.__table__), self.joinings)
            work.session.execute(insert(TimelineEvent.__table__), self.events)


def lock_neighbourhoods(work: Work, searches: Sequence[Search]) -> None:
    """Waits until nobody else groups near any of these reports."""
    keys = sorted({key for search in searches for key in _squares(search)})
    work.session.execute(
        text("select pg_advisory_xact_lock(k) from (select unnest(cast(:keys as bigint[])) as k order by 1) as squares"),
        {"keys": keys},
    )


def _squares(search: Search) -> set[int]:
    """The squares a search touches; searches that go anywhere share one lock for their category."""
    point = search.report.point
    shared = {-1 - sum(search.report.category.encode())} if search.anywhere or point is None else set()
    if point is None:
        return shared
    reach = search.radius_m / METRES_PER_DEGREE
    rows = range(_index(point.lat - reach + 90), _index(point.lat + reach + 90) + 1)
    if abs(point.lat) > POLAR:
        return shared | {row * SQUARES_AROUND for row in rows}
    wide = reach / cos(radians(abs(point.lat) + reach))
    columns = range(_index(point.lon - wide + 180), _index(point.lon + wide + 180) + 1)
    return shared | {row * SQUARES_AROUND + column % SQUARES_AROUND for row in rows for column in columns}


def _index(degrees: float) -> int:
    return floor(degrees / SQUARE_DEGREES)


def place_report(work: Work, placing: Placing, ledger: Ledger) -> None:
    """Joins the report to the incident that matching chose, or opens a new one for it."""
    joined = placing.match.decision == "join" and placing.match.incident_id is not None
    incident_id = uuid.UUID(placing.match.incident_id) if joined else uuid.uuid4()
    if joined:
        _join(work, placing, incident_id)
    else:
        _open(work, placing, incident_id)
    report_id = uuid.UUID(placing.facts.id)
    work.session.execute(update(Report.__table__).where(Report.id == report_id).values(incident_id=incident_id))
    ledger.joinings.append(_joining(placing, incident_id, report_id))
    ledger.events.append(_event(placing, incident_id, joined))


def _open(work: Work, placing: Placing, incident_id: uuid.UUID) -> None:
    facts, assessment = placing.facts, placing.assessment
    target = acknowledge_target_s(assessment.priority, adapters().settings.acknowledge_targets)
    point = facts.point
    work.session.execute(
        insert(Incident.__table__),
        {
            "id": incident_id,
            "number": new_incident_number(adapters().random.getrandbits),
            "category": facts.category,
            "priority": assessment.priority,
            "lane": assessment.lane,
            "summary": summarise(facts),
            "lat": point.lat if point else None,
            "lon": point.lon if point else None,
            "accuracy_m": point.accuracy_m if point else None,
            "place": _place_words(work, facts),
            "cell": cell(point.lat, point.lon) if point else None,
            "venue_id": facts.venue_id,
            "place_code": facts.place_code,
            "hot_hidden": facts.hot.hidden,
            "hot_obvious": facts.hot.obvious,
            "hot_typical": facts.hot.typical,
            "opened_at": facts.received_at,
            "last_report_at": facts.received_at,
            "due_at": facts.received_at + timedelta(seconds=target) if target else None,
            "report_count": 1,
            "independent_sources": 1,
        },
    )


def _place_words(work: Work, facts: ReportFacts) -> str:
    """Where it is, in words: the reporter's own, else those of the place code, else what lies nearest to the point."""
    if facts.place:
        return facts.place
    if facts.place_code and facts.venue_id:
        label = work.session.scalar(select(PlaceCode.label).where(PlaceCode.code == facts.place_code))
        if label:
            return label
    if facts.point is None:
        return ""
    return label_of(adapters().settings.geocoder, round(facts.point.lat, 4), round(facts.point.lon, 4))


def _join(work: Work, placing: Placing, incident_id: uuid.UUID) -> None:
    """A join can raise attention and never lowers it; an operator's own priority stands."""
    found = work.session.execute(
        select(
            Incident.priority, Incident.priority_overridden, Incident.status, Incident.hot_hidden,
            Incident.hot_obvious, Incident.hot_typical,
        ).where(Incident.id == incident_id)
    ).one()  # fmt: skip
    raised = placing.assessment.priority < found.priority and not found.priority_overridden
    hot = _worse(Hot(found.hot_hidden, found.hot_obvious, found.hot_typical), placing.facts.hot)
    values: dict[str, Any] = {
        "report_count": Incident.report_count + 1,
        "independent_sources": Incident.independent_sources + int(placing.independent),
        "last_report_at": func.greatest(Incident.last_report_at, placing.facts.received_at),
        "updated_at": func.now(),
        "hot_hidden": hot.hidden,
        "hot_obvious": hot.obvious,
        "hot_typical": hot.typical,
    }
    if raised:
        values |= _raised(placing)
    work.session.execute(update(Incident.__table__).where(Incident.id == incident_id).values(values))


def _raised(placing: Placing) -> dict[str, Any]:
    """A higher priority starts its clock at the report that raised it, and counts as a decision operators must see."""
    target = acknowledge_target_s(placing.assessment.priority, adapters().settings.acknowledge_targets)
    due = placing.facts.received_at + timedelta(seconds=target) if target else None
    return {
        "priority": placing.assessment.priority,
        "due_at": case((Incident.status == "new", due), else_=Incident.due_at),
        "version": Incident.version + 1,
    }


def _worse(first: Hot, second: Hot) -> Hot:
    """The worse answer stands; for `typical` the worse answer is no."""

    def worst(left: Answer, right: Answer) -> Answer:
        return left if WORSE[left] >= WORSE[right] else right

    def best(left: Answer, right: Answer) -> Answer:
        return left if WORSE[left] <= WORSE[right] else right

    return Hot(worst(first.hidden, second.hidden), worst(first.obvious, second.obvious), best(first.typical, second.typical))


def _joining(placing: Placing, incident_id: uuid.UUID, report_id: uuid.UUID) -> dict[str, Any]:
    match = placing.match
    suggested = match.incident_id if match.decision == "suggest" else None
    return {
        "id": uuid.uuid4(),
        "report_id": report_id,
        "incident_id": incident_id,
        "decision": match.decision,
        "score": match.score,
        "reasons": list(match.reasons),
        "suggested_incident_id": suggested,
        "independent": placing.independent,
        "version": match.version,
    }


def _event(placing: Placing, incident_id: uuid.UUID, joined: bool) -> dict[str, Any]:
    kind, said = ("joined", "Another report joined") if joined else ("opened", "Opened by a report")
    return {
        "id": uuid.uuid4(),
        "incident_id": incident_id,
        "kind": kind,
        "text": f"{said}: {'; '.join(placing.match.reasons)}" if joined and placing.match.reasons else said,
        "detail": {"report_id": placing.facts.id},
    }
