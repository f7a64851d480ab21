"""Venues and the place codes on their posters: adding, changing, listing, taking out of use. Workers read the map anew."""

import re
import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select

from reporting.bootstrap import adapters
from reporting.domain.errors import Refused
from reporting.models.account import Account
from reporting.models.organisation import Organisation
from reporting.models.venue import PlaceCode, Venue
from reporting.services.jurisdictions import check_slug, map_changed, organisation_of
from reporting.services.unit_of_work import Work, unit_of_work

LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""Of a code: none that is taken for another one when it is read aloud or from a worn poster."""
CODE_LENGTH: Final = 4
CODE: Final = re.compile(r"[0-9A-Z]{3,8}")
TRIES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVenue:
    """Premises. `organisation` is the slug of its own control room, where it has one; the point in WGS-84 degrees."""

    key: str
    name: str
    lat: float
    lon: float
    kind: str = ""
    address: str = ""
    opening_hours: str = ""
    organisation: str | None = None


def add_venue(new: NewVenue) -> str:
    """Adds premises with a first code for the whole house; returns that code. Refuses a key that is taken."""
    check_slug(new.key)
    check_point(new.lat, new.lon)
    if not new.name.strip():
        raise Refused("A venue needs a name.")
    with unit_of_work() as work:
        if work.session.scalar(select(Venue.id).where(Venue.key == new.key)):
            raise Refused(f"There is a venue {new.key!r} already.")
        owner = organisation_of(work, new.organisation).id if new.organisation else None
        told = {name: getattr(new, name) for name in ("key", "name", "lat", "lon", "kind", "address", "opening_hours")}
        venue = Venue(id=uuid.uuid4(), organisation_id=owner, **told)
        work.session.add(venue)
        work.session.flush()
        code = new_code(work, venue, "", None)
        map_changed(work)
    return code


def check_point(lat: float, lon: float) -> None:
    """Refuses what is no point in WGS-84 degrees; says so where the two seem to be swapped."""
    if -90 <= lat <= 90 and -180 <= lon <= 180:
        return
    swapped = " Are they swapped?" if -90 <= lon <= 90 and -180 <= lat <= 180 else ""
    raise Refused(f"{lat}, {lon} is no latitude and longitude in degrees.{swapped}")


def add_code(venue_key: str, label: str, at: tuple[float, float] | None = None, code: str = "") -> str:
    """Adds a code for a door, platform or aisle; made up where none is given. Refuses one that is in use anywhere."""
    if at is not None:
        check_point(*at)
    with unit_of_work() as work:
        made = new_code(work, _venue(work, venue_key), label, at, code)
        map_changed(work)
    return made


def new_code(work: Work, venue: Venue, label: str, at: tuple[float, float] | None = None, code: str = "") -> str:
    """Adds a code of a venue, at its own point where none is given; the caller commits."""
    chosen = _checked(work, code) if code else _free(work)
    lat, lon = at or (venue.lat, venue.lon)
    work.session.add(PlaceCode(code=chosen, venue_id=venue.id, label=label.strip(), lat=lat, lon=lon))
    return chosen


def _checked(work: Work, code: str) -> str:
    chosen = code.strip().upper()
    if not CODE.fullmatch(chosen):
        raise Refused(f"{code!r} cannot be a code: it takes 3 to 8 letters and digits.")
    if work.session.get(PlaceCode, chosen):
        raise Refused(f"The code {chosen} is in use, or was; posters may still show it.")
    return chosen


def _free(work: Work) -> str:
    random = adapters().random
    for _ in range(TRIES):
        chosen = "".join(LETTERS[random.getrandbits(16) % len(LETTERS)] for _ in range(CODE_LENGTH))
        if not work.session.get(PlaceCode, chosen):
            return chosen
    raise Refused("No free code was found; name one with --code.")


def revoke_code(code: str) -> None:
    """Takes a code out of use; who still scans it is told so. Refuses an unknown one and one that is out of use already."""
    with unit_of_work() as work:
        found = work.session.get(PlaceCode, code.strip().upper())
        if found is None:
            raise Refused(f"There is no code {code!r}.")
        if found.revoked_at is not None:
            raise Refused(f"The code {found.code} is out of use already.")
        found.revoked_at = func.now()
        map_changed(work)


def _venue(work: Work, key: str) -> Venue:
    found = work.session.scalar(select(Venue).where(Venue.key == key))
    if found is None:
        raise Refused(f"There is no venue {key!r}; `reporting venue list` shows them.")
    return found


def listed() -> list[dict[str, Any]]:
    """Every venue with its room, its codes in use and how many people sign in there."""
    with unit_of_work() as work:
        people: dict[Any, int] = {
            row.venue_id: row.people
            for row in work.session.execute(
                select(Account.venue_id, func.count().label("people"))
                .where(Account.venue_id.is_not(None), Account.disabled_at.is_(None))
                .group_by(Account.venue_id)
            )
        }
        codes: dict[Any, list[str]] = {}
        for each in work.session.scalars(select(PlaceCode).where(PlaceCode.revoked_at.is_(None)).order_by(PlaceCode.code)):
            codes.setdefault(each.venue_id, []).append(each.code)
        rows = work.session.execute(
            select(Venue.id, Venue.key, Venue.name, Organisation.slug)
            .outerjoin(Organisation, Organisation.id == Venue.organisation_id)
            .order_by(Venue.key)
        )
        return [
            {
                "key": row.key,
                "name": row.name,
                "organisation": row.slug,
                "codes": codes.get(row.id, []),
                "people": people.get(row.id, 0),
            }
            for row in rows
        ]


@dataclass(frozen=True, slots=True)
class Place:
    """What stands on a poster."""

    code: str
    venue: str
    label: str


def place(code: str) -> Place:
    """The place of a code in use. Refuses one that is unknown or out of use: its poster would lead nowhere."""
    with unit_of_work() as work:
        found = work.session.get(PlaceCode, code.strip().upper())
        if found is None:
            raise Refused(f"There is no code {code!r}.")
        if found.revoked_at is not None:
            raise Refused(f"The code {found.code} is out of use; add a new one with `reporting venue code add`.")
        name = work.session.scalar(select(Venue.name).where(Venue.id == found.venue_id))
        return Place(found.code, name or "", found.label)
