"""The two statements of a filing: what intake must know, and one that writes a report with everything that belongs to it.

A round trip to the database costs intake more than the rows do. So all rows of a filing travel in one statement, which is
thereby one transaction and one commit: it claims the idempotency key, and only where the claim succeeds do the other
inserts find a row to select from. Each row travels as one JSON document that PostgreSQL reads by the types of its table:
sixty parameters would cost more, and each mixture of present and absent ones a plan of its own.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from psycopg import Connection

from reporting.services.rows import document

BUDGET_WINDOW: Final = timedelta(hours=1)

Rows = Mapping[str, Mapping[str, Any]]
"""table -> its one row, the one that is claimed first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Hashes of network and device (empty for none), how many reports an hour each may send, and the place code."""

    network: bytes
    network_budget: int
    device: bytes
    device_budget: int
    code: str


@dataclass(frozen=True, slots=True)
class Known:
    """Database time; the last hour's reports of network and device, counted no further than their budgets; the place code's
    venue, end and point, None where there is no such code."""

    now: datetime
    network: int
    device: int
    venue_id: uuid.UUID | None
    revoked_at: datetime | None
    lat: float | None
    lon: float | None


_QUESTION: Final = """
    select now(),
        (select count(*) from (select from trace where network_hash = %s and received_at > now() - %s limit %s) as recent),
        (select count(*) from (select from trace where device_hash = %s and received_at > now() - %s limit %s) as recent),
        venue_id, revoked_at, lat, lon
    from (select) as always left join place_code on code = %s
"""


def ask(connection: Connection[Any], asked: Asked) -> Known:
    """What intake must know before it accepts a report."""
    network = (asked.network, BUDGET_WINDOW, asked.network_budget)
    device = (asked.device, BUDGET_WINDOW, asked.device_budget)
    row = connection.execute(_QUESTION, (*network, *device, asked.code)).fetchone()
    assert row is not None
    return Known(*row)


def write(connection: Connection[Any], rows: Rows) -> bool:
    """Writes the rows of one report where its first row is new by its key; False, and nothing is written, where it is not.

    A second sender of the same key waits here until the first has committed.
    """
    shape = tuple((table, tuple(row)) for table, row in rows.items())
    documents = {table: document(row) for table, row in rows.items()}
    return connection.execute(_entry(shape), documents).fetchone() == (1,)


@lru_cache(maxsize=8)
def _entry(shape: tuple[tuple[str, tuple[str, ...]], ...]) -> bytes:
    (first, columns), *others = shape
    parts = [f"claimed as ({_insert(first, columns)} on conflict do nothing returning 1)"]
    parts += [f"new_{table} as ({_insert(table, names)}, claimed)" for table, names in others]
    return f"with {', '.join(parts)} select count(*) from claimed".encode()  # noqa: S608  see _insert


def _insert(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(columns)
    row = f"json_populate_record(null::{table}, %({table})s::json)"
    return f"insert into {table} ({names}) select {names} from {row}"  # noqa: S608  names of our own tables and columns
