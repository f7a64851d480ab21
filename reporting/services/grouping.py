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
from typing import Any, Final, cast

from sqlalchemy import func, insert, or_, select, text, update

from reporting.adapters.geocoder import label_of
from reporting.bootstrap import adapters
from reporting.domain.corroboration import ENOUGH_SOURCES, corroborated
from reporting.domain.facts import Answer, Hot, ReportFacts, Search
from reporting.domain.findings import Match
from reporting.domain.grid import METRES_PER_DEGREE, cell
from reporting.domain.priorities import acknowledge_target_s
from reporting.domain.references import new_incident_number
from reporting.domain.summary import summarise
from reporting.models.incident import Assessment, Incident, Joining, TimelineEvent
from reporting.models.report import Report, Trace
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
    incident_id = _joined(work, placing, ledger)
    joined = incident_id is not None
    if incident_id is None:
        incident_id = uuid.uuid4()
        _open(work, placing, incident_id)
    report_id = uuid.UUID(placing.facts.id)
    work.session.execute(update(Report.__table__).where(Report.id == report_id).values(incident_id=incident_id))
    ledger.joinings.append(_joining(placing, incident_id, joined))
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


def _joined(work: Work, placing: Placing, ledger: Ledger) -> uuid.UUID | None:
    """The incident the report was put on; None when matching chose none, or an operator closed it in this very moment."""
    if placing.match.decision != "join" or placing.match.incident_id is None:
        return None
    incident = work.session.get(Incident, uuid.UUID(placing.match.incident_id), with_for_update=True, populate_existing=True)
    if incident is None or incident.status == "closed":
        return None
    _add(work, incident, placing, ledger)
    return incident.id


def _add(work: Work, incident: Incident, placing: Placing, ledger: Ledger) -> None:
    """A join can raise attention and never lowers it; an operator's own priority stands."""
    before = incident.independent_sources
    hot = _worse(_hot(incident), placing.facts.hot)
    incident.report_count += 1
    incident.independent_sources += int(placing.independent)
    incident.last_report_at = max(incident.last_report_at, placing.facts.received_at)
    incident.updated_at = func.now()
    incident.hot_hidden, incident.hot_obvious, incident.hot_typical = hot.hidden, hot.obvious, hot.typical
    if not incident.priority_overridden:
        _raise(work, incident, placing, before, ledger)
    work.session.flush()


def _raise(work: Work, incident: Incident, placing: Placing, before: int, ledger: Ledger) -> None:
    """A worse report or enough independent sources raise the priority; the clock then starts at this report."""
    after = incident.independent_sources
    one_network = before < after == ENOUGH_SOURCES and _one_network(work, incident.id, placing.facts.id)
    priority, reason = corroborated(incident.priority, before, after, one_network)
    if placing.assessment.priority < priority:
        priority, reason = placing.assessment.priority, "The new report is more urgent."
    if priority >= incident.priority:
        return
    target = acknowledge_target_s(priority, adapters().settings.acknowledge_targets)
    ledger.events.append(_raised_event(incident, priority, reason))
    incident.priority = priority
    incident.version += 1
    if incident.status == "new":
        incident.due_at = placing.facts.received_at + timedelta(seconds=target) if target else None


def _one_network(work: Work, incident_id: uuid.UUID, report_id: str) -> bool:
    """Whether all its reports came through one network: then the operator is told so, and nothing is lowered for it."""
    of_incident = or_(Report.incident_id == incident_id, Report.id == uuid.UUID(report_id))
    networks = select(func.count(Trace.network_hash.distinct())).join(Report, Report.id == Trace.report_id).where(of_incident)
    return work.session.scalar(networks) == 1


def _hot(incident: Incident) -> Hot:
    return Hot(*(cast(Answer, each) for each in (incident.hot_hidden, incident.hot_obvious, incident.hot_typical)))


def _worse(first: Hot, second: Hot) -> Hot:
    """The worse answer stands; for `typical` the worse answer is no."""

    def worst(left: Answer, right: Answer) -> Answer:
        return left if WORSE[left] >= WORSE[right] else right

    def best(left: Answer, right: Answer) -> Answer:
        return left if WORSE[left] <= WORSE[right] else right

    return Hot(worst(first.hidden, second.hidden), worst(first.obvious, second.obvious), best(first.typical, second.typical))


def _joining(placing: Placing, incident_id: uuid.UUID, joined: bool) -> dict[str, Any]:
    match = placing.match
    decision = match.decision if joined or match.decision != "join" else "open"
    suggested = match.incident_id if decision == "suggest" else None
    return {
        "id": uuid.uuid4(),
        "report_id": uuid.UUID(placing.facts.id),
        "incident_id": incident_id,
        "decision": decision,
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


def _raised_event(incident: Incident, priority: int, reason: str) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "incident_id": incident.id,
        "kind": "raised",
        "text": f"Priority {incident.priority} to {priority}: {reason}",
        "detail": {"from": incident.priority, "to": priority},
    }
