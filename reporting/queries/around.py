"""What lies around reports in place and time, for triage: urgent incidents of the last hours, events of the calendar, the
kind of venue, the hour there. One statement for a whole batch."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from reporting.domain.facts import EventNearby, ReportFacts, ThreatNearby
from reporting.domain.grid import cells_around, haversine

REACH_M: Final = 500.0
"""How near an urgent incident must lie, in metres."""
RECENT: Final = timedelta(hours=2)
MOST_NEARBY: Final = 20
BEFORE: Final = timedelta(hours=2)
"""People gather before an event begins, and need an hour to leave."""
AFTER: Final = timedelta(hours=1)

_AROUND: Final = text("""
    with asked as (
        select each.cells, report.id, report.lat, report.lon, report.received_at, report.venue_id, report.exercise
        from json_to_recordset(:asked) as each(id uuid, cells bigint[]) join report on report.id = each.id
    )
    select asked.id, 'threat' as kind, '' as name, near.lat, near.lon, near.priority::float as size, near.last_report_at as at
    from asked cross join lateral (
        select lat, lon, priority, last_report_at from incident
        where cell = any(asked.cells) and status <> 'closed' and opened_at > asked.received_at - :recent
            and priority <= 2 and lane <> 'reviewed' and hidden_from = '{}' and incident.exercise = asked.exercise
            and (priority = 1 or status <> 'new' or independent_sources > 1)
        order by opened_at desc limit :most) as near
    union all
    select asked.id, 'event', city_event.name, city_event.lat, city_event.lon, radius_m, starts_at from asked
    join city_event on city_event.ends_at > asked.received_at - :after and city_event.starts_at < asked.received_at + :before
        and abs(city_event.lat - asked.lat) * 111000 <= radius_m
    union all
    select asked.id, 'venue', venue.kind, venue.lat, venue.lon, 0, null from asked join venue on venue.id = asked.venue_id
""")
"""An urgent incident counts when it is immediate, or when a person or a second source stands behind it: one device cannot
raise its own next report. What is closed, hidden from somebody or about an exercise says nothing here."""


def with_surroundings(session: Session, reports: Sequence[ReportFacts], time_zone: str) -> list[ReportFacts]:
    """The reports with what lies around them. Distances in metres; the hour is that of `time_zone` where it was seen."""
    asked = [{"id": each.id, "cells": _cells(each)} for each in reports]
    values = {"asked": json.dumps(asked), "recent": RECENT, "most": MOST_NEARBY, "before": BEFORE, "after": AFTER}
    found: dict[uuid.UUID, list[Any]] = {}
    for row in session.execute(_AROUND, values):
        found.setdefault(row.id, []).append(row)
    zone = ZoneInfo(time_zone)
    return [_with(each, found.get(uuid.UUID(each.id), []), zone) for each in reports]


def _cells(report: ReportFacts) -> list[int]:
    point = report.point
    return sorted(cells_around(point.lat, point.lon, REACH_M)) if point else []


def _with(report: ReportFacts, rows: list[Any], zone: ZoneInfo) -> ReportFacts:
    seen = report.observed_at or report.received_at
    return replace(
        report,
        hour=seen.astimezone(zone).hour,
        venue_kind=next((row.name for row in rows if row.kind == "venue"), ""),
        threats=tuple(
            ThreatNearby(priority=int(row.size), distance_m=metres, last_report_at=row.at)
            for row, metres in _near(report, rows, "threat")
            if metres <= REACH_M
        ),
        events=tuple(
            EventNearby(name=row.name, distance_m=metres) for row, metres in _near(report, rows, "event") if metres <= row.size
        ),
    )


def _near(report: ReportFacts, rows: list[Any], kind: str) -> list[tuple[Any, float]]:
    point = report.point
    if point is None:
        return []
    return [(row, haversine(point.lat, point.lon, row.lat, row.lon)) for row in rows if row.kind == kind]
