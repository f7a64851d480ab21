"""For whom a transaction reads: tells PostgreSQL's row security before the first query, in one statement.

A transaction that says nothing sees no report and no incident. Processes of the line are connected with `system` sight.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from reporting.extensions import db


@dataclass(frozen=True, slots=True)
class Sight:
    """Values of the `reporting.*` settings that row security reads; empty strings see nothing.

    `receipt` is the hex of a receipt's keyed hash, `secret` that of a device's key or sign-in code, `incidents` a comma-separated
    list of ids, `chosen` one way to be told.
    """

    reach: str = ""
    organisation: str = ""
    duty: str = ""
    account: str = ""
    receipt: str = ""
    incidents: str = ""
    venue: str = ""
    secret: str = ""
    chosen: str = ""


SYSTEM_SIGHT = Sight(reach="system")


def apply_sight(target: Session | Connection, sight: Sight, *, only_reading: bool = False) -> None:
    """Sets the sight for the rest of the current transaction; `only_reading`: PostgreSQL refuses to write in it from now on."""
    values = [(f"reporting.{field.name}", getattr(sight, field.name)) for field in fields(Sight)]
    chosen = [(name, value) for name, value in values if value] + [("transaction_read_only", "on")] * only_reading
    if chosen:
        target.execute(select(*(func.set_config(name, value, True) for name, value in chosen)))


@contextmanager
def reading(sight: Sight | None = None) -> Iterator[Session]:
    """A session for reading. What was read stays readable afterwards, apart from the session.

    It ends as a transaction that went well: on a rollback the driver forgets the plans that it has prepared.
    """
    session = db.session()
    try:
        if sight is not None:
            apply_sight(session, sight, only_reading=True)
        yield session
    except BaseException:
        session.expunge_all()
        session.rollback()
        raise
    session.expunge_all()
    session.commit()


@contextmanager
def rehearsing(sight: Sight) -> Iterator[Session]:
    """A session in which things are tried: nothing it did is kept."""
    session = db.session()
    try:
        apply_sight(session, sight)
        yield session
    finally:
        session.expunge_all()
        session.rollback()
