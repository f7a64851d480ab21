"""Who holds a browser that nobody is signed in on: a device of staff by its key or its pass, a venue's signed link."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from reporting.adapters.sight import Sight, reading
from reporting.bootstrap import adapters
from reporting.domain.premises import PIN_TRIES
from reporting.models.account import Account
from reporting.models.workspace import VenueDevice, VenueLink
from reporting.policy import Actor

USED: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Device:
    """A device that is neither revoked nor forgotten. `stale`: its last sign of life is old enough to be written down; `locked`:
    too many wrong PINs were typed, so that only a new code opens it."""

    id: str
    actor: Actor
    name: str
    person: str
    place_code: str | None
    stale: bool
    locked: bool


def by_key(key: str) -> Device | None:
    """The device whose browser holds this key."""
    mark = adapters().seals.mark("device", key)
    return _device(Sight(secret=mark.hex()), VenueDevice.hash == mark)


def by_id(device_id: uuid.UUID, venue_id: uuid.UUID) -> Device | None:
    """The device that a signed pass names."""
    return _device(Sight(venue=str(venue_id)), VenueDevice.id == device_id)


def _device(sight: Sight, wanted: object) -> Device | None:
    unused = timedelta(days=adapters().settings.venue_device_days)
    statement = (
        select(VenueDevice, Account.name, Account.organisation_id, (VenueDevice.seen_at < func.now() - USED).label("stale"))
        .join(Account, Account.id == VenueDevice.account_id)
        .where(
            wanted,  # type: ignore[arg-type]
            VenueDevice.revoked_at.is_(None),
            VenueDevice.seen_at > func.now() - unused,
            Account.disabled_at.is_(None),
            Account.venue_id == VenueDevice.venue_id,
        )
    )
    with reading(sight) as session:
        row = session.execute(statement).one_or_none()
    if row is None:
        return None
    found: VenueDevice = row.VenueDevice
    actor = Actor(str(found.account_id), "venue_device", "", venue_id=str(found.venue_id))
    locked = found.pin_failures >= PIN_TRIES
    return Device(str(found.id), actor, found.name, row.name, found.place_code, row.stale, locked)


def by_link(link_id: uuid.UUID, venue_id: uuid.UUID) -> Actor | None:
    """Who a signed link lets in: nobody in particular, for reporting to this venue's rooms only."""
    wanted = VenueLink.id == link_id, VenueLink.venue_id == venue_id, VenueLink.revoked_at.is_(None)
    with reading(Sight(venue=str(venue_id))) as session:
        found = session.scalar(select(VenueLink.id).where(*wanted, VenueLink.expires_at > func.now()))
    return Actor("", "venue_link", "", venue_id=str(venue_id)) if found else None
