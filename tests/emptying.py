"""Empty tables between tests, also while a process of the system still reads them."""

from psycopg.errors import DeadlockDetected
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

KEPT = {"alembic_version", "area_version"}
TRIES = 10


def empty(owner: Engine) -> None:
    """Empties every table. A stream that reads them at this moment may cross our locks: then once more."""
    for _ in range(TRIES):
        try:
            with owner.begin() as connection:
                names = connection.execute(
                    text("select tablename from pg_tables where schemaname = 'public' order by 1")
                ).scalars()
                connection.execute(text(f"truncate {', '.join(name for name in names if name not in KEPT)} cascade"))
                connection.execute(text("update area_version set version = version + 1"))
            return
        except OperationalError as error:
            if not isinstance(error.orig, DeadlockDetected):
                raise
    raise AssertionError("the tables could not be emptied")
