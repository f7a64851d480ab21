"""What a trial of routing must know of its organisation: the names of its desks, its level, its roster."""

from datetime import datetime

from sqlalchemy import select

from reporting.adapters.sight import SYSTEM_SIGHT, reading
from reporting.models.organisation import Organisation
from reporting.models.routing_rows import desks_of
from reporting.models.staffing import Shift


def desk_names(organisation_id: str) -> dict[str, str]:
    """An organisation's desks: id as text and name."""
    with reading() as session:
        return desks_of(session, organisation_id)


def level_of(organisation_id: str) -> str:
    """The level of an organisation, which new rows take over."""
    with reading() as session:
        return session.scalars(select(Organisation.level).where(Organisation.id == organisation_id)).one()


def shifts(organisation_id: str, since: datetime, until: datetime) -> list[tuple[str, datetime, datetime]]:
    """The shifts of these days: the desk's id as text, from when, until when."""
    wanted = Shift.organisation_id == organisation_id, Shift.until > since, Shift.starts_at < until
    with reading(SYSTEM_SIGHT) as session:
        rows = session.execute(select(Shift.desk_id, Shift.starts_at, Shift.until).where(*wanted)).all()
    return [(str(row.desk_id), row.starts_at, row.until) for row in rows]
