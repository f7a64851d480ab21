"""Putting reports on incidents. Parts of a step of the line: the caller's unit of work commits.

Two workers may handle two reports about the same bag at the same moment. Both would see no incident and open one each. So
whoever groups first locks the neighbourhood: one advisory lock for each square of 0.01 degrees the search can touch, always
taken in ascending order, held until the commit. The second worker then waits some milliseconds and sees the first one's incident.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import cos, floor, radians
from typing import Any, Final

from sqlalchemy import select, text

from reporting.adapters.geocoder import label_of
from reporting.bootstrap import adapters
from reporting.domain.attention import News
from reporting.domain.facts import Assessed, Hot, ReportFacts, Search
from reporting.domain.findings import Match
from reporting.domain.grid import METRES_PER_DEGREE, cell
from reporting.domain.hot import worst
from reporting.domain.priorities import acknowledge_target_s
from reporting.domain.references import new_incident_number
from reporting.domain.summary import summarise
from reporting.models.columns import among
from reporting.models.incident import Incident
from reporting.models.links import survivors
from reporting.models.venue import PlaceCode
from reporting.services.attention import Arrival, heaviest, heed
from reporting.services.rows import Writing
from reporting.services.suggesting import Fit, suggestion_rows
from reporting.services.unit_of_work import Work

SQUARE_DEGREES: Final = 0.01
SQUARES_AROUND: Final = 36_000
POLAR: Final = 85.0


JOINED: Final = (
    Incident.id,
    Incident.status,
    Incident.priority,
    Incident.priority_overridden,
    Incident.hot_hidden,
    Incident.hot_obvious,
    Incident.hot_typical,
    Incident.last_report_at,
    Incident.due_at,
    Incident.report_count,
    Incident.independent_sources,
    Incident.one_network,
    Incident.version,
    Incident.merged_into_id,
)
"""What a join looks at or changes."""

Values = dict[str, Any]
"""A row, column -> value."""


@dataclass(frozen=True, slots=True)
class Placing:
    """One report, what triage made of it, what matching decided, and the incident it belongs on, there already or new."""

    facts: ReportFacts
    assessment: Assessed
    match: Match
    independent: bool
    incident_id: uuid.UUID
    news: tuple[News, ...] = ()
    one_network: bool = False


@dataclass(slots=True)
class _Batch:
    """The rows of a batch as they will stand, written together at its end.

    `standing` are the incidents that were there before and are joined, `opened` the new ones; `instead` leads from an
    incident that an operator closed in this very moment to the one that was opened in its place, and from one that was merged
    to the one that it was merged into.
    """

    standing: dict[uuid.UUID, Values]
    instead: dict[uuid.UUID, uuid.UUID]
    opened: dict[uuid.UUID, Values] = field(default_factory=dict)
    reports: list[Values] = field(default_factory=list)
    joinings: list[Values] = field(default_factory=list)
    events: list[Values] = field(default_factory=list)
    fits: list[Fit] = field(default_factory=list)

    def write(self, work: Work) -> None:
        """One statement, however many reports."""
        writing = Writing()
        writing.insert("incident", list(self.opened.values()))
        writing.update("incident", list(self.standing.values()), stamp="updated_at")
        writing.update("report", self.reports)
        writing.insert("joining", self.joinings)
        writing.insert("timeline_event", self.events)
        writing.insert("suggestion", suggestion_rows(work, self.fits, self.opened))
        writing.run(work.session)


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


def place_reports(work: Work, placings: Sequence[Placing]) -> dict[str, uuid.UUID]:
    """Joins each report to the incident that matching chose, or opens the new one for it, in their order. Report id -> the
    incident it is on now."""
    batch = _Batch(*_standing(work, placings))
    for placing in placings:
        _place(work, batch, placing)
    batch.write(work)
    return {each["id"]: each["incident_id"] for each in batch.reports}


def _standing(work: Work, placings: Sequence[Placing]) -> tuple[dict[uuid.UUID, Values], dict[uuid.UUID, uuid.UUID]]:
    """The open incidents that reports join and that were there before, locked, by id; and for those that an operator merged in
    this very moment the ones that survived."""
    wanted = {each.incident_id for each in placings if each.match.decision == "join"}
    found = _locked(work, wanted) if wanted else {}
    merged = survivors(work.session, [key for key, row in found.items() if row["merged_into_id"]])
    if set(merged.values()) - found.keys():
        found |= _locked(work, set(merged.values()) - found.keys(), nowait=True)
    standing = {key: _without_link(row) for key, row in found.items() if row["status"] != "closed"}
    return standing, {key: survivor for key, survivor in merged.items() if survivor in standing}


def _locked(work: Work, ids: set[uuid.UUID], nowait: bool = False) -> dict[uuid.UUID, Values]:
    """Always in the order of the ids, as operators lock who merge. What comes out of that order is not waited for: the batch
    comes again in a moment. Others may refer to the incidents meanwhile."""
    statement = (
        select(*JOINED).where(among(Incident.id, ids)).order_by(Incident.id).with_for_update(key_share=True, nowait=nowait)
    )
    return {row.id: dict(row._mapping) for row in work.session.execute(statement)}


def _without_link(row: Values) -> Values:
    return {name: value for name, value in row.items() if name != "merged_into_id"}


def _place(work: Work, batch: _Batch, placing: Placing) -> None:
    joins = placing.match.decision == "join"
    key = batch.instead.get(placing.incident_id, placing.incident_id)
    incident = (batch.opened.get(key) or batch.standing.get(key)) if joins else None
    if incident is None:
        if joins:
            key = batch.instead[placing.incident_id] = uuid.uuid4()
        batch.opened[key] = _opened(work, placing, key)
    else:
        _add(batch, incident, placing)
    batch.reports.append({"id": placing.facts.id, "incident_id": key})
    batch.joinings.append(_joining(placing, key, joined=incident is not None))
    batch.fits.append(Fit(placing.facts.id, key, placing.match))
    batch.events.append(_event(placing, key, joined=incident is not None))


def _opened(work: Work, placing: Placing, incident_id: uuid.UUID) -> Values:
    facts, assessment = placing.facts, placing.assessment
    point = facts.point
    return {
        "id": incident_id,
        "number": new_incident_number(adapters().random.getrandbits),
        "category": facts.category,
        "priority": assessment.priority,
        "priority_overridden": False,
        "status": "new",
        "lane": assessment.lane,
        "summary": summarise(facts),
        "lat": point.lat if point else None,
        "lon": point.lon if point else None,
        "accuracy_m": point.accuracy_m if point else None,
        "place": _place_words(work, facts),
        "cell": cell(point.lat, point.lon) if point else None,
        "venue_id": facts.venue_id,
        "place_code": facts.place_code,
        "about_staff": facts.about_staff,
        "hot_hidden": facts.hot.hidden,
        "hot_obvious": facts.hot.obvious,
        "hot_typical": facts.hot.typical,
        "opened_at": facts.received_at,
        "last_report_at": facts.received_at,
        "due_at": _due(assessment.priority, facts.received_at),
        "report_count": 1,
        "independent_sources": 1,
        "one_network": placing.one_network,
        "version": 1,
    }


def _due(priority: int, since: datetime) -> datetime | None:
    target = acknowledge_target_s(priority, adapters().settings.acknowledge_targets)
    return since + timedelta(seconds=target) if target else None


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


def _add(batch: _Batch, incident: Values, placing: Placing) -> None:
    """A join can raise attention and never lowers it; the clock then starts at this report."""
    before, urgency = incident["independent_sources"], incident["priority"]
    hot = worst(Hot(incident["hot_hidden"], incident["hot_obvious"], incident["hot_typical"]), placing.facts.hot)
    incident |= {
        "report_count": incident["report_count"] + 1,
        "independent_sources": before + int(placing.independent),
        "last_report_at": max(incident["last_report_at"], placing.facts.received_at),
        "hot_hidden": hot.hidden,
        "hot_obvious": hot.obvious,
        "hot_typical": hot.typical,
        "one_network": incident["one_network"] and placing.one_network,
    }
    batch.events += heed(incident, _arrival(placing), before)
    if incident["priority"] < urgency and incident["status"] == "new":
        incident["due_at"] = _due(incident["priority"], placing.facts.received_at)


def _arrival(placing: Placing) -> Arrival:
    facts, assessment = placing.facts, placing.assessment
    return Arrival(facts.id, facts.received_at, assessment.priority, heaviest(assessment.findings), placing.news)


def _joining(placing: Placing, incident_id: uuid.UUID, *, joined: bool) -> dict[str, Any]:
    match = placing.match
    decision = match.decision if joined or match.decision != "join" else "open"
    suggested = match.incident_id if decision == "suggest" else None
    return {
        "id": uuid.uuid4(),
        "report_id": placing.facts.id,
        "incident_id": incident_id,
        "decision": decision,
        "score": match.score,
        "reasons": match.reasons,
        "suggested_incident_id": suggested,
        "independent": placing.independent,
        "version": match.version,
    }


def _event(placing: Placing, incident_id: uuid.UUID, *, joined: bool) -> dict[str, Any]:
    kind, said = ("joined", "Another report joined") if joined else ("opened", "Opened by a report")
    return {
        "id": uuid.uuid4(),
        "incident_id": incident_id,
        "kind": kind,
        "text": f"{said}: {' '.join(placing.match.reasons)}" if joined and placing.match.reasons else said,
        "detail": {"report_id": placing.facts.id},
    }
