"""The roster and the list of numbers of a room: who is to sit where and when, and whom to call when nobody acknowledges."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Text, and_, cast, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from reporting.adapters.sight import Sight
from reporting.domain.categories import CODES
from reporting.domain.deliveries import MAIL, SMS
from reporting.domain.errors import NotFound, Problem, Refused
from reporting.models.account import Account
from reporting.models.organisation import Desk, Organisation
from reporting.models.staffing import PhoneEntry, Shift
from reporting.policy import Actor, scope
from reporting.services import place_ways
from reporting.services.history import record
from reporting.services.place_ways import Listed, is_address
from reporting.services.unit_of_work import Work, unit_of_work
from reporting.services.ways import Owner

ACTION: Final = "roster.edit"
LONGEST: Final = timedelta(hours=24)
MOST_NUMBERS: Final = 20
WORKERS: Final = ("operator", "supervisor")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShift:
    """A line of the roster. `person` is an e-mail address or an account's id, `desk` a name or an id; times carry their zone.
    `skills` are categories, `languages` codes such as `fi`. `line` is where it stands in a file."""

    person: str
    desk: str
    starts_at: datetime
    until: datetime
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True, slots=True)
class NewNumber:
    """Somebody to call; `mail`, and with `sms` the number, are told as well that an incident waits."""

    name: str
    role: str
    number: str
    mail: str = ""
    sms: bool = False


def add_shift(actor: Actor, new: NewShift) -> None:
    """Puts one shift on the roster of the actor's room; one of the same person that begins at the same time is replaced."""
    room = _room(actor)
    with unit_of_work(Sight(organisation=str(room))) as work:
        shift_id = _put(work, room, new)
        record(work, actor, "roster.shift_added", "shift", shift_id)


def remove_shift(actor: Actor, shift_id: uuid.UUID) -> None:
    """Takes a shift off the roster; raises NotFound for absent and not yours alike."""
    room = _room(actor)
    with unit_of_work(Sight(organisation=str(room))) as work:
        gone = work.change(delete(Shift).where(Shift.id == shift_id, Shift.organisation_id == room))
        if not gone:
            raise NotFound
        record(work, actor, "roster.shift_removed", "shift", shift_id)


def set_numbers(actor: Actor, numbers: Sequence[NewNumber]) -> None:
    """Replaces the list of numbers of the actor's room, in this order."""
    room = _room(actor)
    with unit_of_work(Sight(organisation=str(room))) as work:
        _replace_numbers(work, room, numbers)
        record(work, actor, "roster.numbers_set", "organisation", room)


def set_assigning(actor: Actor, wanted: bool) -> None:
    """Whether new work of the actor's room is given to people on shift, or to desks alone."""
    room = _room(actor)
    with unit_of_work(Sight(organisation=str(room))) as work:
        work.session.execute(update(Organisation).where(Organisation.id == room).values(assigns_people=wanted))
        record(work, actor, "roster.assigning_on" if wanted else "roster.assigning_off", "organisation", room)


def load_shifts(slug: str, shifts: Sequence[NewShift]) -> int:
    """Puts a file's shifts on an organisation's roster, all or none; how many. Needs sight of everything."""
    with unit_of_work() as work:
        room = organisation_of(work, slug)
        for new in shifts:
            _put(work, room, new)
    return len(shifts)


def load_numbers(slug: str, numbers: Sequence[NewNumber]) -> int:
    """Replaces an organisation's list of numbers; how many. Needs sight of everything."""
    with unit_of_work() as work:
        _replace_numbers(work, organisation_of(work, slug), numbers)
    return len(numbers)


def set_ladder(slug: str, above: str | None, assigns_people: bool | None) -> None:
    """Which room is told next of what nobody here acknowledges (a slug, empty for the duty desk's), and whether work is given to
    people. None leaves as it is."""
    with unit_of_work() as work:
        room = organisation_of(work, slug)
        values: dict[str, object] = {}
        if above is not None:
            values["escalates_to_id"] = organisation_of(work, above) if above else None
        if assigns_people is not None:
            values["assigns_people"] = assigns_people
        if values.get("escalates_to_id") == room:
            raise Refused("A room does not lie above itself.")
        if values:
            work.session.execute(update(Organisation).where(Organisation.id == room).values(values))


def organisation_of(work: Work, slug: str) -> uuid.UUID:
    """The id behind a slug; raises Refused for an unknown one."""
    found = work.session.scalar(select(Organisation.id).where(Organisation.slug == slug))
    if found is None:
        raise Refused(f"There is no organisation {slug!r}.")
    return found


def _room(actor: Actor) -> uuid.UUID:
    reach = scope(actor, ACTION)
    if reach.organisation_id is None:
        raise NotFound
    return uuid.UUID(reach.organisation_id)


def _put(work: Work, room: uuid.UUID, new: NewShift) -> uuid.UUID:
    account_id, desk_id = _person(work, room, new), _desk(work, room, new)
    _check(work, account_id, new)
    values = {
        "id": uuid.uuid4(),
        "organisation_id": room,
        "account_id": account_id,
        "desk_id": desk_id,
        "starts_at": new.starts_at,
        "until": new.until,
        "skills": list(new.skills),
        "languages": list(new.languages),
    }
    changed = {name: values[name] for name in ("desk_id", "until", "skills", "languages")}
    put = insert(Shift).values(values).on_conflict_do_update(index_elements=["account_id", "starts_at"], set_=changed)
    found: uuid.UUID = work.session.execute(put.returning(Shift.id)).scalar_one()
    return found


def _person(work: Work, room: uuid.UUID, new: NewShift) -> uuid.UUID:
    named = or_(Account.email == new.person.strip().lower(), cast(Account.id, Text) == new.person.strip())
    own = and_(Account.organisation_id == room, Account.role.in_(WORKERS), Account.disabled_at.is_(None))
    found = work.session.scalar(select(Account.id).where(own, named))
    if found is None:
        raise _refused(new, "person", f"there is no operator or supervisor {new.person!r} in this room")
    return found


def _desk(work: Work, room: uuid.UUID, new: NewShift) -> uuid.UUID:
    named = or_(Desk.name == new.desk.strip(), cast(Desk.id, Text) == new.desk.strip())
    found = work.session.scalar(select(Desk.id).where(Desk.organisation_id == room, named))
    if found is None:
        raise _refused(new, "desk", f"there is no desk {new.desk!r} in this room")
    return found


def _check(work: Work, account_id: uuid.UUID, new: NewShift) -> None:
    if new.until <= new.starts_at:
        raise _refused(new, "until", "a shift ends after it begins")
    if new.until - new.starts_at > LONGEST:
        raise _refused(new, "until", "a shift lasts 24 hours at most")
    unknown = [skill for skill in new.skills if skill not in CODES]
    if unknown:
        raise _refused(new, "skills", f"there is no category {unknown[0]!r}; there are {', '.join(CODES)}")
    other = (Shift.account_id == account_id, Shift.starts_at != new.starts_at)
    crossing = (Shift.starts_at < new.until, Shift.until > new.starts_at)
    if work.session.scalar(select(Shift.id).where(*other, *crossing).limit(1)):
        raise _refused(new, "from", "this person has another shift at that time")


def _refused(new: NewShift, field: str, why: str) -> Refused:
    where = f"Line {new.line}: " if new.line else ""
    sentence = f"{where}{why if where else why[:1].upper() + why[1:]}."
    return Refused(sentence, (Problem(field, "invalid", sentence),))


def _replace_numbers(work: Work, room: uuid.UUID, numbers: Sequence[NewNumber]) -> None:
    if len(numbers) > MOST_NUMBERS:
        raise Refused(f"At most {MOST_NUMBERS} numbers: whoever reads them is in a hurry.")
    work.session.execute(delete(PhoneEntry).where(PhoneEntry.organisation_id == room))
    for position, each in enumerate(numbers, start=1):
        if not each.name.strip() or not any(character.isdigit() for character in each.number):
            raise Refused(f"Entry {position} needs a name and a number.", (Problem("numbers", "invalid", "Name; role; number."),))
        work.session.add(
            PhoneEntry(
                organisation_id=room,
                position=position,
                name=each.name.strip(),
                role=each.role.strip(),
                number=each.number.strip(),
                mail=each.mail.strip(),
                sms=each.sms,
            )
        )
    place_ways.keep(work, Owner("organisation_id", room), _listed(numbers))


def _listed(numbers: Sequence[NewNumber]) -> list[Listed]:
    """Who is told, and how. Refuses an address to which nothing can be sent."""
    found = [Listed(MAIL, each.mail) for each in numbers if each.mail.strip()]
    found += [Listed(SMS, each.number) for each in numbers if each.sms]
    for each in found:
        if not is_address(each.channel, each.address):
            said = f"Messages cannot be sent to {each.address[:60]!r}."
            raise Refused(said, (Problem("numbers", "invalid", said),))
    return found
