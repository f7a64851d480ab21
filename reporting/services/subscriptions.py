"""The ways in which people asked to be told: chosen one by one, after the receipt or in a venue's workspace, and stopped at once.

An address of mail or text messages is asked before it is told anything (`services/addresses.py`); push needs no question. It is
sealed for its own record and opened by the sender. It is gone when nobody confirms it within three days, when it is stopped, when
its push service says that it is no more, when its report is closed and nothing waits, when it is withdrawn, and with its report,
account or device.
"""

import hmac
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Delete, and_, delete, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from reporting import jobs
from reporting.adapters.outbound import NotAllowed, require_public_name, target_of
from reporting.adapters.seals import Place
from reporting.adapters.sight import Sight
from reporting.adapters.web_push import Browser, NotAKey
from reporting.bootstrap import adapters
from reporting.domain import languages
from reporting.domain.deliveries import (
    HISTORY_KEPT,
    KEPT_AFTER_CLOSING,
    MAIL,
    MOST_OF_ONE,
    PUSH,
    mail_address,
    phone_number,
)
from reporting.domain.errors import NotFound, NotPossible, Problem, Refused
from reporting.domain.receipts import normalised
from reporting.models.account import Account
from reporting.models.delivery import Delivery, Subscription
from reporting.models.incident import Incident
from reporting.models.outbox import Outbox
from reporting.models.report import Contact, Report
from reporting.models.workspace import VenueDevice
from reporting.policy import Actor
from reporting.services import addresses, ways
from reporting.services.unit_of_work import Work, unit_of_work
from reporting.services.ways import READY, Owner, Way, mark_of, sealed

WITHDRAWN: Final = "You withdrew this report. Nobody will tell you anything more."


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A way that somebody chose. `address` of mail and text messages; empty is the one given with the report, or the account's.
    `browser` for push."""

    channel: str
    language: str
    address: str = field(default="", repr=False)
    browser: Browser | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _DeviceOwner(Owner):
    """One device of a venue."""

    device_id: uuid.UUID

    @property
    def condition(self) -> ColumnElement[bool]:
        """That device's rows."""
        return and_(Subscription.venue_id == self.id, Subscription.device_id == self.device_id)


def choose(receipt_code: str, choice: Choice) -> list[dict[str, Any]]:
    """Lets the reporter be told in this way; all that are chosen now. Raises NotFound for a code that opens nothing, Refused
    for an address that is none, NotPossible for a channel that is off, too many ways, or a report that was withdrawn."""
    with _reporter(receipt_code) as (work, owner):
        if work.session.scalar(select(Report.withdrawn_at).where(Report.id == owner.id)) is not None:
            raise NotPossible(WITHDRAWN)
        return _chosen(work, owner, _add(work, owner, choice))


def stop(receipt_code: str, channel: str | None = None) -> list[dict[str, Any]]:
    """Takes back all ways of a channel, or all there are; what is left. Stopping what is not there is no error."""
    with _reporter(receipt_code) as (work, owner):
        _remove(work, owner, channel)
        return _chosen(work, owner)


def chosen(receipt_code: str) -> list[dict[str, Any]]:
    """The ways a reporter chose: id, channel, since when, and whether just now; never the address."""
    with _reporter(receipt_code) as (work, owner):
        return _chosen(work, owner)


def choose_for_account(actor: Actor, choice: Choice) -> list[dict[str, Any]]:
    """The same for a person who is signed in, for themselves alone. The address one signs in with needs no question."""
    with _person(actor) as (work, owner):
        return _chosen(work, owner, _add(work, owner, choice))


def choose_for_device(actor: Actor, device_id: str, choice: Choice) -> list[dict[str, Any]]:
    """A device of a venue's staff wants push: it is told what is told to the house, until it is ended. Nobody's name goes with
    it. Raises NotPossible for other channels: those are a person's."""
    if choice.channel != PUSH:
        raise NotPossible("A device can only be told by push.")
    with _device(actor, device_id) as (work, owner):
        return _chosen(work, owner, _add(work, owner, choice))


def stop_for_device(actor: Actor, device_id: str) -> list[dict[str, Any]]:
    """The device is told nothing more."""
    with _device(actor, device_id) as (work, owner):
        _remove(work, owner, PUSH)
        return _chosen(work, owner)


def stop_for_account(actor: Actor, channel: str | None = None) -> list[dict[str, Any]]:
    """Takes the person's own ways of a channel back, or all."""
    with _person(actor) as (work, owner):
        _remove(work, owner, channel)
        return _chosen(work, owner)


def chosen_by_account(actor: Actor) -> list[dict[str, Any]]:
    """The ways the person chose."""
    with _person(actor) as (work, owner):
        return _chosen(work, owner)


def renew(subscription_id: uuid.UUID, former_endpoint: str, browser: Browser) -> None:
    """A phone's push service gave it a new address. Who names the id and the old one is that phone; NotFound for others."""
    service = _service_of(browser)
    with unit_of_work(Sight(chosen=str(subscription_id))) as work:
        row = work.session.scalar(select(Subscription).where(Subscription.id == subscription_id, Subscription.channel == PUSH))
        if row is None or row.mark != mark_of(_owner_of(row), former_endpoint):
            raise NotFound
        values = {
            "sealed": sealed(row.id, browser.as_bytes()),
            "key_id": adapters().seals.key_id,
            "mark": mark_of(_owner_of(row), browser.endpoint),
            "service": service,
        }
        try:
            with work.session.begin_nested():
                work.session.execute(update(Subscription).where(Subscription.id == row.id).values(values))
        except IntegrityError:  # the same phone chose it anew meanwhile: once is enough
            work.change(delete(Subscription).where(Subscription.id == row.id).execution_options(synchronize_session=False))


def _owner_of(row: Subscription) -> uuid.UUID | None:
    return row.report_id or row.account_id or row.venue_id


def stop_token(subscription_id: uuid.UUID) -> str:
    """What a letter's link names to be the last one: the way it came by and our mark on that. It opens nothing else."""
    return f"{subscription_id.hex}{_token_mark(subscription_id)}"


def require_token(token: str) -> uuid.UUID:
    """The way that the token names, whether it is still there or not. Raises NotFound for a token that is not ours."""
    try:
        found = uuid.UUID(token[:32])
    except ValueError:
        raise NotFound from None
    if not hmac.compare_digest(token[32:].encode(), _token_mark(found).encode()):
        raise NotFound
    return found


def stop_by_token(token: str) -> None:
    """Takes back the one way the token names; what was stopped already is no error. NotFound for a token that is not ours."""
    found = require_token(token)
    with unit_of_work(Sight(chosen=str(found))) as work:
        row = work.session.scalar(select(Subscription).where(Subscription.id == found))
        if row is not None:
            work.session.expunge(row)
            addresses.end(work, row, for_good=False)


def _token_mark(subscription_id: uuid.UUID) -> str:
    return adapters().seals.mark("stop", str(subscription_id))[:16].hex()


def sweeps() -> dict[str, Delete]:
    """What the clock deletes: ways that have nothing more to tell, old history, letters whose delivery is gone."""
    now = func.now()
    ended = (
        select(Report.id)
        .outerjoin(Incident, Incident.id == Report.incident_id)
        .where(or_(Incident.status == "closed", Report.withdrawn_at.is_not(None)))
    )
    late = select(Report.id).join(Incident, Incident.id == Report.incident_id)
    late = late.where(Incident.status == "closed", Incident.closed_at < now - KEPT_AFTER_CLOSING)
    waits = exists().where(Delivery.subscription_id == Subscription.id, Delivery.state.in_(("waiting", "dead", "held")))
    left = select(Account.id).where(Account.disabled_at.is_not(None))
    ended_devices = select(VenueDevice.id).join(Account, Account.id == VenueDevice.account_id)
    ended_devices = ended_devices.where(or_(VenueDevice.revoked_at.is_not(None), Account.disabled_at.is_not(None)))
    done = or_(and_(Subscription.report_id.in_(ended), ~waits), Subscription.report_id.in_(late))
    return {
        "subscriptions": delete(Subscription).where(
            or_(done, Subscription.account_id.in_(left), Subscription.device_id.in_(ended_devices))
        ),
        "deliveries": delete(Delivery).where(Delivery.ended_at < now - HISTORY_KEPT),
        **addresses.sweeps(),
        "letters": delete(Outbox).where(Outbox.job == jobs.DELIVER, ~exists().where(Delivery.id == Outbox.subject_id)),
    }


@contextmanager
def _reporter(receipt_code: str) -> Iterator[tuple[Work, Owner]]:
    code = normalised(receipt_code)
    mark = adapters().seals.mark("receipt", code) if code else b""
    with unit_of_work(Sight(receipt=mark.hex())) as work:
        found = work.session.scalar(select(Report.id).where(Report.receipt_hash == mark)) if mark else None
        if found is None:
            raise NotFound
        yield work, Owner("report_id", found)


@contextmanager
def _person(actor: Actor) -> Iterator[tuple[Work, Owner]]:
    with unit_of_work(Sight(account=actor.account_id)) as work:
        yield work, Owner("account_id", uuid.UUID(actor.account_id))


@contextmanager
def _device(actor: Actor, device_id: str) -> Iterator[tuple[Work, _DeviceOwner]]:
    if actor.venue_id is None:
        raise NotFound
    with unit_of_work(Sight(venue=actor.venue_id)) as work:
        yield work, _DeviceOwner("venue_id", uuid.UUID(actor.venue_id), uuid.UUID(device_id))


def _add(work: Work, owner: Owner, choice: Choice) -> bytes:
    """Adds the way, once, and asks its address where that is needed; its mark."""
    if choice.channel not in adapters().channels.names:
        raise NotPossible("Messages of this kind are switched off here.")
    (known, plain), service = _plain(work, owner, choice)
    mark = mark_of(owner.id, known)
    if work.session.scalar(select(Subscription.id).where(owner.condition, Subscription.mark == mark)):
        return mark
    if choice.channel != PUSH or owner.column == "venue_id":
        _remove(work, owner, choice.channel)
    elif (work.session.scalar(select(func.count()).select_from(Subscription).where(owner.condition)) or 0) >= MOST_OF_ONE:
        raise NotPossible("You have chosen this on several phones. Stop one first.")
    own = choice.channel == MAIL and known == _own_address(work, owner)
    way = Way(
        channel=choice.channel,
        service=service,
        language=languages.choose(choice.language, (), adapters().settings.default_language).code,
        known=known,
        plain=plain,
        confirmed_at=adapters().clock() if own else None,
        device_id=owner.device_id if isinstance(owner, _DeviceOwner) else None,
    )
    try:
        with work.session.begin_nested():
            row_id = ways.add(work, owner, way)
    except IntegrityError:  # two taps at once
        return mark
    if row_id is not None and choice.channel != PUSH and not own:
        addresses.ask(work, owner, (row_id, choice.channel, known))
    return mark


def _own_address(work: Work, owner: Owner) -> str | None:
    """The address that the account signs in with; None for a reporter."""
    if owner.column != "account_id":
        return None
    return work.session.scalar(select(Account.email).where(Account.id == owner.id))


def _plain(work: Work, owner: Owner, choice: Choice) -> tuple[tuple[str, bytes], str]:
    """What recognises the address and what is sealed of it; and the service that carries it."""
    if choice.channel == PUSH:
        if choice.browser is None:
            raise Refused("A subscription is needed.", (Problem("subscription", "required", "Send the browser's subscription."),))
        return (choice.browser.endpoint, choice.browser.as_bytes()), _service_of(choice.browser)
    told = choice.address.strip() or _known(work, owner, choice.channel)
    address = mail_address(told) if choice.channel == MAIL else phone_number(told)
    return (address, address.encode()), choice.channel


def _known(work: Work, owner: Owner, channel: str) -> str:
    """The address that was given with the report, or that the account signs in with; empty where there is none."""
    if owner.column == "account_id":
        return (_own_address(work, owner) or "") if channel == MAIL else ""
    found = work.session.scalar(select(Contact.sealed).where(Contact.report_id == owner.id))
    if found is None:
        return ""
    given = json.loads(adapters().seals.open("contact", Place("contact", "sealed", str(owner.id)), found))
    return given.get("email" if channel == MAIL else "phone") or ""


def _service_of(browser: Browser) -> str:
    """The push service by its name in the settings; raises Refused for an endpoint that is not with one of them."""
    problem = Problem("subscription.endpoint", "choice", "This browser's push service is not one we send to.")
    route = adapters().channels.push
    if route is None:
        raise NotPossible("Messages of this kind are switched off here.")
    try:
        target = target_of(browser.endpoint)
        require_public_name(target)
        browser.require_keys()
    except NotAllowed:
        raise Refused("This push service is not known.", (problem,)) from None
    except NotAKey as wrong:
        raise Refused("These keys cannot be used.", (Problem(f"subscription.keys.{wrong}", "invalid", "Not a key."),)) from None
    service = route.service_of(target.host)
    if service is None:
        raise Refused("This push service is not known.", (problem,))
    return service


def _remove(work: Work, owner: Owner, channel: str | None) -> None:
    condition = owner.condition if channel is None else and_(owner.condition, Subscription.channel == channel)
    work.change(delete(Subscription).where(condition).execution_options(synchronize_session=False))


def _chosen(work: Work, owner: Owner, now: bytes = b"") -> list[dict[str, Any]]:
    rows = work.session.execute(
        select(Subscription.id, Subscription.channel, Subscription.chosen_at, Subscription.mark, READY.label("confirmed"))
        .where(owner.condition)
        .order_by(Subscription.chosen_at, Subscription.id)
    ).all()
    return [
        {
            "id": str(row.id),
            "channel": row.channel,
            "chosen_at": row.chosen_at,
            "confirmed": row.confirmed,
            "now": bool(now) and row.mark == now,
        }
        for row in rows
    ]
