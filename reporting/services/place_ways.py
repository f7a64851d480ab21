"""Whom a venue or a room wants told: the contacts and numbers on its lists that carry an address for messages.

The list is the truth: who is taken off it is told nothing more at once, and who comes onto it is asked first: a manager may
mistype an address or name somebody who does not know. Hours follow the list without a new question.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import delete, select, update

from reporting.adapters.sight import Sight
from reporting.bootstrap import adapters
from reporting.domain.deliveries import MAIL, mail_address, phone_number
from reporting.domain.errors import Refused
from reporting.models.delivery import Subscription
from reporting.services import addresses, ways
from reporting.services.unit_of_work import Work, unit_of_work
from reporting.services.ways import READY, Owner, Way, mark_of

Hours = dict[str, Any]
CONFIRMED: Final = "confirmed"
ASKED: Final = "asked"
NOT_ASKED: Final = "not_asked"


@dataclass(frozen=True, slots=True)
class Listed:
    """An address of a list; `hours` as a contact's: days, start and until, none for always."""

    channel: str
    address: str = field(repr=False)
    hours: Hours | None = None


def address_of(channel: str, told: str) -> str:
    """The address as it is written to; raises Refused for what is none."""
    return mail_address(told) if channel == MAIL else phone_number(told)


def is_address(channel: str, told: str) -> bool:
    """Whether messages can be sent there."""
    try:
        address_of(channel, told)
    except Refused:
        return False
    return True


def keep(work: Work, owner: Owner, listed: Sequence[Listed]) -> None:
    """Brings the ways of a venue or room to its list; the caller has looked at the addresses. Channels that are switched off
    here are passed over. Raises NotPossible where too many new addresses would be asked in a day."""
    on = [each for each in listed if each.channel in adapters().channels.names]
    wanted = _by_mark(owner, on)
    own = owner.condition, Subscription.device_id.is_(None)
    there = set(work.session.scalars(select(Subscription.mark).where(*own)))
    gone = delete(Subscription).where(*own, Subscription.mark.in_(there - wanted.keys()))
    work.change(gone.execution_options(synchronize_session=False))
    for mark, (each, hours) in wanted.items():
        if mark in there:
            changed = update(Subscription).where(*own, Subscription.mark == mark).values(hours=hours)
            work.change(changed.execution_options(synchronize_session=False))
        else:
            _ask(work, owner, each, hours)


def _by_mark(owner: Owner, listed: Iterable[Listed]) -> dict[bytes, tuple[Listed, list[Hours] | None]]:
    """Each address once; who stands on a list twice is told in the hours of both."""
    found: dict[bytes, tuple[Listed, list[Hours] | None]] = {}
    for each in listed:
        mark = _mark(owner, each.channel, each.address)
        before = found.get(mark)
        always = each.hours is None or (before is not None and before[1] is None)
        earlier = (before[1] or []) if before else []
        found[mark] = each, None if always else [*earlier, each.hours or {}]
    return found


def _mark(owner: Owner, channel: str, address: str) -> bytes:
    return mark_of(owner.id, f"{channel}|{address_of(channel, address)}")


def _ask(work: Work, owner: Owner, each: Listed, hours: list[Hours] | None) -> None:
    address = address_of(each.channel, each.address)
    way = Way(
        channel=each.channel,
        service=each.channel,
        language=adapters().settings.default_language,
        known=f"{each.channel}|{address}",
        plain=address.encode(),
        hours=hours,
    )
    row_id = ways.add(work, owner, way)
    if row_id is not None:
        addresses.ask(work, owner, (row_id, each.channel, address))


def told(sight: Sight, owner: Owner, listed: Sequence[Listed]) -> list[str]:
    """What became of each address: `confirmed`, `asked`, or `not_asked`, which is also what nobody confirmed in time; empty for
    what is no address."""
    statement = select(Subscription.mark, READY.label("ready")).where(owner.condition, Subscription.device_id.is_(None))
    with unit_of_work(sight) as work:
        known = {row.mark: CONFIRMED if row.ready else ASKED for row in work.session.execute(statement)}
    return [_state(known, owner, each) for each in listed]


def _state(known: Mapping[bytes, str], owner: Owner, each: Listed) -> str:
    if not is_address(each.channel, each.address):
        return ""
    return known.get(_mark(owner, each.channel, each.address), NOT_ASKED)
