"""What a venue's manager keeps up to date: facts for operators, the four procedures, and the zones of the house.

Who writes says which version they saw: two managers at once cannot undo each other without noticing.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from reporting.adapters.sight import Sight
from reporting.domain.deliveries import MAIL, SMS
from reporting.domain.errors import NotFound, Problem, Refused, VersionConflict
from reporting.domain.premises import (
    CLOCK,
    LARGEST_CAPACITY,
    MOST_CONTACTS,
    MOST_STEPS,
    PROCEDURES,
    Contact,
    kept_lines,
    one_line,
)
from reporting.models.venue import PlaceCode, Venue
from reporting.models.workspace import VenueFacts, VenueProcedure
from reporting.policy import Actor
from reporting.services import place_ways, venues
from reporting.services.history import record
from reporting.services.jurisdictions import map_changed
from reporting.services.place_ways import Listed, is_address
from reporting.services.unit_of_work import Work, unit_of_work
from reporting.services.ways import Owner

LONGEST_LABEL: Final = 80
LONGEST_HOURS: Final = 300
LONGEST_WAY: Final = 200
MOST_ZONES: Final = 200
"""Of a venue, ended ones included: codes are short, and there are not endlessly many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the form says; `exits` and `cameras` have one line each."""

    opening_hours: str
    capacity: int | None
    exits: str
    cameras: str
    contacts: tuple[Contact, ...]


def save_facts(actor: Actor, version: int, facts: Facts) -> int:
    """Keeps the facts and returns their new version. Refuses what does not fit, all at once; raises VersionConflict when somebody
    else saved since `version`, which is 0 for a venue that has none yet."""
    rows = _checked(facts)
    with unit_of_work(Sight(venue=actor.venue_id or "")) as work:
        venue = work.session.get_one(Venue, _venue_id(actor), with_for_update=True, populate_existing=True)
        kept = work.session.scalar(select(VenueFacts).where(VenueFacts.venue_id == venue.id))
        current = kept.version if kept else 0
        if current != version:
            raise VersionConflict(version, current)
        values = {**rows, "version": current + 1, "changed_by": uuid.UUID(actor.account_id), "changed_at": func.now()}
        if kept:
            work.session.execute(update(VenueFacts).where(VenueFacts.venue_id == venue.id).values(**values))
        else:
            work.session.execute(insert(VenueFacts.__table__).values(id=uuid.uuid4(), venue_id=venue.id, **values))
        venue.opening_hours = one_line(facts.opening_hours)
        place_ways.keep(work, Owner("venue_id", venue.id), _listed(facts))
        record(work, actor, "venue.facts_saved", "venue", venue.id)
    return current + 1


def _listed(facts: Facts) -> list[Listed]:
    """The contacts who want messages as well, with their hours."""
    found = []
    for each in facts.contacts:
        always = not each.days and not each.start
        hours = None if always else {"days": list(each.days), "start": each.start, "until": each.until}
        found += [Listed(MAIL, each.mail, hours)] if each.mail else []
        found += [Listed(SMS, each.phone, hours)] if each.sms else []
    return found


def _venue_id(actor: Actor) -> uuid.UUID:
    if actor.venue_id is None:
        raise NotFound
    return uuid.UUID(actor.venue_id)


def _checked(facts: Facts) -> dict[str, object]:
    problems: list[Problem] = []
    kept: dict[str, object] = {"capacity": facts.capacity}
    for name in ("exits", "cameras"):
        try:
            kept[name] = kept_lines(getattr(facts, name))
        except ValueError as error:
            problems.append(Problem(name, "too_long", str(error)))
    if facts.capacity is not None and not 0 < facts.capacity <= LARGEST_CAPACITY:
        problems.append(Problem("capacity", "invalid", "Write how many people fit in, as a number."))
    if len(facts.opening_hours) > LONGEST_HOURS:
        problems.append(Problem("opening_hours", "too_long", "Write this shorter."))
    contacts = [each for each in facts.contacts if each.name or each.phone or each.mail]
    problems += _wrong_contacts(contacts)
    if problems:
        raise Refused("Please look at this again.", tuple(problems))
    return {**kept, "contacts": [each.as_json() for each in contacts[:MOST_CONTACTS]]}


def _wrong_contacts(contacts: Sequence[Contact]) -> list[Problem]:
    found = []
    for number, each in enumerate(contacts):
        field = f"contacts.{number}"
        if not each.phone or not any(character.isdigit() for character in each.phone):
            found.append(Problem(field, "phone", "Each contact needs a number to call."))
        if bool(each.start) != bool(each.until) or any(hour and not CLOCK.fullmatch(hour) for hour in (each.start, each.until)):
            found.append(Problem(field, "hours", "Write both hours like 08:00, or leave both empty."))
        if (each.mail and not is_address(MAIL, each.mail)) or (each.sms and not is_address(SMS, each.phone)):
            found.append(Problem(field, "address", "Messages cannot be sent to this address or number."))
        if max(len(each.name), len(each.role), len(each.phone)) > LONGEST_LABEL:
            found.append(Problem(field, "too_long", "Write this shorter."))
    return found


def save_procedure(actor: Actor, kind: str, version: int, steps: str) -> int:
    """Adds the next version of a procedure and returns its number. Refuses too many or too long steps; raises VersionConflict
    when another one was added since `version`, NotFound for a kind there is not."""
    if kind not in PROCEDURES:
        raise NotFound
    try:
        kept = kept_lines(steps, MOST_STEPS)
    except ValueError as error:
        raise Refused("Please look at this again.", (Problem("steps", "too_long", str(error)),)) from None
    venue = _venue_id(actor)
    row = {"id": uuid.uuid4(), "venue_id": venue, "kind": kind, "steps": kept, "changed_by": uuid.UUID(actor.account_id)}
    of_kind = VenueProcedure.venue_id == venue, VenueProcedure.kind == kind
    try:
        with unit_of_work(Sight(venue=str(venue))) as work:
            current = work.session.scalar(select(func.coalesce(func.max(VenueProcedure.version), 0)).where(*of_kind)) or 0
            if current != version:
                raise VersionConflict(version, current)
            work.session.execute(insert(VenueProcedure.__table__), {**row, "version": version + 1})
            record(work, actor, f"venue.{kind}_saved", "venue", venue)
    except IntegrityError:
        raise VersionConflict(version, version + 1) from None
    return version + 1


def add_zone(actor: Actor, label: str, way_in: str) -> str:
    """Adds a zone with a code of its own, at the venue's point; returns the code. Refuses one without a name."""
    with unit_of_work() as work:
        venue = work.session.get_one(Venue, _venue_id(actor))
        if (work.session.scalar(select(func.count()).where(PlaceCode.venue_id == venue.id)) or 0) >= MOST_ZONES:
            raise Refused("Too many zones.", (Problem("label", "too_many", "There are too many zones. Rename one."),))
        code = venues.new_code(work, venue, _label(label))
        work.session.flush()
        _way_in(work, code, way_in)
        map_changed(work)
        record(work, actor, "venue.zone_added", "venue", venue.id)
    return code


def change_zone(actor: Actor, code: str, label: str, way_in: str) -> None:
    """Renames a zone of the actor's venue; the whole house keeps its empty name. Raises NotFound for any other code."""
    with unit_of_work() as work:
        found = _zone(work, actor, code)
        if found.label:
            found.label = _label(label)
        _way_in(work, found.code, way_in)
        map_changed(work)
        record(work, actor, "venue.zone_changed", "venue", found.venue_id)


def end_zone(actor: Actor, code: str) -> None:
    """Takes a zone's code out of use. Refuses the last one: reports of the house would have no place."""
    with unit_of_work() as work:
        found = _zone(work, actor, code)
        others = select(func.count()).where(PlaceCode.venue_id == found.venue_id, PlaceCode.revoked_at.is_(None))
        if (work.session.scalar(others) or 0) < 2:
            raise Refused("This is the last code of the house. Add another one first.")
        found.revoked_at = func.now()
        map_changed(work)
        record(work, actor, "venue.zone_ended", "venue", found.venue_id)


def _zone(work: Work, actor: Actor, code: str) -> PlaceCode:
    wanted = PlaceCode.code == one_line(code), PlaceCode.venue_id == _venue_id(actor), PlaceCode.revoked_at.is_(None)
    found = work.session.scalar(select(PlaceCode).where(*wanted).with_for_update())
    if found is None:
        raise NotFound
    return found


def _way_in(work: Work, code: str, words: str) -> None:
    work.session.execute(update(PlaceCode).where(PlaceCode.code == code).values(way_in=one_line(words)[:LONGEST_WAY]))


def _label(words: str) -> str:
    label = one_line(words)
    if not label or len(label) > LONGEST_LABEL:
        raise Refused("A name is needed.", (Problem("label", "required", "Give the zone a short name."),))
    return label
