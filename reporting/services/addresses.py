"""Addresses belong to whoever reads them. Each is asked once before it is told anything; who says no is left alone for good.

Anybody may name a stranger's address, so the question says nothing of what was reported or that anything was. One address is
asked a few times a week at most, whoever names it. Whether it was asked, was asked too often or wants to be left alone is told
to nobody: the answer to who gave it is always the same. What is remembered of an address are keyed hashes alone.
"""

import hmac
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Delete, and_, bindparam, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA

from reporting import jobs
from reporting.adapters.doorbell import OUTBOX
from reporting.adapters.sight import Sight, apply_sight
from reporting.bootstrap import adapters
from reporting.domain.deliveries import (
    ADDRESSES_A_DAY,
    ASKED_A_DAY,
    ASKED_DAYS,
    ASKED_IN_ALL,
    CONFIRM,
    CONFIRM_WITHIN,
    PLACES_A_DAY,
    PUSH,
)
from reporting.domain.errors import NotFound, NotPossible
from reporting.models.delivery import AddressAsked, Delivery, Subscription
from reporting.models.outbox import Outbox
from reporting.models.report import Report
from reporting.services import short_links
from reporting.services.unit_of_work import Work, unit_of_work
from reporting.services.ways import Owner, opened

MARK_BYTES: Final = 16
_STOP: Final = text("select stop_address(:mark)")
_IS_STOPPED: Final = text("select address_is_stopped(:mark)")
_MAY_ASK: Final = text("select may_ask_address(:marks, :a_day, :in_all)").bindparams(bindparam("marks", type_=ARRAY(BYTEA)))
_RELEASE: Final = text("""
    with held as (
        select id, row_number() over (order by created_at desc, id) as place from delivery
        where subscription_id = :id and state = 'held'
    ), ended as (
        update delivery d set state = case when place = 1 then 'waiting' else 'stopped' end, created_at = now(),
            ended_at = case when place = 1 then null else now() end
        from held where held.id = d.id returning d.id, d.state
    )
    insert into outbox (job, subject_id) select :job, id from ended where state = 'waiting'
""")
"""Of several letters that waited for the yes one leaves: they say the same. Its day begins now."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a short link shows: whether its address was confirmed, and the page that its letters lead to."""

    confirmed: bool
    page: str


def ask(work: Work, owner: Owner, way: tuple[uuid.UUID, str, str]) -> None:
    """Asks an unconfirmed address (id, channel, address) whether it wants our messages, where it may be asked at all. Raises
    NotPossible where this owner has named too many addresses today, whosever they are."""
    row_id, channel, address = way
    asked = select(func.count()).select_from(Delivery).where(getattr(Delivery, owner.column) == owner.id)
    asked = asked.where(Delivery.template == CONFIRM, Delivery.created_at > func.now() - timedelta(days=1))
    most = ADDRESSES_A_DAY if owner.column in ("report_id", "account_id") else PLACES_A_DAY
    if (work.session.scalar(asked) or 0) >= most:
        raise NotPossible("Too many addresses for one day. Try again tomorrow.")
    if _is_flood(work, owner) or not _may_ask(work, channel, address):
        return
    letter = {
        "id": uuid.uuid4(),
        "effect": f"{CONFIRM}:{row_id}",
        "template": CONFIRM,
        "subscription_id": row_id,
        owner.column: owner.id,
        "channel": channel,
        "service": channel,
    }
    work.session.execute(insert(Delivery.__table__), letter)
    work.session.execute(insert(Outbox.__table__), {"job": jobs.DELIVER, "subject_id": letter["id"]})
    work.ring(OUTBOX)


def _is_flood(work: Work, owner: Owner) -> bool:
    """Whether it is a report over its network's budget: reports cost nothing, and each could name strangers to whom we would
    write at the town's expense. It may still choose push."""
    return owner.column == "report_id" and work.session.scalar(select(Report.trust).where(Report.id == owner.id)) == "low"


def _may_ask(work: Work, channel: str, address: str) -> bool:
    if work.session.scalar(_IS_STOPPED, {"mark": stop_mark(channel, address)}):
        return False
    today = adapters().clock().date()
    days = [today - timedelta(days=number) for number in range(ASKED_DAYS)]
    marks = [adapters().seals.mark("asked", f"{day}|{_one(channel, address)}") for day in days]
    return bool(work.session.scalar(_MAY_ASK, {"marks": marks, "a_day": ASKED_A_DAY, "in_all": ASKED_IN_ALL}))


def _one(channel: str, address: str) -> str:
    """One spelling of an address: without capitals, and with + for 00."""
    plain = address.casefold()
    return f"{channel}|{'+' + plain[2:] if plain.startswith('00') and channel != 'mail' else plain}"


def stop_mark(channel: str, address: str) -> bytes:
    """The keyed hash by which an address that said "never" is known."""
    return adapters().seals.mark("stopped", _one(channel, address))[:MARK_BYTES]


def is_stopped(channel: str, address: str) -> bool:
    """Whether this address said that it never wants to hear from us; asked once more before each letter."""
    with unit_of_work() as work:
        return bool(work.session.scalar(_IS_STOPPED, {"mark": stop_mark(channel, address)}))


def standing(word: str) -> Standing:
    """What the short link names; raises NotFound for a way that is gone, and for words that are not ours."""
    with _named(word) as (_work, row):
        page = "/follow-up" if row.report_id else "/control/" if row.organisation_id else "/venue/"
        return Standing(row.confirmed_at is not None or row.channel == PUSH, page)


def confirm(word: str) -> None:
    """Whoever reads this address wants our messages; what waited for it leaves. Saying it twice is no error."""
    with _named(word) as (work, row):
        unconfirmed = Subscription.id == row.id, Subscription.confirmed_at.is_(None)
        if work.change(_quietly(update(Subscription).where(*unconfirmed).values(confirmed_at=func.now()))):
            work.session.execute(_RELEASE, {"id": row.id, "job": jobs.DELIVER})
            work.ring(OUTBOX)


def stop(word: str, *, for_good: bool) -> None:
    """Deletes the way, and remembers that its address wants no word from us any more where it says so, or never said yes."""
    with _named(word) as (work, row):
        end(work, row, for_good=for_good)


def end(work: Work, row: Subscription, *, for_good: bool) -> None:
    """Deletes this way. The sight must name it."""
    if row.channel != PUSH and (for_good or row.confirmed_at is None):
        work.session.execute(_STOP, {"mark": stop_mark(row.channel, opened(row.id, row.sealed).decode())})
    work.change(_quietly(delete(Subscription).where(Subscription.id == row.id)))


def never_word(channel: str, address: str) -> str:
    """What the "that was not me" of a mail names: the address by its keyed hash, so that it works when nothing else is left."""
    mark = stop_mark(channel, address)
    return f"{mark.hex()}{_proof(mark).hex()}"


def require_never(word: str) -> bytes:
    """The mark that the word names; raises NotFound for a word that is not ours."""
    try:
        said = bytes.fromhex(word)
    except ValueError:
        raise NotFound from None
    mark = said[:MARK_BYTES]
    if not hmac.compare_digest(said[MARK_BYTES:], _proof(mark)):
        raise NotFound
    return mark


def stop_for_good(word: str) -> None:
    """Nothing is sent to this address again, whatever report or list names it; raises NotFound for a word that is not ours."""
    mark = require_never(word)
    with unit_of_work() as work:
        work.session.execute(_STOP, {"mark": mark})


def _proof(mark: bytes) -> bytes:
    return adapters().seals.mark("never", mark.hex())[:MARK_BYTES]


@contextmanager
def _named(word: str) -> Iterator[tuple[Work, Subscription]]:
    mark = short_links.mark_of(word)
    with unit_of_work(Sight(secret=mark.hex())) as work:
        row = work.session.scalar(select(Subscription).where(Subscription.short_mark == mark))
        if row is None:
            raise NotFound
        work.session.expunge(row)
        apply_sight(work.session, Sight(chosen=str(row.id)))
        yield work, row


def _quietly(statement: Any) -> Any:
    return statement.execution_options(synchronize_session=False)


def sweeps() -> dict[str, Delete]:
    """What the clock forgets: addresses that nobody confirmed, what waited for them, and the counts of days gone by."""
    now = func.now()
    unconfirmed = and_(Subscription.channel != PUSH, Subscription.confirmed_at.is_(None))
    return {
        "unconfirmed": delete(Subscription).where(unconfirmed, Subscription.chosen_at < now - CONFIRM_WITHIN),
        "held": delete(Delivery).where(Delivery.state == "held", Delivery.subscription_id.is_(None)),
        "asked": delete(AddressAsked).where(AddressAsked.day < func.current_date() - ASKED_DAYS),
    }
