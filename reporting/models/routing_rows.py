"""Rows of routing as plain values: those in force, those of any version by id, and rows turned back into columns. Services that
change them and queries that show them read them here alike."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reporting.domain.drafts import Rows
from reporting.models.jurisdiction import Jurisdiction
from reporting.models.organisation import Desk

FIELDS: Final = (
    "name",
    "level",
    "categories",
    "geometry",
    "hours",
    "timezone",
    "holidays",
    "days",
    "part",
    "desk_id",
    "rank",
    "enabled",
)
"""The columns that are the content of a row. The others say which version it is and when it was in force."""
_IDS: Final = frozenset(("desk_id",))


def in_force(session: Session, organisation_id: uuid.UUID | str) -> list[Jurisdiction]:
    """The versions of an organisation's rows that count now, by key."""
    return list(
        session.scalars(
            select(Jurisdiction)
            .where(
                Jurisdiction.organisation_id == organisation_id,
                or_(Jurisdiction.valid_until.is_(None), Jurisdiction.valid_until > func.now()),
            )
            .order_by(Jurisdiction.key, Jurisdiction.version)
        )
    )


def of_ids(session: Session, ids: Iterable[uuid.UUID]) -> list[Jurisdiction]:
    """Versions by their ids, whether they count or not, by key."""
    return list(session.scalars(select(Jurisdiction).where(Jurisdiction.id.in_(list(ids))).order_by(Jurisdiction.key)))


def desks_of(session: Session, organisation_id: uuid.UUID | str) -> dict[str, str]:
    """An organisation's desks: id as text and name, by name."""
    rows = session.scalars(select(Desk).where(Desk.organisation_id == organisation_id).order_by(Desk.name))
    return {str(each.id): each.name for each in rows}


def as_rows(versions: Sequence[Jurisdiction]) -> Rows:
    """The content of versions by key."""
    return {each.key: {name: _plain(getattr(each, name)) for name in FIELDS} for each in versions}


def as_columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row's content as the table takes it."""
    return {name: uuid.UUID(value) if name in _IDS and value else value for name, value in row.items() if name in FIELDS}


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID | date | datetime):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
