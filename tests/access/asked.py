"""What rooms asked and told the houses of the isolation matrix, and what those noted: over already, so that nothing changes."""

import uuid
from typing import Any

from sqlalchemy import text

from reporting.extensions import db
from reporting.policy import Resource
from tests.access.house import House

Targets = dict[str, tuple[str, Any]]
_LOOK = """
    insert into first_look (id, organisation_id, venue_id, category, seconds, state, due_at, ended_at)
    values (:id, :organisation, :venue, 'unattended_item', 120, 'withdrawn', now(), now()) on conflict do nothing
"""
_NOTICE = """
    insert into room_notice (id, organisation_id, kind, text, venues, expires_at, withdrawn_at)
    values (:id, :organisation, 'information', 'A word', array[cast(:venue as uuid)], now() + interval '1 hour', now())
    on conflict do nothing
"""
_DRILL = """
    insert into drill (id, venue_id, kind, held_on, people, minutes)
    values (:id, :venue, 'lockdown', current_date, 3, 5) on conflict do nothing
"""


def _there(house: House, name: str, statement: str, **values: str) -> str:
    """The row's id, the same at every call; the row is made at the first."""
    key = str(uuid.uuid5(uuid.NAMESPACE_OID, name))
    with house.line.app_context():
        db.session.execute(text(statement), {"id": key, **values})
        db.session.commit()
    return key


def _of_houses(house: House, kind: str, statement: str, **more: str) -> Targets:
    found: Targets = {
        name: (_there(house, f"{kind} {name}", statement, venue=has["venue"], **more), Resource(venue_id=has["venue"]))
        for name, has in house.venues.items()
    }
    return {**found, "absent": (str(uuid.uuid4()), Resource()), "a venue": (house.venues["mall"]["venue"], Resource())}


def looks(house: House) -> Targets:
    """First looks that the city asked of each house."""
    return _of_houses(house, "look", _LOOK, organisation=house.owner_of("city"))


def told(house: House) -> Targets:
    """Notices that the city wrote to each house."""
    return _of_houses(house, "told", _NOTICE, organisation=house.owner_of("city"))


def drills(house: House) -> Targets:
    """Drills that each house noted."""
    return _of_houses(house, "drill", _DRILL)


def written(house: House) -> Targets:
    """Notices that each room wrote to the mall."""
    mall = house.venues["mall"]["venue"]
    found: Targets = {
        slug: (_there(house, f"written {slug}", _NOTICE, venue=mall, organisation=key), Resource(organisation_id=key))
        for slug, key in house.cast.organisations.items()
    }
    return {**found, "absent": (str(uuid.uuid4()), Resource()), "a venue": (mall, Resource())}


def a_notice(house: House) -> dict[str, Any]:
    """What every room of the house may write."""
    return {"kind": "information", "text": "A word", "venues": [house.venues["mall"]["venue"]]}
