"""The fixed cast of the tests: who they are, where their organisations are responsible, and how they sign in.

Aino operates for the city, Bo supervises there. Carl operates for the mall and must never see what is the city's. Dora works
for the police. Eve is an auditor, Fred administers users and sees no content, Gil works in a shop of the mall, whose door alarm
is Otis.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from reporting.extensions import db
from reporting.models.venue import Venue
from reporting.services import accounts, jurisdictions
from reporting.services.accounts import Credentials, NewAccount
from reporting.services.jurisdictions import NewArea, NewOrganisation

CITY_POINT = {"lat": 60.1690, "lon": 24.9400, "accuracy_m": 10, "source": "gps"}
MALL_POINT = {"lat": 60.1712, "lon": 24.9412, "accuracy_m": 10, "source": "gps"}
NOWHERE_POINT = {"lat": 10.0, "lon": 10.0, "accuracy_m": 10, "source": "gps"}

PEOPLE = {
    "aino": ("operator", "city"),
    "bo": ("supervisor", "city"),
    "carl": ("operator", "mall"),
    "dora": ("operator", "police"),
    "eve": ("auditor", "city"),
    "fred": ("org_admin", "city"),
    "gil": ("venue_staff", "mall"),
    "hana": ("venue_manager", "mall"),
    "ivo": ("trainer", "city"),
    "jun": ("partner", "police"),
    "kim": ("platform_admin", None),
    "otis": ("venue_system", "mall"),
}


@dataclass
class Cast:
    """Organisations' ids by slug; people's credentials and tokens by name."""

    organisations: dict[str, str] = field(default_factory=dict)
    people: dict[str, Credentials] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def headers(self, name: str) -> dict[str, str]:
        """The header that signs a request with this person's token."""
        return {"Authorization": f"Bearer {self.tokens[name]}"}


def put_on_stage() -> Cast:
    """Everybody, in the current application context (which must see everything)."""
    cast = Cast()
    for slug, level, duty in (("city", "municipal", True), ("mall", "venue", False), ("police", "police", False)):
        new = NewOrganisation(slug=slug, name=f"{slug.title()} room", level=level, duty_desk=duty, desks=("Front desk",))
        cast.organisations[slug] = jurisdictions.add_organisation(new)
    jurisdictions.replace_areas("city", [NewArea(key="centre", name="City centre", geometry=_box(24.90, 60.15, 24.97, 60.19))])
    jurisdictions.replace_areas("mall", [NewArea(key="mall", name="The mall", geometry=_box(24.9405, 60.1705, 24.9420, 60.1720))])
    police = NewArea(key="police", name="Police district", geometry=_box(24.8, 60.1, 25.1, 60.3))
    jurisdictions.replace_areas("police", [police])
    jurisdictions.load_venues(
        [{"key": "mall", "name": "The Mall", "organisation_id": cast.organisations["mall"], "lat": 60.1712, "lon": 24.9412}],
        [{"code": "K7QD", "venue": "mall", "label": "North door", "lat": 60.1713, "lon": 24.9413}],
    )
    venue = str(db.session.scalar(select(Venue.id)))
    for name, (role, slug) in PEOPLE.items():
        organisation = cast.organisations.get(slug or "")
        new_account = NewAccount(
            role=role,
            name=name.title(),
            email=f"{name}@example.org",
            organisation_id=organisation,
            venue_id=venue if role.startswith("venue") else None,
        )
        cast.people[name] = accounts.create_account(new_account)
        cast.tokens[name] = accounts.issue_token(cast.people[name].account_id, "tests")
    return cast


def _box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def a_report(**changes: Any) -> dict[str, Any]:
    """A plain report in the city, outside the mall, with what the test changes."""
    told = {"category": "unattended_item", "description": "A grey holdall by the ticket machine", "location": CITY_POINT}
    return {**told, **changes}


def new_key() -> dict[str, str]:
    """A header with a fresh idempotency key."""
    return {"Idempotency-Key": str(uuid.uuid4())}
