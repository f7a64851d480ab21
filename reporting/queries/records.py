"""A venue's books as its people read them: trainings, drills, first looks and made cases of one year; places with a code."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import extract, func, select, text
from sqlalchemy.orm import Session

from reporting.adapters.sight import Sight, reading
from reporting.bootstrap import adapters
from reporting.models.account import Account
from reporting.models.exercise import Drill, HotDrill, Training
from reporting.models.venue import PlaceCode, Venue
from reporting.policy import Actor, scope

READING: Final = "records.read"
STAFF: Final = ("venue_staff", "venue_manager")


@dataclass(frozen=True, slots=True)
class Trained:
    """A training of somebody, with their name."""

    id: str
    name: str
    kind: str
    title: str
    done_on: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Held:
    """A drill that was held."""

    id: str
    kind: str
    held_on: date
    people: int
    minutes: int
    went_wrong: str


@dataclass(frozen=True, slots=True)
class Counts:
    """First looks that the house was asked for and that its people answered, within how many seconds half of them; made cases
    that were answered, and how many rightly."""

    asked: int = 0
    answered: int = 0
    half_within_s: int = 0
    cases: int = 0
    right: int = 0


@dataclass(frozen=True, slots=True)
class Books:
    """One year of a house. `staff` are its people as (id, name)."""

    venue: str
    address: str
    year: int
    today: date
    trainings: tuple[Trained, ...]
    drills: tuple[Held, ...]
    counts: Counts
    staff: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """A place with its code; `revoked_at` once it is out of use."""

    code: str
    label: str
    revoked_at: datetime | None


_COUNTS: Final = text("""
    select count(*) as asked, count(*) filter (where state = 'answered') as answered,
        coalesce(percentile_cont(0.5) within group (order by extract(epoch from ended_at - asked_at))
            filter (where state = 'answered'), 0) as half
    from first_look where venue_id = cast(:venue as uuid) and extract(year from asked_at at time zone :zone) = :year
""")


def books(actor: Actor, year: int | None = None) -> Books:
    """The books of the actor's house in a year, the running one where none is given."""
    venue = scope(actor, READING).venue_id
    zone = adapters().settings.time_zone
    with reading(Sight(venue=venue or "")) as session:
        today = session.scalar(select(func.date(func.timezone(zone, func.now()))))
        assert today is not None
        chosen = year or today.year
        house = session.execute(select(Venue.name, Venue.address).where(Venue.id == venue)).one_or_none()
        return Books(
            venue=house.name if house else "",
            address=house.address if house else "",
            year=chosen,
            today=today,
            trainings=_trainings(session, venue, chosen),
            drills=_drills(session, venue, chosen),
            counts=_counts(session, {"venue": venue, "zone": zone, "year": chosen}),
            staff=_staff(session, venue),
        )


def _trainings(session: Session, venue: str | None, year: int) -> tuple[Trained, ...]:
    """Those of the year, and those of before that still count in it."""
    rows = session.execute(
        select(Training, Account.name)
        .join(Account, Account.id == Training.account_id)
        .where(Training.venue_id == venue, Training.withdrawn_at.is_(None))
        .where(Training.done_on <= date(year, 12, 31), Training.valid_until >= date(year, 1, 1))
        .order_by(Training.done_on.desc(), Account.name)
    )
    return tuple(_trained(row.Training, row.name) for row in rows)


def _trained(row: Training, name: str) -> Trained:
    return Trained(str(row.id), name, row.kind, row.title, row.done_on, row.valid_until)


def _drills(session: Session, venue: str | None, year: int) -> tuple[Held, ...]:
    rows = session.scalars(
        select(Drill)
        .where(Drill.venue_id == venue, Drill.withdrawn_at.is_(None), extract("year", Drill.held_on) == year)
        .order_by(Drill.held_on.desc(), Drill.created_at.desc())
    )
    return tuple(Held(str(row.id), row.kind, row.held_on, row.people, row.minutes, row.went_wrong) for row in rows)


def _counts(session: Session, asked: dict[str, Any]) -> Counts:
    looks = session.execute(_COUNTS, asked).one()
    played = session.execute(
        select(func.coalesce(func.sum(HotDrill.answered), 0), func.coalesce(func.sum(HotDrill.correct), 0)).where(
            HotDrill.venue_id == asked["venue"], extract("year", HotDrill.month) == asked["year"]
        )
    ).one()
    return Counts(looks.asked, looks.answered, round(looks.half), int(played[0]), int(played[1]))


def _staff(session: Session, venue: str | None) -> tuple[tuple[str, str], ...]:
    wanted = Account.venue_id == venue, Account.role.in_(STAFF), Account.disabled_at.is_(None)
    rows = session.execute(select(Account.id, Account.name).where(*wanted).order_by(Account.name))
    return tuple((str(row.id), row.name) for row in rows)


def codes(actor: Actor) -> tuple[Code, ...]:
    """Every code of the actor's house, those in use first, in the order of their labels."""
    venue = scope(actor, "poster.print").venue_id
    with reading() as session:
        rows = session.scalars(
            select(PlaceCode)
            .where(PlaceCode.venue_id == venue)
            .order_by(PlaceCode.revoked_at.is_not(None), PlaceCode.label, PlaceCode.code)
        ).all()
    return tuple(Code(row.code, row.label, row.revoked_at) for row in rows)
