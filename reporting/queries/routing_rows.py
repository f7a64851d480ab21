"""What a trial of routing must know of its organisation: the names of its desks, and its level."""

from sqlalchemy import select

from reporting.adapters.sight import reading
from reporting.models.organisation import Organisation
from reporting.models.routing_rows import desks_of


def desk_names(organisation_id: str) -> dict[str, str]:
    """An organisation's desks: id as text and name."""
    with reading() as session:
        return desks_of(session, organisation_id)


def level_of(organisation_id: str) -> str:
    """The level of an organisation, which new rows take over."""
    with reading() as session:
        return session.scalars(select(Organisation.level).where(Organisation.id == organisation_id)).one()
