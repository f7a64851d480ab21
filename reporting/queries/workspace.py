"""What a venue reads of itself: facts, procedures, zones, its people, their devices, its links and the keys of its systems."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from reporting.adapters.sight import Sight, reading
from reporting.bootstrap import adapters
from reporting.domain.premises import PROCEDURES, Contact, contact_from, lines_of
from reporting.models.account import Account, Token
from reporting.models.venue import PlaceCode, Venue
from reporting.models.workspace import DeviceCode, VenueDevice, VenueFacts, VenueLink, VenueProcedure
from reporting.policy import Actor

ENDED_SHOWN: Final = timedelta(days=30)
MOST_LINKS: Final = 200


@dataclass(frozen=True, slots=True)
class Procedure:
    """The newest version of one of the four; version 0 while nobody wrote it."""

    kind: str
    version: int = 0
    steps: tuple[str, ...] = ()
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """What the pages of a venue show of it. `zones` are codes in use, the whole house first."""

    id: str
    name: str
    address: str
    opening_hours: str
    version: int
    capacity: int | None
    exits: tuple[str, ...]
    cameras: tuple[str, ...]
    contacts: tuple[Contact, ...]
    changed_at: datetime | None
    procedures: tuple[Procedure, ...]
    zones: tuple[PlaceCode, ...]


def workspace(actor: Actor) -> Workspace:
    """The actor's own venue; an account without one has an empty page."""
    key = uuid.UUID(actor.venue_id) if actor.venue_id else uuid.UUID(int=0)
    with reading(Sight(venue=actor.venue_id or "")) as session:
        venue = session.get(Venue, key)
        facts = session.scalar(select(VenueFacts).where(VenueFacts.venue_id == key))
        written = session.scalars(_newest().where(VenueProcedure.venue_id == key)).all()
        in_use = PlaceCode.venue_id == key, PlaceCode.revoked_at.is_(None)
        zones = session.scalars(select(PlaceCode).where(*in_use).order_by(PlaceCode.label, PlaceCode.code)).all()
    return Workspace(
        id=str(key),
        name=venue.name if venue else "",
        address=venue.address if venue else "",
        opening_hours=venue.opening_hours if venue else "",
        version=facts.version if facts else 0,
        capacity=facts.capacity if facts else None,
        exits=lines_of(facts.exits) if facts else (),
        cameras=lines_of(facts.cameras) if facts else (),
        contacts=tuple(contact_from(each) for each in facts.contacts) if facts else (),
        changed_at=facts.changed_at if facts else None,
        procedures=procedures_of(written),
        zones=tuple(zones),
    )


def _newest() -> Any:
    """Of each kind the highest version, for each venue."""
    return (
        select(VenueProcedure)
        .ext(distinct_on(VenueProcedure.venue_id, VenueProcedure.kind))
        .order_by(VenueProcedure.venue_id, VenueProcedure.kind, VenueProcedure.version.desc())
    )


def newest_procedures(venue_ids: list[uuid.UUID]) -> Any:
    """The statement for the newest procedures of several venues."""
    return _newest().where(VenueProcedure.venue_id.in_(venue_ids))


def procedures_of(rows: Any) -> tuple[Procedure, ...]:
    """The four in their order, written or not."""
    by_kind = {row.kind: Procedure(row.kind, row.version, lines_of(row.steps), row.changed_at) for row in rows}
    return tuple(by_kind.get(kind, Procedure(kind)) for kind in PROCEDURES)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the staff. `code_until`: a sign-in code that was made and not used holds until then."""

    id: str
    name: str
    role: str
    by_mail: bool
    code_until: datetime | None
    devices: tuple[VenueDevice, ...]


def staff(actor: Actor) -> list[Person]:
    """The people of the actor's venue who may sign in, by name, with their live devices."""
    with reading(Sight(venue=actor.venue_id or "")) as session:
        people = session.scalars(
            select(Account)
            .where(Account.venue_id == actor.venue_id, Account.role.in_(("venue_staff", "venue_manager")))
            .where(Account.disabled_at.is_(None))
            .order_by(Account.name)
        ).all()
        ids = [each.id for each in people]
        live = VenueDevice.account_id.in_(ids), VenueDevice.revoked_at.is_(None)
        devices = session.scalars(select(VenueDevice).where(*live).order_by(VenueDevice.created_at)).all()
        waiting = DeviceCode.account_id.in_(ids), DeviceCode.used_at.is_(None), DeviceCode.expires_at > adapters().clock()
        codes = {row.account_id: row.expires_at for row in session.scalars(select(DeviceCode).where(*waiting))}
    of = {key: tuple(each for each in devices if each.account_id == key) for key in ids}
    return [Person(str(each.id), each.name, each.role, bool(each.email), codes.get(each.id), of[each.id]) for each in people]


def links(actor: Actor) -> list[VenueLink]:
    """The signed links of the actor's venue that hold, and what ended lately."""
    shown = or_(VenueLink.revoked_at.is_(None), VenueLink.revoked_at > func.now() - ENDED_SHOWN)
    with reading(Sight(venue=actor.venue_id or "")) as session:
        wanted = select(VenueLink).where(VenueLink.venue_id == actor.venue_id, shown)
        return list(session.scalars(wanted.order_by(VenueLink.created_at.desc()).limit(MOST_LINKS)))


@dataclass(frozen=True, slots=True)
class System:
    """A system of the venue and its keys that hold: the newest, and one that still holds for the overlap."""

    id: str
    name: str
    keys: tuple[Token, ...]


def systems(actor: Actor) -> list[System]:
    """The systems of the actor's venue, by name."""
    own = Account.venue_id == actor.venue_id, Account.role == "venue_system", Account.disabled_at.is_(None)
    with reading() as session:
        found = session.scalars(select(Account).where(*own).order_by(Account.name)).all()
        holds = Token.revoked_at.is_(None), or_(Token.expires_at.is_(None), Token.expires_at > func.now())
        mine = Token.account_id.in_([each.id for each in found])
        keys = session.scalars(select(Token).where(mine, *holds).order_by(Token.created_at.desc())).all()
    return [System(str(each.id), each.name, tuple(key for key in keys if key.account_id == each.id)) for each in found]
