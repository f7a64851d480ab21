"""Why nobody takes an incident: the row that lies there and the hours, kind or days that leave it out. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from reporting.domain.area_index import AreaIndex
from reporting.domain.facts import AreaFacts
from reporting.queries.routing import ToRoute
from worker.routing.gaps import DAY, gap_around

Why = Literal["hours", "kind", "off", "days", "none"]


@dataclass(frozen=True, slots=True)
class Hole:
    """Where (the name of a row), for what kind, and why. For hours: from when until when nobody serves, as "HH:MM";
    `whole_day` says that the stretch is longer than a day, `from_day` and `until_day` (Monday 0) are then set."""

    name: str
    category: str
    why: Why
    start: str = ""
    until: str = ""
    from_day: int | None = None
    until_day: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The hole as plain values."""
        return asdict(self)


def hole_of(incident: ToRoute, index: AreaIndex, organisation_id: str, zone: str) -> Hole | None:
    """The hole that this incident falls through, told by the smallest row of the organisation that lies there; None where
    no row of it does, so that the hole is none of its business."""
    point = incident.venue_point
    lat, lon = (point.lat, point.lon) if point is not None else (incident.lat, incident.lon)
    if lat is None or lon is None:
        return None
    own = [area for area in index.containing(lat, lon) if area.organisation_id == organisation_id and area.part == "responsible"]
    told = [_told(area, incident, zone) for area in own]
    return min(told, key=lambda each: _PLAINEST.index(each.why), default=None)


_PLAINEST: tuple[Why, ...] = ("hours", "kind", "days", "off", "none")
"""Hours explain most: such a row would take it at another hour."""


def _told(area: AreaFacts, incident: ToRoute, zone: str) -> Hole:
    if not area.enabled:
        return Hole(area.name, incident.category, "off")
    if area.categories is not None and incident.category not in area.categories:
        return Hole(area.name, incident.category, "kind")
    local = incident.opened_at.astimezone(_zone(area.timezone or zone))
    gap = gap_around(area.hours, local.weekday(), local.hour * 60 + local.minute)
    if gap is not None:
        return _by_hours(area, incident, gap)
    return Hole(area.name, incident.category, "days" if area.days or area.hours else "none")


def _by_hours(area: AreaFacts, incident: ToRoute, gap: tuple[int, int]) -> Hole:
    start, length = gap
    end = start + length
    from_day, until_day = (start // DAY % 7, end // DAY % 7) if length > DAY else (None, None)
    return Hole(area.name, incident.category, "hours", _clock(start), _clock(end), from_day, until_day)


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
