"""What the engines may know of reports and of the incidents they might belong to, read inside the caller's transaction."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from reporting.domain.facts import (
    Answer,
    Assessed,
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
from reporting.domain.grid import cells_around, degrees_around
from reporting.models.columns import among
from reporting.models.incident import Assessment
from reporting.models.links import of_reports
from reporting.models.report import Report, Trace
from reporting.models.venue import PlaceCode
from reporting.queries import earlier

CANDIDATES: Final = 40
WINDOW: Final = timedelta(hours=24)
"""How far back an open incident may have got its last report and still be a candidate; the engine's own windows are shorter."""


def reports(session: Session, ids: Sequence[uuid.UUID]) -> list[ReportFacts]:
    """Facts of these reports, in the order of their arrival."""
    statement = (
        select(*Report.__table__.c, Trace.device_hash, Trace.network_hash, PlaceCode.label)
        .outerjoin(Trace, Trace.report_id == Report.id)
        .outerjoin(PlaceCode, PlaceCode.code == Report.place_code)
        .where(among(Report.id, ids))
        .order_by(Report.received_at, Report.id)
    )
    return [_report(row) for row in session.execute(statement)]


def _report(found: Any) -> ReportFacts:
    """A code without a label stands for a whole venue: it says in which house, not where, and joins nothing by itself."""
    return ReportFacts(
        id=str(found.id),
        category=found.category,
        received_at=found.received_at,
        description=found.description,
        why_unusual=found.why_unusual,
        language=found.language,
        place=found.place,
        point=_point(found, found.location_source),
        venue_id=str(found.venue_id) if found.venue_id else None,
        place_code=found.place_code if found.label else None,
        default_location=found.location_source == "venue" and not found.label,
        hot=_hot(found),
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
        device=found.device_hash.hex() if found.device_hash else None,
        network=found.network_hash.hex() if found.network_hash else None,
    )


def _point(found: Any, source: str | None = None) -> Point | None:
    if found.lat is None or found.lon is None:
        return None
    return Point(found.lat, found.lon, found.accuracy_m, source)


def _hot(found: Any) -> Hot:
    return _answers(found.hot_hidden, found.hot_obvious, found.hot_typical)


@lru_cache(maxsize=27)
def _answers(hidden: str, obvious: str, typical: str) -> Hot:
    return Hot(_answer(hidden), _answer(obvious), _answer(typical))


def _answer(text: str) -> Answer:
    return cast(Answer, text)


def candidates(session: Session, searches: Sequence[Search]) -> list[list[IncidentFacts]]:
    """For each search the open incidents its report may be about, with what their latest reports said, those with the latest
    reports first."""
    asked = json.dumps([_asked(number, search) for number, search in enumerate(searches)])
    pairs = session.execute(_NEAR, {"searches": asked, "window": WINDOW, "limit": CANDIDATES}).all()
    incidents = _incidents(session, {key: by for _number, key, by in pairs})
    others = of_reports(session, [uuid.UUID(search.report.id) for search in searches]) if pairs else set()
    found: list[list[IncidentFacts]] = [[] for _search in searches]
    for number, key, _by in pairs:
        if key in incidents:  # not deleted a moment ago
            found[number].append(incidents[key])
    for number, search in enumerate(searches if others else ()):
        found[number] = [_for(search, each, others) for each in found[number]]
    return [latest_first(each)[:CANDIDATES] for each in found]


def _for(search: Search, incident: IncidentFacts, others: Set[tuple[uuid.UUID, uuid.UUID]]) -> IncidentFacts:
    not_same = (uuid.UUID(search.report.id), uuid.UUID(incident.id)) in others
    return replace(incident, not_same=True) if not_same else incident


def _incidents(session: Session, written: Mapping[str, str]) -> dict[str, IncidentFacts]:
    """The incidents by id; `written` tells which transaction wrote each last. What this process knows of them as they stand is
    not read again."""
    known = earlier.known_incidents(written)
    unknown = written.keys() - known.keys()
    if not unknown:
        return known
    rows = session.execute(_ROWS, {"ids": list(unknown), "latest": earlier.EARLIER_REPORTS}).all()
    said = earlier.reports(session, [key for row in rows for key in row.latest])
    fresh = {row.id: _incident(row, [said[key] for key in row.latest if key in said]) for row in rows}
    earlier.note_incidents(fresh, {row.id: row.written for row in rows})
    return known | fresh


def latest_first(incidents: Iterable[IncidentFacts]) -> list[IncidentFacts]:
    """Each incident once, those with the latest reports first."""
    return sorted({each.id: each for each in incidents}.values(), key=lambda each: each.last_report_at, reverse=True)


def _asked(number: int, search: Search) -> dict[str, Any]:
    facts = search.report
    point = facts.point
    high, wide = degrees_around(point.lat, search.radius_m) if point else (None, None)
    return {
        "number": number,
        "cells": sorted(cells_around(point.lat, point.lon, search.radius_m)) if point else None,
        "here_lat": point.lat if point else None,
        "here_lon": point.lon if point else None,
        "high": high,
        "wide": wide,
        "category": facts.category if search.anywhere else None,
        "venue": facts.venue_id if point is None else None,
        "back_s": search.back_s,
    }


_OPEN: Final = "status <> 'closed' and lane = 'queue' and last_report_at > now() - back order by last_report_at desc limit :limit"
_NEAR: Final = text(f"""
    with search as (
        select number, cells, here_lat, here_lon, high, wide, category as kind, venue,
            least(:window, make_interval(secs => back_s)) as back
        from json_to_recordset(:searches) as s(number int, cells bigint[], here_lat float8, here_lon float8, high float8,
            wide float8, category text, venue uuid, back_s float8)
    )
    select number, near.id::text, near.xmin::text from search cross join lateral (
        select id, xmin from incident where cell = any(cells) and abs(lat - here_lat) <= high
            and (abs(lon - here_lon) <= wide or abs(lon - here_lon) >= 360 - wide) and {_OPEN}) as near
    union
    select number, alike.id::text, alike.xmin::text from search cross join lateral (
        select id, xmin from incident where category = kind and {_OPEN}) as alike
    where kind is not null
    union
    select number, inside.id::text, inside.xmin::text from search cross join lateral (
        select id, xmin from incident where venue_id = venue and {_OPEN}) as inside
    where venue is not null
""")  # noqa: S608  names of our own columns
"""Each search looks by itself, so that a crowded place costs its own reports and nobody else's. Told is only which incidents
there are and who wrote them last: most of them are known."""
_ROWS: Final = text("""
    select id::text, category, opened_at, last_report_at, lat, lon, accuracy_m, venue_id, place_code, hot_hidden, hot_obvious,
        hot_typical, report_count, about_staff, xmin::text as written, array(
            select id::text from (
                select id, received_at from report where incident_id = incident.id order by received_at desc limit :latest
            ) as last order by received_at) as latest
    from incident where id = any(cast(:ids as uuid[]))
""")


def _incident(found: Any, said: Sequence[EarlierReport]) -> IncidentFacts:
    return IncidentFacts(
        id=found.id,
        category=found.category,
        opened_at=found.opened_at,
        last_report_at=found.last_report_at,
        point=_point(found),
        venue_id=str(found.venue_id) if found.venue_id else None,
        place_code=found.place_code,
        hot=_hot(found),
        report_count=found.report_count,
        about_staff=found.about_staff,
        reports=tuple(said),
        moving=any(each.moving for each in said),
    )


def assessments(session: Session, ids: Sequence[uuid.UUID]) -> dict[str, Assessed]:
    """report id -> its assessment."""
    rows = session.execute(
        select(Assessment.report_id, Assessment.priority, Assessment.lane, Assessment.findings).where(
            among(Assessment.report_id, ids)
        )
    )
    return {str(row.report_id): Assessed(row.priority, row.lane, row.findings) for row in rows}
