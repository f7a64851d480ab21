"""Devices of venue staff: the code that signs one in once, the key it keeps, the PIN that opens it, and its end.

The key alone lets a device file reports as the person it belongs to; everything else needs the PIN. So a person in a hurry is
never kept from reporting, and a device that is left on a counter tells nobody what was reported. See docs/adr/0018.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from reporting.adapters import passwords
from reporting.adapters.sight import Sight, apply_sight
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound, NotSignedIn, Problem, Refused, SignInsCrowded
from reporting.domain.languages import N_
from reporting.domain.premises import PIN, PIN_TRIES, one_line, too_easy
from reporting.models.account import Account, Session
from reporting.models.delivery import Subscription
from reporting.models.history import AuditEvent
from reporting.models.venue import PlaceCode, Venue
from reporting.models.workspace import DeviceCode, VenueDevice
from reporting.policy import Actor
from reporting.services.accounts import new_secret
from reporting.services.unit_of_work import Work, unit_of_work
from reporting.services.venues import LETTERS

CODE_LENGTH: Final = 8
"""Of 30 letters and digits: 39 bits, for minutes, once, against 20 guesses a minute and network."""
LONGEST_NAME: Final = 60
STAFF: Final = ("venue_staff", "venue_manager")
WRONG_CODE: Final = N_("This code is not right, was used, or is too old. Ask for a new one.")
WRONG_PIN: Final = N_("This PIN is not right.")
LOCKED: Final = N_("Too many wrong PINs. Ask for a new code.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """What a person types when a device is signed in. `place_code`: where it usually is; one of the venue's, or empty."""

    code: str
    name: str
    pin: str
    place_code: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the browser gets: the device's key and an open session, each shown once."""

    device: str
    session: str


def make_code(actor: Actor, account_id: uuid.UUID) -> str:
    """A code for one device of somebody of the actor's venue; it holds for minutes. Raises NotFound for anybody else."""
    with unit_of_work(Sight(venue=actor.venue_id or "")) as work:
        account = _of_staff(work, account_id)
        if account is None or str(account.venue_id) != actor.venue_id:
            raise NotFound
        return _new_code(work, account, uuid.UUID(actor.account_id))


def make_code_for(venue_key: str, person: str, lasts: timedelta | None = None) -> str:
    """The same for the control room's command: somebody of a venue by name or address. Refuses what is not there or not clear.
    `lasts` is the setting's where it is left out."""
    with unit_of_work() as work:
        venue = work.session.scalar(select(Venue.id).where(Venue.key == venue_key))
        if venue is None:
            raise Refused(f"There is no venue {venue_key!r}; `reporting venue list` shows them.")
        wanted = or_(Account.name == person.strip(), Account.email == person.strip().lower())
        found = list(work.session.scalars(select(Account).where(Account.venue_id == venue, wanted, *_LIVE)))
        if len(found) != 1:
            raise Refused(
                f"{venue_key} has {len(found)} people called {person!r}; `reporting venue staff {venue_key}` shows them."
            )
        apply_sight(work.session, Sight(venue=str(venue)))
        return _new_code(work, found[0], None, lasts)


_LIVE: Final = (Account.disabled_at.is_(None), Account.role.in_(STAFF))


def _of_staff(work: Work, account_id: uuid.UUID) -> Account | None:
    return work.session.scalar(select(Account).where(Account.id == account_id, *_LIVE))


def _new_code(work: Work, account: Account, by: uuid.UUID | None, lasts: timedelta | None = None) -> str:
    """An earlier code of the same person that was not used ends."""
    random = adapters().random
    letters = "".join(LETTERS[random.getrandbits(32) % len(LETTERS)] for _ in range(CODE_LENGTH))
    now = adapters().clock()
    earlier = DeviceCode.account_id == account.id, DeviceCode.used_at.is_(None), DeviceCode.expires_at > now
    work.session.execute(update(DeviceCode).where(*earlier).values(expires_at=now))
    row = {
        "id": uuid.uuid4(),
        "venue_id": account.venue_id,
        "account_id": account.id,
        "hash": adapters().seals.mark("device code", letters),
        "expires_at": now + (lasts or timedelta(minutes=adapters().settings.venue_code_minutes)),
    }
    work.session.execute(insert(DeviceCode.__table__), row)
    _record(work, by, "device.code_made", account.id)
    return f"{letters[:4]}-{letters[4:]}"


def pair(pairing: Pairing, former: str | None) -> Keys:
    """Signs a device in with a code that was not used yet, and ends what the browser held before (`former`, its old key).

    Refuses a PIN that is none or too easy before the code is spent; raises NotSignedIn with one sentence for every wrong code.
    """
    _check_pin(pairing.pin)
    letters = "".join(character for character in pairing.code.upper() if character.isalnum())
    mark = adapters().seals.mark("device code", letters)
    with unit_of_work(Sight(secret=mark.hex())) as work:
        if not work.session.scalar(select(DeviceCode.id).where(DeviceCode.hash == mark, *_usable())):
            raise NotSignedIn(WRONG_CODE)
    hashed = passwords.hashed(pairing.pin)
    key = new_secret(32)
    with unit_of_work(Sight(secret=mark.hex())) as work:
        spent = update(DeviceCode).where(DeviceCode.hash == mark, *_usable()).values(used_at=func.now())
        code = work.session.execute(spent.returning(DeviceCode.venue_id, DeviceCode.account_id)).one_or_none()
        account = _of_staff(work, code.account_id) if code else None
        if code is None or account is None or account.venue_id != code.venue_id:
            raise NotSignedIn(WRONG_CODE)
        apply_sight(work.session, Sight(venue=str(code.venue_id)))
        device = {
            "id": uuid.uuid4(),
            "venue_id": code.venue_id,
            "account_id": code.account_id,
            "hash": adapters().seals.mark("device", key),
            "name": one_line(pairing.name)[:LONGEST_NAME],
            "place_code": _place(work, code.venue_id, pairing.place_code),
            "pin_hash": hashed,
        }
        work.session.execute(insert(VenueDevice.__table__), device)
        _record(work, code.account_id, "device.signed_in", device["id"])
        session = _open(work, code.account_id, device["id"])
    if former:
        give_up(former)
    return Keys(key, session)


def _usable() -> tuple[ColumnElement[bool], ...]:
    return DeviceCode.used_at.is_(None), DeviceCode.expires_at > adapters().clock()


def _check_pin(pin: str) -> None:
    if not PIN.fullmatch(pin):
        raise Refused("The PIN is not usable.", (Problem("pin", "invalid", "Choose 4 to 8 digits."),))
    if too_easy(pin):
        raise Refused("The PIN is too easy.", (Problem("pin", "easy", "Choose a PIN that is harder to guess."),))


def _place(work: Work, venue_id: uuid.UUID, code: str) -> str | None:
    wanted = PlaceCode.code == one_line(code).upper(), PlaceCode.venue_id == venue_id, PlaceCode.revoked_at.is_(None)
    return work.session.scalar(select(PlaceCode.code).where(*wanted)) if code else None


def unlock(key: str, pin: str) -> str:
    """Opens a session on a known device. Raises NotSignedIn for an unknown device and a wrong PIN; after five wrong ones only a
    new code helps, whatever is typed. The try is counted before it is looked at, so that many at once are no more than five."""
    mark = adapters().seals.mark("device", key)
    counted = update(VenueDevice).where(
        VenueDevice.hash == mark, VenueDevice.revoked_at.is_(None), VenueDevice.pin_failures < PIN_TRIES
    )
    counted = counted.values(pin_failures=VenueDevice.pin_failures + 1)
    with unit_of_work(Sight(secret=mark.hex())) as work:
        found = work.session.execute(
            counted.returning(VenueDevice.id, VenueDevice.account_id, VenueDevice.pin_hash)
        ).one_or_none()
    if found is None:
        raise NotSignedIn(LOCKED)
    try:
        matches = passwords.matches(found.pin_hash, pin)
    except SignInsCrowded:
        _take_back(found.id, mark)
        raise
    if not matches:
        raise NotSignedIn(WRONG_PIN)
    right = update(VenueDevice).where(VenueDevice.id == found.id, VenueDevice.revoked_at.is_(None))
    with unit_of_work(Sight(secret=mark.hex())) as work:
        if work.change(right.values(pin_failures=0, seen_at=func.now())) != 1 or _of_staff(work, found.account_id) is None:
            raise NotSignedIn(LOCKED)
        return _open(work, found.account_id, found.id)


def _take_back(device_id: uuid.UUID, mark: bytes) -> None:
    """A try that nobody could look at does not count."""
    fewer = update(VenueDevice).where(VenueDevice.id == device_id).values(pin_failures=VenueDevice.pin_failures - 1)
    with unit_of_work(Sight(secret=mark.hex())) as work:
        work.change(fewer)


def _open(work: Work, account_id: uuid.UUID, device_id: uuid.UUID) -> str:
    cookie = new_secret(32)
    lasts = timedelta(hours=adapters().settings.session_hours)
    row = Session(
        hash=adapters().seals.mark("session", cookie),
        account_id=account_id,
        device_id=device_id,
        expires_at=adapters().clock() + lasts,
    )
    work.session.add(row)
    return cookie


def note_use(key: str) -> None:
    """Notes that a device is in use, at most once in an hour."""
    mark = adapters().seals.mark("device", key)
    stale = VenueDevice.seen_at < func.now() - timedelta(hours=1)
    with unit_of_work(Sight(secret=mark.hex())) as work:
        work.change(update(VenueDevice).where(VenueDevice.hash == mark, stale).values(seen_at=func.now()))


def keep_place(key: str, code: str) -> None:
    """Keeps where a device usually is; a code that is none of its venue's leaves the whole house."""
    mark = adapters().seals.mark("device", key)
    with unit_of_work(Sight(secret=mark.hex())) as work:
        wanted = VenueDevice.hash == mark, VenueDevice.revoked_at.is_(None)
        found = work.session.scalar(select(VenueDevice).where(*wanted))
        if found is not None:
            found.place_code = _place(work, found.venue_id, code)


def revoke(actor: Actor, device_id: uuid.UUID) -> None:
    """Ends a device of the actor's venue at once, with the sessions on it; raises NotFound for any other."""
    ended = update(VenueDevice).where(VenueDevice.id == device_id, VenueDevice.venue_id == uuid.UUID(actor.venue_id or ""))
    with unit_of_work(Sight(venue=actor.venue_id or "")) as work:
        if work.change(ended.where(VenueDevice.revoked_at.is_(None)).values(revoked_at=func.now())) != 1:
            raise NotFound
        _end_sessions(work, [device_id])
        _record(work, uuid.UUID(actor.account_id), "device.revoked", device_id)


def give_up(key: str) -> None:
    """The browser itself gives its device up; repeating it is harmless."""
    mark = adapters().seals.mark("device", key)
    ended = update(VenueDevice).where(VenueDevice.hash == mark, VenueDevice.revoked_at.is_(None)).values(revoked_at=func.now())
    with unit_of_work(Sight(secret=mark.hex())) as work:
        found = work.session.execute(ended.returning(VenueDevice.id, VenueDevice.account_id)).one_or_none()
        if found:
            _end_sessions(work, [found.id])
            _record(work, found.account_id, "device.given_up", found.id)


def end_devices_of(work: Work, account_id: uuid.UUID) -> None:
    """Every device and code of an account ends with it; the caller commits."""
    now = func.now()
    of = update(VenueDevice).where(VenueDevice.account_id == account_id, VenueDevice.revoked_at.is_(None)).values(revoked_at=now)
    ended = list(work.session.scalars(of.returning(VenueDevice.id)))
    work.change(update(DeviceCode).where(DeviceCode.account_id == account_id).values(expires_at=now))
    _end_sessions(work, ended)


def _end_sessions(work: Work, devices: list[uuid.UUID]) -> None:
    """Nobody is signed in on these devices any more, and nothing is told to them."""
    live = Session.device_id.in_(devices), Session.revoked_at.is_(None)
    work.change(update(Session).where(*live).values(revoked_at=func.now()))
    told = delete(Subscription).where(Subscription.device_id.in_(devices))
    work.change(told.execution_options(synchronize_session=False))


def _record(work: Work, by: uuid.UUID | None, action: str, subject_id: uuid.UUID) -> None:
    row = {"id": uuid.uuid4(), "actor_id": by, "action": action, "subject": "device", "subject_id": subject_id}
    work.session.execute(insert(AuditEvent.__table__), row)
