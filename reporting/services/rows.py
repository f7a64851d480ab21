"""Many rows in one statement: they travel as one JSON document for each table, which PostgreSQL reads by the table's types.

Fifty rows of five tables cost one round trip and one plan, whatever mixture of present and absent values they hold; a
statement for each row costs as much again for every row, in the database and even more in the process that sends it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

Row = Mapping[str, Any]


class Writing:
    """Rows of several tables on their way into the database, all by one statement.

    References among them are checked when all of them stand. A row must not be both added and changed.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._documents: dict[str, str] = {}

    def insert(self, table: str, rows: Sequence[Row]) -> None:
        """Adds rows that all name the same columns; the others take their defaults."""
        if rows:
            self._add(_insertion(table, tuple(rows[0]), f"rows{len(self._parts)}"), rows)

    def update(self, table: str, rows: Sequence[Row], stamp: str = "") -> None:
        """Gives the rows of these `id`s the other values they name, each the same columns; column `stamp` gets now()."""
        if rows:
            self._add(_change(table, tuple(rows[0]), stamp, f"rows{len(self._parts)}"), rows)

    def run(self, session: Session) -> None:
        """Sends the statement; nothing where there are no rows."""
        if self._parts:
            session.execute(text(f"with {', '.join(self._parts)} select 1"), self._documents)

    def _add(self, part: str, rows: Sequence[Row]) -> None:
        self._documents[f"rows{len(self._parts)}"] = document(rows)
        self._parts.append(part)


def insert_rows(session: Session, table: str, rows: Sequence[Row]) -> None:
    """Adds rows to one table."""
    writing = Writing()
    writing.insert(table, rows)
    writing.run(session)


def document(value: Row | Sequence[Row]) -> str:
    """A row, or a list of rows, as PostgreSQL's JSON functions read them into a table's type."""
    return orjson.dumps(value, default=_as_text).decode()


@lru_cache(maxsize=64)
def _insertion(table: str, columns: tuple[str, ...], name: str) -> str:
    names = ", ".join(columns)
    source = f"json_populate_recordset(null::{table}, :{name})"
    return f"part_{name} as (insert into {table} ({names}) select {names} from {source})"  # noqa: S608  names of our own


@lru_cache(maxsize=64)
def _change(table: str, columns: tuple[str, ...], stamp: str, name: str) -> str:
    values = [f"{column} = new.{column}" for column in columns if column != "id"] + ([f"{stamp} = now()"] if stamp else [])
    source = f"json_populate_recordset(null::{table}, :{name}) as new"
    return f"part_{name} as (update {table} set {', '.join(values)} from {source} where {table}.id = new.id)"  # noqa: S608


def _as_text(value: Any) -> str:
    """What JSON has no word for, as PostgreSQL reads it."""
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)
