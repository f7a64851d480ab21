"""Areas of events: rows of routing that count on some days alone and go before others then."""

from dataclasses import dataclass
from typing import Any

from shapely.errors import ShapelyError
from shapely.geometry import shape
from sqlalchemy import select

from reporting.domain.errors import Refused
from reporting.domain.opening import read_days
from reporting.models.jurisdiction import Jurisdiction
from reporting.services.jurisdictions import NewArea, organisation_of, replace_areas
from reporting.services.unit_of_work import unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEventArea:
    """An event's area: its own geometry (GeoJSON, WGS-84 degrees), or that of one of the organisation's areas (`area`).
    The days are dates as text, both included."""

    organisation: str
    key: str
    first: str
    last: str
    geometry: dict[str, Any] | None = None
    area: str | None = None
    name: str = ""
    rank: int = 0
    desk: str | None = None


def add_event_area(new: NewEventArea) -> None:
    """Adds the area, or its next version. Refuses days that are none, an unknown area and a shape that is broken."""
    days = [{"from": new.first, "until": new.last}]
    try:
        read_days(days)
    except ValueError as problem:
        raise Refused(f"{problem}.") from None
    geometry = new.geometry if new.geometry is not None else _of_area(new)
    _check(geometry)
    row = NewArea(key=new.key, name=new.name or new.key, geometry=geometry, days=days, rank=new.rank, desk=new.desk)
    replace_areas(new.organisation, [row])


def _of_area(new: NewEventArea) -> dict[str, Any]:
    with unit_of_work() as work:
        owner = organisation_of(work, new.organisation)
        wanted = Jurisdiction.organisation_id == owner.id, Jurisdiction.key == new.area, Jurisdiction.valid_until.is_(None)
        found: dict[str, Any] | None = work.session.scalar(select(Jurisdiction.geometry).where(*wanted))
    if found is None:
        raise Refused(f"{new.organisation} has no area {new.area!r}; `reporting jurisdiction list` shows them.")
    if new.area == new.key:
        raise Refused("Give the event a key of its own: this one would take the area's place.")
    return found


def _check(geometry: dict[str, Any]) -> None:
    """Files with a history are loaded by `reporting jurisdiction load`, which repairs; an event's shape has to be right."""
    try:
        found = shape(geometry)
    except (ShapelyError, ValueError, TypeError, IndexError):
        raise Refused("The shape makes no polygon.") from None
    west, south, east, north = found.bounds if not found.is_empty else (0, 0, 0, 0)
    if found.is_empty or found.area == 0 or not found.is_valid:
        raise Refused("The shape is broken; load it with `reporting jurisdiction load`, which repairs it.")
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise Refused("The shape is not in WGS-84 degrees, longitude first.")
