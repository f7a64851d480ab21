"""How a way to be told lies in the table: whose it is, its address sealed for that one row, and what recognises it."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, or_
from sqlalchemy.dialects.postgresql import insert

from reporting.adapters.seals import Place
from reporting.bootstrap import adapters
from reporting.domain.deliveries import PUSH
from reporting.models.delivery import Subscription
from reporting.services import short_links
from reporting.services.unit_of_work import Work

PURPOSE: Final = "subscription"
"""What the seals of addresses are for; nothing else is sealed under this key."""
READY: Final = or_(Subscription.channel == PUSH, Subscription.confirmed_at.is_not(None))
"""Ways that may be told something: push, which the phone chose itself, and addresses whose reader said yes."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose it is: the column, and the id."""

    column: str
    id: uuid.UUID

    @property
    def condition(self) -> ColumnElement[bool]:
        """The owner's rows."""
        found: ColumnElement[bool] = getattr(Subscription, self.column) == self.id
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to add. `known` recognises the address, `plain` is what is sealed of it; `confirmed_at` where no question is needed.
    `hours` and `device_id` are a venue's."""

    channel: str
    service: str
    language: str
    known: str = field(repr=False)
    plain: bytes = field(repr=False)
    confirmed_at: datetime | None = None
    hours: list[dict[str, Any]] | None = None
    device_id: uuid.UUID | None = None


def place_of(row_id: uuid.UUID) -> Place:
    """Where a way's address is sealed for."""
    return Place("subscription", "sealed", str(row_id))


def sealed(row_id: uuid.UUID, plain: bytes) -> bytes:
    """The address as it lies in its row."""
    return adapters().seals.seal(PURPOSE, place_of(row_id), plain)


def opened(row_id: uuid.UUID, found: bytes) -> bytes:
    """The address, in memory; raises SealBroken."""
    return adapters().seals.open(PURPOSE, place_of(row_id), found)


def mark_of(owner_id: uuid.UUID | None, address: str) -> bytes:
    """Recognises an address of one owner and of nobody else."""
    return adapters().seals.mark(PURPOSE, f"{owner_id}|{address}")


def add(work: Work, owner: Owner, way: Way) -> uuid.UUID | None:
    """Writes the way; None where somebody else wrote the same one in this very moment."""
    row_id = uuid.uuid4()
    row = {
        "id": row_id,
        "sealed": sealed(row_id, way.plain),
        owner.column: owner.id,
        "channel": way.channel,
        "service": way.service,
        "key_id": adapters().seals.key_id,
        "mark": mark_of(owner.id, way.known),
        "language": way.language,
        "confirmed_at": way.confirmed_at,
        "hours": way.hours,
        "device_id": way.device_id,
        "short_mark": short_links.mark_of(short_links.word_of(row_id)),
    }
    added = insert(Subscription).values(row).on_conflict_do_nothing().returning(Subscription.id)
    return work.session.scalar(added)
