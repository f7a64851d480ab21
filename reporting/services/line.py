"""The line's letters: claims the outbox rows of a step, does the step, and posts the next one, all in one commit.

Whoever works here (a Celery worker or the relay itself) holds each row locked while it works on it. A row that is gone was
done by somebody else, a row that is locked is being done; both are skipped, so every step takes effect exactly once
however often it is asked for. A batch that fails is repeated one by one, so that a poisoned report stops nobody but itself:
its row counts the attempt, waits (5 s doubling to 30 min), and after five attempts becomes a dead letter for a person to see.
Troubles that pass (a lock not granted in time, a deadlock, a lost connection) are not the report's fault and count nothing,
nor does what nobody can do yet: while there is no organisation, or none that may see it, a report waits for one.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import structlog
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import ColumnElement, case, delete, func, or_, select, text, update
from sqlalchemy.exc import DBAPIError

from reporting import jobs
from reporting.domain.errors import NotYet
from reporting.models.outbox import Outbox
from reporting.services.unit_of_work import Work, unit_of_work

MOST_ATTEMPTS: Final = 5
FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(minutes=30)
A_MOMENT: Final = timedelta(milliseconds=50)
SHORT_WAIT: Final = timedelta(milliseconds=500)
SLOW_WAIT: Final = timedelta(seconds=60)
"""How long a letter of slow work counts as being done: rung for every three seconds, a hundred pictures that wait for one worker
would become thousands of messages."""
NOT_YET_WAIT: Final = timedelta(seconds=30)
BATCH: Final = 50
"""How many letters one ring names."""
MOST_AT_ONCE: Final = 120
"""How many letters who was rung for takes up at most, with those that wait. What a batch costs by itself is much beside what a
report costs: who may take no more than one ring names stays behind once behind."""

_CLAIM: Final = text("""
    with named as (
        select id, subject_id from outbox where job = :job and subject_id = any(:ids) and dead_at is null
        for update skip locked
    ), waiting as (
        select id, subject_id from outbox where job = :job and dispatched_at is not null and dead_at is null and attempts = 0
            and subject_id <> all(:ids)
        order by dispatched_at limit :room for update skip locked
    )
    select id, subject_id from named union all select id, subject_id from waiting order by id
""")
_FINISH: Final = text("""
    with put_off as (
        update outbox set job = cast(:reached as text), dispatched_at = null, due_at = now() + :moment
        where id = any(cast(:again as bigint[]))
    ), done as (
        delete from outbox where id = any(cast(:done as bigint[])) returning id, subject_id
    )
    insert into outbox (job, subject_id, dispatched_at)
    select cast(:next as text), subject_id, now() from done where cast(:next as text) is not null order by id
    on conflict do nothing
""")
"""The next step's letters count as rung: whoever did this step goes straight on, and the relay looks after 3 s."""

Step = Callable[[Work, Sequence[uuid.UUID]], Sequence[uuid.UUID] | None]
"""Does a step for claimed subjects; may return those that have to come again in a moment."""
Errand = Callable[[uuid.UUID], bool]
"""Does one errand in its own time; whether its letter may go."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Letter:
    """One claimed outbox row."""

    id: int
    job: str
    subject_id: uuid.UUID


def work_off(job: str, subject_ids: Sequence[uuid.UUID], step: Step) -> list[uuid.UUID]:
    """Does the step for those of the subjects that still need it; returns the ones that are done now.

    Who is asked for the first step also takes along, up to MOST_AT_ONCE, what others were asked for and have not begun:
    when the line is behind, its batches grow by themselves, and the later ring finds an empty doormat.
    """
    room = max(0, MOST_AT_ONCE - len(subject_ids)) if job == jobs.LINE[0] else 0
    try:
        return _together(job, subject_ids, step, room)
    except Exception as error:
        if _passes(error) or (isinstance(error, NotYet) and error.for_all):
            _put_back(job, subject_ids, error)
            return []
    return [done for subject_id in subject_ids for done in _alone(job, subject_id, step)]


def work_through(subject_ids: Sequence[uuid.UUID], walk: Step) -> list[uuid.UUID] | None:
    """Does the whole line for those of the subjects that are at its beginning, in one commit; returns the ones that reached
    its end, or None where something failed and nothing was done: then each step has its turn by itself.

    What `walk` returns is put off at the last step, with all that was done before. Others' letters are taken along as by
    `work_off`.
    """
    try:
        return _together(jobs.LINE[0], subject_ids, walk, max(0, MOST_AT_ONCE - len(subject_ids)), reached=jobs.LINE[-1])
    except Exception as error:
        if _passes(error):
            _put_back(jobs.LINE[0], subject_ids, error)
            return []
        log.warning("line.step_by_step", count=len(subject_ids), error=_kind(error), reason=where(error))
        return None


def work_off_errands(job: str, subject_ids: Sequence[uuid.UUID], do: Errand) -> list[uuid.UUID]:
    """Does errands, which hold no letter locked while they work; returns those whose letter went.

    An errand may take many seconds, so it keeps transactions of its own and must see to it that it is done once. Its letter
    goes when `do` says so; until then the relay rings again, so that an errand whose worker died is begun anew.
    """
    done = []
    for subject_id in subject_ids:
        try:
            if do(subject_id):
                with unit_of_work() as work:
                    work.session.execute(delete(Outbox).where(Outbox.job == job, Outbox.subject_id == subject_id))
                done.append(subject_id)
        except Exception as error:
            _put_back(job, [subject_id], error)
    return done


def _alone(job: str, subject_id: uuid.UUID, step: Step) -> list[uuid.UUID]:
    try:
        return _together(job, [subject_id], step, room=0)
    except Exception as error:
        _put_back(job, [subject_id], error)
        return []


def _together(job: str, subject_ids: Sequence[uuid.UUID], step: Step, room: int, reached: str | None = None) -> list[uuid.UUID]:
    with unit_of_work() as work:
        rows = work.session.execute(_CLAIM, {"job": job, "ids": list(subject_ids), "room": room}).all()
        if not rows:
            return []
        again = set(step(work, [row.subject_id for row in rows]) or ())
        done = [row for row in rows if row.subject_id not in again]
        put_off = [row.id for row in rows if row.subject_id in again]
        reached = reached or job
        finished = {"done": [row.id for row in done], "again": put_off, "moment": A_MOMENT}
        finished |= {"reached": reached, "next": _next(reached)}
        work.session.execute(_FINISH, finished)
    return [row.subject_id for row in done]


def _next(job: str) -> str | None:
    position = jobs.LINE.index(job) + 1
    return jobs.LINE[position] if position < len(jobs.LINE) else None


def _passes(error: Exception) -> bool:
    return _is_lost(error) or isinstance(getattr(error, "orig", None), LockNotAvailable | DeadlockDetected)


def _is_lost(error: Exception) -> bool:
    """Whether the connection broke: also when the server threw us out of a transaction that we slept in."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _put_back(job: str, subject_ids: Sequence[uuid.UUID], error: Exception) -> None:
    """Counts the attempt and sets when to try again; a failure that passes is only tried again soon, and what nobody can do yet
    waits as long as it takes, and says so."""
    passing = _passes(error)
    log.warning("line.put_back", job=job, count=len(subject_ids), error=_kind(error), reason=where(error))
    if _is_lost(error):
        return
    rows = Outbox.job == job, Outbox.subject_id.in_(subject_ids), Outbox.dead_at.is_(None)
    with unit_of_work() as work:
        if isinstance(error, NotYet):
            waiting = {"dispatched_at": None, "due_at": func.now() + NOT_YET_WAIT, "last_error": f"{jobs.WAITS}{error}"}
            work.session.execute(update(Outbox).where(*rows).values(waiting))
            return
        if passing:
            work.session.execute(update(Outbox).where(*rows).values(dispatched_at=None, due_at=func.now() + SHORT_WAIT))
            return
        wait = func.least(FIRST_WAIT * func.power(2, Outbox.attempts), LONGEST_WAIT)
        work.session.execute(
            update(Outbox)
            .where(*rows)
            .values(
                attempts=Outbox.attempts + 1,
                last_error=f"{_kind(error)} at {where(error)}",
                dispatched_at=None,
                due_at=func.now() + wait,
                dead_at=case((Outbox.attempts + 1 >= MOST_ATTEMPTS, func.now()), else_=None),
            )
        )


def _kind(error: Exception) -> str:
    """The name of the fault; of one that the database reports, the database's own name for it."""
    return type(getattr(error, "orig", None) or error).__name__


def where(error: BaseException) -> str:
    """File and line of our innermost frame: the place of the fault without a word of what a person wrote."""
    found, frame = "", error.__traceback__
    while frame is not None:
        name = frame.tb_frame.f_code.co_filename
        if "/reporting/" in name or "/worker/" in name:
            found = f"{name.rsplit('/', 2)[-2]}/{name.rsplit('/', 1)[-1]}:{frame.tb_lineno}"
        frame = frame.tb_next
    return found


def claim_new(limit: int) -> list[Letter]:
    """Marks due letters as rung and returns them, oldest first, those that stand behind last; two relays never ring for the
    same letter."""
    unrung = Outbox.dispatched_at.is_(None), Outbox.due_at <= func.now()
    letters = _ring_for((*unrung, Outbox.behind.is_(False)), Outbox.due_at, limit)
    if len(letters) < limit:
        letters += _ring_for((*unrung, Outbox.behind.is_(True)), Outbox.due_at, limit - len(letters))
    return letters


def claim_stale(older_than: timedelta, limit: int) -> list[Letter]:
    """Letters that were rung for and not done in time. Their new ring counts from now: nobody takes them up at once again."""
    in_time = or_(Outbox.job.not_in(jobs.SLOW), Outbox.dispatched_at < func.now() - max(older_than, SLOW_WAIT))
    return _ring_for((Outbox.dispatched_at < func.now() - older_than, in_time), Outbox.dispatched_at, limit)


def _ring_for(conditions: tuple[ColumnElement[bool], ...], order: Any, limit: int) -> list[Letter]:
    chosen = (
        select(Outbox.id)
        .where(*conditions, Outbox.dead_at.is_(None))
        .order_by(order)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with unit_of_work() as work:
        rows = work.session.execute(
            update(Outbox)
            .where(Outbox.id.in_(chosen.scalar_subquery()))
            .values(dispatched_at=func.now())
            .returning(Outbox.id, Outbox.job, Outbox.subject_id)
        ).all()
    return sorted((_letter(row) for row in rows), key=lambda letter: letter.id)


def _letter(row: Any) -> Letter:
    return Letter(row.id, row.job, row.subject_id)


def beat_pulse(process: str) -> None:
    """Notes that a process of the line is alive."""
    with unit_of_work() as work:
        work.session.execute(
            text(
                "insert into pulse (process, at) values (:process, clock_timestamp())"
                " on conflict (process) do update set at = excluded.at"
            ),
            {"process": process},
        )


def is_silent(process: str, longer_than: timedelta) -> bool:
    """Whether a process has given no sign of life for so long, by the database's clock; one that never did is silent."""
    asked = text("select at > clock_timestamp() - :span from pulse where process = :process")
    with unit_of_work() as work:
        return not work.session.scalar(asked, {"process": process, "span": longer_than})
