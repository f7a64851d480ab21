"""Many rows in one statement: they travel as one JSON document that PostgreSQL reads by the types of their table.

Fifty rows cost one round trip and one plan, whatever mixture of present and absent values they hold; a statement for each
row costs as much again for every row, in the database and even more in the process that sends it.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

Row = Mapping[str, Any]


def insert_rows(session: Session, table: str, rows: Sequence[Row]) -> None:
    """Adds rows that all name the same columns; the others take their defaults."""
    if rows:
        session.execute(text(_insertion(table, tuple(rows[0]))), {"rows": document(rows)})


def update_rows(session: Session, table: str, rows: Sequence[Row], stamp: str = "") -> None:
    """Gives the rows of these `id`s the other values they name, each the same columns; `stamp` is a column that gets now()."""
    if rows:
        session.execute(text(_change(table, tuple(rows[0]), stamp)), {"rows": document(rows)})


def document(value: Row | Sequence[Row]) -> str:
    """A row, or a list of rows, as PostgreSQL's JSON functions read them into a table's type."""
    return _DOCUMENT.encode(value)


def source(table: str) -> str:
    """The document `:rows` as rows of the table."""
    return f"json_populate_recordset(null::{table}, :rows) as new"


@lru_cache(maxsize=64)
def _insertion(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(columns)
    return f"insert into {table} ({names}) select {names} from {source(table)}"  # noqa: S608  names of our own tables


@lru_cache(maxsize=64)
def _change(table: str, columns: tuple[str, ...], stamp: str) -> str:
    values = [f"{name} = new.{name}" for name in columns if name != "id"] + ([f"{stamp} = now()"] if stamp else [])
    return f"update {table} set {', '.join(values)} from {source(table)} where {table}.id = new.id"  # noqa: S608  see above


def _as_text(value: Any) -> str:
    """What JSON has no word for, as PostgreSQL reads it."""
    return "\\x" + value.hex() if isinstance(value, bytes) else str(value)


_DOCUMENT: Final = json.JSONEncoder(ensure_ascii=False, default=_as_text)
