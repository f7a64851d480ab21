"""Which room would get a report, for whoever is about to send one: by the same map and the same order that routing chooses by.

Only what is certain is said. Where no area contains the place, or where it depends on what triage will find, the answer is None
and the page says so in general words. Nothing of the place is kept.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from reporting.adapters.sight import reading
from reporting.bootstrap import adapters
from reporting.domain.area_index import AreaIndex
from reporting.domain.categories import CODES
from reporting.domain.facts import Point, RoutingFacts
from reporting.domain.responsible import Ground, Option, hidden_rooms
from reporting.domain.watching import Watch
from reporting.models.venue import PlaceCode, Venue
from reporting.queries import areas
from reporting.queries.areas import Rooms
from reporting.queries.watching import watch_of_room


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a report will say of itself: category, point (WGS-84), place code, and whether it is about people who work there."""

    category: str
    point: Point | None = None
    code: str = ""
    about_staff: bool = False


@dataclass(frozen=True, slots=True)
class _Map:
    rooms: Rooms
    index: AreaIndex


_lock = threading.Lock()
_known: dict[str, _Map] = {}
"""The map of this process, by database: read once and again whenever its version has grown."""


def room_for(asked: Whereabouts) -> Watch | None:
    """The room that will get it, as the public may know it; None where that is not certain or cannot be known now: the
    database is away, or a row of the map cannot be read."""
    return _certain([asked])


def room_of_house(code: str) -> Watch | None:
    """The room that gets whatever staff flag at a place code, of any category; None where that depends on what it is."""
    return _certain([Whereabouts(category, code=code) for category in CODES])


def _certain(asked: list[Whereabouts]) -> Watch | None:
    """The one room for all of these, which lie at the same place code."""
    try:
        with reading() as session:
            current, venue = _map(session), _venue(session, asked[0].code)
            chosen = {_first(current, facts) for each in asked for facts in _readings(each, venue)}
    except (SQLAlchemyError, ValueError):
        return None
    room = chosen.pop()
    return watch_of_room(room) if room and not chosen else None


def _readings(asked: Whereabouts, venue: dict[str, Any]) -> Iterator[RoutingFacts]:
    """The report as routing will see it, if triage finds something graver than lawful behaviour in it, and if not."""
    at = adapters().clock()
    plain = RoutingFacts(category=asked.category, at=at, point=asked.point, about_staff=asked.about_staff, **venue)
    yield plain
    yield replace(plain, group_b=True)


def _venue(session: Session, code: str) -> dict[str, Any]:
    if not code or not code.isprintable():
        return {}
    row = session.execute(
        select(PlaceCode.lat, PlaceCode.lon, Venue.id, Venue.name, Venue.organisation_id)
        .join(Venue, Venue.id == PlaceCode.venue_id)
        .where(PlaceCode.code == code.strip().upper(), PlaceCode.revoked_at.is_(None))
    ).first()
    if row is None:
        return {}
    return {
        "venue_id": str(row.id),
        "venue_name": row.name,
        "venue_point": Point(row.lat, row.lon),
        "venue_organisation_id": str(row.organisation_id) if row.organisation_id else None,
    }


def _first(current: _Map, facts: RoutingFacts) -> str:
    """The organisation that goes first there (worker.routing.choose); empty where only a last resort is left."""
    rooms = {room.id: room for room in current.rooms.organisations}
    active = {key: room for key, room in rooms.items() if room.active}
    ground = Ground(facts, current.index, active, hidden_rooms(facts, current.index, rooms))
    fitting: list[Option] = [option for option in (*ground.own_room(), *ground.around()) if not option.why_not]
    return fitting[0].organisation.id if fitting else ""


def _map(session: Session) -> _Map:
    key, version = adapters().settings.database_url, areas.version(session)
    with _lock:
        known = _known.get(key)
    if known is None or known.rooms.version != version:
        rooms = areas.rooms(session)
        known = _Map(rooms, AreaIndex(rooms.areas))
        with _lock:
            _known[key] = known
    return known
