"""A venue's own books: its manager notes trainings and drills; everybody answers made cases, which are counted without a name."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Final

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from reporting.adapters.sight import Sight
from reporting.bootstrap import adapters
from reporting.domain.errors import Forbidden, NotFound, Problem, Refused
from reporting.domain.exercise import (
    CASES_IN_A_DRILL,
    DRILLS,
    LONGEST_YEARS,
    MOST_MINUTES,
    MOST_PEOPLE,
    TRAININGS,
    Case,
    NewDrill,
    NewTraining,
    after,
    cases,
)
from reporting.models.account import Account
from reporting.models.exercise import Drill, HotDrill, Training
from reporting.policy import Actor, scope
from reporting.services.cases import key_of
from reporting.services.history import record
from reporting.services.unit_of_work import Work, unit_of_work

KEEPING: Final = "records.keep"
READING: Final = "records.read"
STAFF: Final = ("venue_staff", "venue_manager")
LOGS: Final[dict[str, type[Training] | type[Drill]]] = {"training": Training, "drills": Drill}


def note_training(actor: Actor, new: NewTraining, today: date) -> None:
    """Notes a training. Refuses a day to come, an end before the day or ten years after it, and people of other houses."""
    problems = _problems_of_days(new.done_on, today, "done_on")
    if new.kind not in TRAININGS:
        problems.append(Problem("kind", "choice", "Choose what it was."))
    if new.kind == "other" and not new.title:
        problems.append(Problem("title", "required", "Write what it was."))
    if not new.done_on <= new.valid_until <= after(new.done_on, LONGEST_YEARS):
        problems.append(Problem("valid_until", "range", "Choose an end after the day, within ten years."))
    _refuse(problems)
    venue = _venue(actor, KEEPING)
    with unit_of_work(Sight(venue=venue)) as work:
        person = work.session.scalar(_staff(venue).where(Account.id == key_of(new.person)))
        if person is None:
            raise Refused("Who?", (Problem("person", "choice", "Choose somebody who works here."),))
        row = {"account_id": person.id, "kind": new.kind, "title": new.title}
        _keep(work, actor, Training, {**row, "done_on": new.done_on, "valid_until": new.valid_until, "venue_id": venue})


def note_drill(actor: Actor, new: NewDrill, today: date) -> None:
    """Notes a drill. Refuses a day to come and numbers that cannot be."""
    problems = _problems_of_days(new.held_on, today, "held_on")
    if new.kind not in DRILLS:
        problems.append(Problem("kind", "choice", "Choose which drill."))
    if not 1 <= new.people <= MOST_PEOPLE:
        problems.append(Problem("people", "range", "Say how many people took part."))
    if not 1 <= new.minutes <= MOST_MINUTES:
        problems.append(Problem("minutes", "range", "Say how many minutes it took, a day at most."))
    _refuse(problems)
    venue = _venue(actor, KEEPING)
    row = {"kind": new.kind, "held_on": new.held_on, "people": new.people, "minutes": new.minutes, "went_wrong": new.went_wrong}
    with unit_of_work(Sight(venue=venue)) as work:
        _keep(work, actor, Drill, {**row, "venue_id": venue})


def _problems_of_days(day: date, today: date, name: str) -> list[Problem]:
    if not after(day, LONGEST_YEARS) >= today >= day:
        return [Problem(name, "range", "Choose a day that is past, within ten years.")]
    return []


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refused("Something is missing.", tuple(problems))


def _keep(work: Work, actor: Actor, table: type[Training] | type[Drill], row: Mapping[str, object]) -> None:
    key = uuid.uuid4()
    work.session.execute(insert(table.__table__), {**row, "id": key, "noted_by": actor.name})  # type: ignore[arg-type]
    record(work, actor, f"{table.__tablename__}.noted", table.__tablename__, key)


def withdraw(actor: Actor, log: str, entry: uuid.UUID) -> None:
    """Takes an entry out that was a mistake; it stays in the table and counts for nothing. Raises NotFound for others'."""
    table, venue = LOGS[log], _venue(actor, KEEPING)
    with unit_of_work(Sight(venue=venue)) as work:
        own = table.id == entry, table.venue_id == venue, table.withdrawn_at.is_(None)
        if not work.change(update(table).where(*own).values(withdrawn_at=func.now())):
            raise NotFound
        record(work, actor, f"{table.__tablename__}.withdrawn", table.__tablename__, entry)


def deal() -> tuple[Case, ...]:
    """Some cases for a drill of a minute, by chance."""
    return tuple(adapters().random.sample(list(cases().values()), CASES_IN_A_DRILL))


def play(actor: Actor, answers: Mapping[str, bool], month: date) -> int:
    """Counts the answers (case -> "HOT") for the house and the month, without a name; returns how many were right. Refuses cases
    that are none, and more than a drill has."""
    known = cases()
    if not 0 < len(answers) <= CASES_IN_A_DRILL or not set(answers) <= set(known):
        raise Refused("Answer at least one case.", (Problem("cases", "required", "Answer at least one case."),))
    venue = _venue(actor, READING)
    right = {key: known[key].is_hot == said for key, said in answers.items()}
    with unit_of_work(Sight(venue=venue)) as work:
        for key, correct in sorted(right.items()):
            row = {"venue_id": venue, "month": month.replace(day=1), "case_key": key, "answered": 1, "correct": int(correct)}
            more = {"answered": HotDrill.answered + 1, "correct": HotDrill.correct + int(correct)}
            counting = upsert(HotDrill).values(row)
            work.session.execute(counting.on_conflict_do_update(index_elements=["venue_id", "month", "case_key"], set_=more))
    return sum(right.values())


def _venue(actor: Actor, action: str) -> str:
    venue = scope(actor, action).venue_id
    if venue is None:
        raise Forbidden("This account belongs to no venue.")
    return venue


def _staff(venue: str) -> Select[Account]:
    return select(Account).where(Account.venue_id == venue, Account.role.in_(STAFF), Account.disabled_at.is_(None))
