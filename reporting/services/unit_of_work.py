"""One public service function is one transaction; this is the only place that commits.

The essay, once: a service does its work inside `with unit_of_work(sight) as work:`. When the block ends without an error the
transaction commits, and only then the doorbells it asked for are rung, because a bell that rings before the commit wakes
somebody to an empty doormat. When the block raises, everything is rolled back and nobody is woken. Nothing slow (HTTP,
mail, hashing of passwords) belongs inside the block: it would hold locks that others wait for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.orm import Session

from reporting.adapters.sight import Sight, apply_sight
from reporting.bootstrap import adapters
from reporting.extensions import db


@dataclass(slots=True)
class Work:
    """The open transaction of a service and the bells to ring when it has committed."""

    session: Session
    bells: set[str] = field(default_factory=set)

    def change(self, statement: Executable) -> int:
        """Runs a changing statement and returns how many rows it changed."""
        return cast("CursorResult[Any]", self.session.execute(statement)).rowcount

    def ring(self, channel: str) -> None:
        """Asks for a doorbell after the commit."""
        self.bells.add(channel)


@contextmanager
def unit_of_work(sight: Sight | None = None) -> Iterator[Work]:
    """A transaction with the ORM session; see the module's essay."""
    work = Work(db.session())
    try:
        if sight is not None:
            apply_sight(work.session, sight)
        yield work
        work.session.commit()
    except BaseException:
        work.session.rollback()
        raise
    _ring(work.bells)


@contextmanager
def lean_unit_of_work(*channels: str) -> Iterator[Connection]:
    """The same promise on a bare connection, for the intake path, where a session's bookkeeping costs three times as much."""
    with db.engine.begin() as connection:
        yield connection
    _ring(set(channels))


def _ring(channels: set[str]) -> None:
    for channel in channels:
        adapters().doorbell.ring(channel)
