"""The letters that a sender works on: taken one by one for a while, and what became of each. Sending itself is in no transaction.

A letter that is taken is left alone by others until its lease is over, so that one whose sender died is sent by the next. Each
attempt counts and waits longer; after five, or after a day, a letter is a dead letter that a person can send again.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, text, update

from reporting import jobs
from reporting.domain.deliveries import MOST_ATTEMPTS, TOO_OLD, wait_after
from reporting.models.delivery import Delivery, Subscription
from reporting.models.outbox import Outbox
from reporting.services.unit_of_work import Work, unit_of_work
from reporting.services.ways import opened

LEASE: Final = timedelta(seconds=60)
"""Longer than any attempt may take."""
OF_DELIVERIES: Final = Outbox.job == jobs.DELIVER
_TAKE: Final = text("""
    update outbox set dispatched_at = now() + :lease
    where job = :job and subject_id = :id and dead_at is null and due_at <= now()
        and (dispatched_at is null or dispatched_at <= now())
    returning attempts, now() as now
""")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter that is ours to send now. `sealed` is the address as it lies in the table, `about` a name of ours for the words;
    `short`: the way has a short link."""

    id: uuid.UUID
    template: str
    channel: str
    service: str
    language: str
    subscription_id: uuid.UUID
    created_at: datetime
    taken_at: datetime
    attempts: int
    about: str
    short: bool
    sealed: bytes = field(repr=False)

    def address(self) -> bytes:
        """Opened for this one letter, in memory; raises SealBroken."""
        return opened(self.subscription_id, self.sealed)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an attempt: `sent`, `refused` (never will be), `stopped` (not tried: nobody wants it) or `again`. `note` is
    a word of ours.

    `gone`: the address is no more. `service_away`: it was not about this letter. `wait`: what the other side asked for.
    """

    kind: str
    note: str = ""
    gone: bool = False
    service_away: bool = False
    wait: timedelta | None = None


def services_of(delivery_ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, str]]:
    """Each letter with the service that carries it, oldest first. Letters of nothing are thrown away."""
    with unit_of_work() as work:
        rows = work.session.execute(
            select(Delivery.id, Delivery.service).where(Delivery.id.in_(delivery_ids)).order_by(Delivery.created_at)
        ).all()
        known = {row.id for row in rows}
        if gone := [each for each in delivery_ids if each not in known]:
            work.change(_letters(gone))
        return [(row.id, row.service) for row in rows]


def take(delivery_id: uuid.UUID) -> Parcel | None:
    """The letter, if it is still to be sent and nobody is at it. One whose way was taken back is stopped."""
    with unit_of_work() as work:
        taken = work.session.execute(_TAKE, {"lease": LEASE, "job": jobs.DELIVER, "id": delivery_id}).one_or_none()
        if taken is None:
            return None
        row = work.session.execute(
            select(
                Delivery.template,
                Delivery.channel,
                Delivery.service,
                Delivery.created_at,
                Subscription.language,
                Subscription.id,
                Subscription.sealed,
                Delivery.about,
                Subscription.short_mark.is_not(None).label("short"),
            )
            .outerjoin(Subscription, Subscription.id == Delivery.subscription_id)
            .where(Delivery.id == delivery_id)
        ).one_or_none()
        if row is None or row.sealed is None:
            _end(work, delivery_id, "stopped", "")
            return None
        return Parcel(
            delivery_id, row.template, row.channel, row.service, row.language, row.id, row.created_at, taken.now,
            taken.attempts, row.about, row.short, row.sealed,
        )  # fmt: skip


def keep(parcel: Parcel, result: Result) -> None:
    """Keeps what became of an attempt; a way that is no more is forgotten."""
    with unit_of_work() as work:
        if result.kind == "again":
            _again(work, parcel, result)
            return
        _end(work, parcel.id, result.kind, result.note)
        if result.gone:
            gone = delete(Subscription).where(Subscription.id == parcel.subscription_id)
            work.change(gone.execution_options(synchronize_session=False))


def put_off(delivery_id: uuid.UUID, wait: timedelta) -> None:
    """Not tried, because its service was away a moment ago: comes again then, and counts nothing unless it is too old."""
    with unit_of_work() as work:
        rows = OF_DELIVERIES, Outbox.subject_id == delivery_id, Outbox.dead_at.is_(None)
        too_old = work.session.scalar(
            select(Delivery.id).where(Delivery.id == delivery_id, Delivery.created_at < func.now() - TOO_OLD)
        )
        if too_old:
            _give_up(work, delivery_id, {"last_error": "too_old"})
            return
        work.change(update(Outbox).where(*rows).values(dispatched_at=None, due_at=func.now() + wait))


def _again(work: Work, parcel: Parcel, result: Result) -> None:
    attempts = parcel.attempts + 1
    tried = {"attempts": attempts, "last_error": result.note}
    if attempts >= MOST_ATTEMPTS or parcel.taken_at - parcel.created_at > TOO_OLD:
        _give_up(work, parcel.id, tried)
        return
    wait = max(wait_after(attempts), result.wait or timedelta())
    rows = OF_DELIVERIES, Outbox.subject_id == parcel.id
    work.change(update(Outbox).where(*rows).values(**tried, dispatched_at=None, due_at=func.now() + wait))
    work.change(update(Delivery).where(Delivery.id == parcel.id).values(attempts=attempts, result=result.note, state="waiting"))


def _give_up(work: Work, delivery_id: uuid.UUID, tried: dict[str, Any]) -> None:
    rows = OF_DELIVERIES, Outbox.subject_id == delivery_id
    work.change(update(Outbox).where(*rows).values(**tried, dead_at=func.now()))
    told = {"state": "dead", "result": tried["last_error"], "ended_at": func.now()}
    if "attempts" in tried:
        told["attempts"] = tried["attempts"]
    work.change(update(Delivery).where(Delivery.id == delivery_id).values(told))


def _end(work: Work, delivery_id: uuid.UUID, state: str, note: str) -> None:
    told = {"state": state, "result": note, "ended_at": func.now()}
    if state != "stopped":
        told["attempts"] = Delivery.attempts + 1
    work.change(update(Delivery).where(Delivery.id == delivery_id).values(told).execution_options(synchronize_session=False))
    work.change(_letters([delivery_id]))


def _letters(delivery_ids: Sequence[uuid.UUID]) -> Any:
    rows = OF_DELIVERIES, Outbox.subject_id.in_(delivery_ids)
    return delete(Outbox).where(*rows).execution_options(synchronize_session=False)
