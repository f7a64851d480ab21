"""The two statements of filing: what intake must know, and one that writes reports with everything that belongs to them.

A round trip to the database costs intake more than the rows do. So all rows travel in one statement, which is thereby one
transaction and one commit: it claims the idempotency keys, and only where a claim succeeds do the other inserts find a row to
select. Rows travel as JSON documents that PostgreSQL reads by the types of their table: sixty parameters would cost more, and
each mixture of present and absent ones a plan of its own. Reports that arrive in the same moment share both statements.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from psycopg import Connection

from reporting.services.rows import document

BUDGET_WINDOW: Final = timedelta(hours=1)

KEYS: Final = {
    "idempotency": "report_id",
    "report": "id",
    "trace": "report_id",
    "outbox": "subject_id",
    "audit_event": "subject_id",
    "contact": "report_id",
}
"""The tables of a filing, first the one whose row claims the key; table -> its column with the report's id."""

Rows = Mapping[str, Mapping[str, Any]]
"""table -> the one row of a report; rows of one table name the same columns. `contact` may be absent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Hashes of network and device (empty for none), and the place code."""

    network: bytes
    device: bytes
    code: str


@dataclass(frozen=True, slots=True)
class Budgets:
    """How many reports an hour one network and one device may send before they are trusted less."""

    network: int
    device: int


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
        (select count(*) from (select from trace
            where network_hash = network and received_at > now() - %(window)s limit %(network_budget)s) as recent),
        (select count(*) from (select from trace
            where device_hash = device and received_at > now() - %(window)s limit %(device_budget)s) as recent),
        venue_id, revoked_at, lat, lon
    from json_to_recordset(%(asked)s::json) as asked (position int, network bytea, device bytea, wanted text)
    left join place_code on code = wanted
    order by position
"""


def ask(connection: Connection[Any], asked: Sequence[Asked], budgets: Budgets) -> list[Known]:
    """What intake must know before it accepts these reports, one for each."""
    rows = [
        {"position": position, "network": each.network, "device": each.device, "wanted": each.code}
        for position, each in enumerate(asked)
    ]
    limits = {"window": BUDGET_WINDOW, "network_budget": budgets.network, "device_budget": budgets.device}
    found = connection.execute(_QUESTION, {"asked": document(rows), **limits})
    return [Known(*row) for row in found]


def write(connection: Connection[Any], entries: Sequence[Rows]) -> set[uuid.UUID]:
    """Writes the rows of each report whose idempotency key is new, and gives the ids of these reports. Of the others nothing
    is written. All of them are committed together, or none.

    A second sender of the same key waits here until the first has committed.
    """
    documents = {table: [rows[table] for rows in entries if table in rows] for table in KEYS}
    present = {table: rows for table, rows in documents.items() if rows}
    statement = _entry(tuple((table, tuple(rows[0])) for table, rows in present.items()))
    return {row[0] for row in connection.execute(statement, {table: document(rows) for table, rows in present.items()})}


@lru_cache(maxsize=8)
def _entry(shape: tuple[tuple[str, tuple[str, ...]], ...]) -> bytes:
    (first, columns), *others = shape
    # In the order of their keys, so that two processes with the same two keys never wait for each other.
    parts = [f"claimed as ({_insert(first, columns)} order by key_hash on conflict do nothing returning report_id)"]
    parts += [
        f"new_{table} as ({_insert(table, names)} where {KEYS[table]} in (select report_id from claimed))"  # noqa: S608
        for table, names in others
    ]
    return f"with {', '.join(parts)} select report_id from claimed".encode()  # noqa: S608  see _insert


def _insert(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(columns)
    rows = f"json_populate_recordset(null::{table}, %({table})s::json)"
    return f"insert into {table} ({names}) select {names} from {rows}"  # noqa: S608  names of our own tables and columns
