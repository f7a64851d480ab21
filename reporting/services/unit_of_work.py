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

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import CursorResult, Executable
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from reporting.adapters.sight import Sight, apply_sight
from reporting.bootstrap import INTAKE, adapters, close_idle
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
def one_statement_work(*channels: str) -> Iterator[psycopg.Connection[Any]]:
    """For the intake path: a connection without SQLAlchemy around it, on which each statement is a transaction of its own,
    committed by PostgreSQL with the statement itself.

    The promise above holds for work that writes with exactly one statement. Against a session it saves two round trips and
    most of the time between them; errors come as SQLAlchemy's, as everywhere else.
    """
    try:
        with _pooled() as connection:
            yield connection
    except psycopg.Error as error:
        lost = isinstance(error, psycopg.OperationalError) and error.sqlstate is None
        raise DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=lost) from error
    _ring(set(channels))


@contextmanager
def _pooled() -> Iterator[psycopg.Connection[Any]]:
    """The connection that commits each statement; a broken one takes the idle ones of the process with it."""
    pooled = db.engines[INTAKE].raw_connection()
    connection = cast("psycopg.Connection[Any]", pooled.driver_connection)
    try:
        yield connection
    finally:
        if connection.info.transaction_status is TransactionStatus.IDLE:
            pooled.close()
        else:
            pooled.invalidate()
            close_idle()


def _ring(channels: set[str]) -> None:
    for channel in channels:
        adapters().doorbell.ring(channel)
