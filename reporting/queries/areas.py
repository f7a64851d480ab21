"""What routing chooses from: organisations, default desks, areas with their shapes; and a version that tells when to reload."""

from dataclasses import dataclass
from typing import cast

from shapely.geometry import shape
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reporting.domain.facts import AreaFacts, Level, OrganisationFacts
from reporting.models.jurisdiction import AreaVersion, Jurisdiction
from reporting.models.organisation import Desk, Organisation


@dataclass(frozen=True, slots=True)
class Rooms:
    """One version of the map of responsibilities."""

    version: int
    organisations: tuple[OrganisationFacts, ...]
    areas: tuple[AreaFacts, ...]
    desks: dict[str, str]

    def organisation(self, key: str) -> OrganisationFacts:
        """The organisation of this id; KeyError when it is not among them."""
        return {each.id: each for each in self.organisations}[key]

    def area_name(self, key: str | None) -> str:
        """The area's name, empty for none."""
        return next((area.name for area in self.areas if area.id == key), "")


def version(session: Session) -> int:
    """Grows whenever areas or organisations change."""
    return session.scalar(select(AreaVersion.version)) or 0


def rooms(session: Session) -> Rooms:
    """Organisations and areas that are or will become valid."""
    current = version(session)
    organisations = session.scalars(select(Organisation).order_by(Organisation.slug)).all()
    names = {row.id: row for row in organisations}
    rows = session.scalars(
        select(Jurisdiction)
        .where(or_(Jurisdiction.valid_until.is_(None), Jurisdiction.valid_until > func.now()))
        .order_by(Jurisdiction.id)
    )
    areas = tuple(
        AreaFacts(
            id=str(row.id),
            organisation_id=str(row.organisation_id),
            organisation_slug=names[row.organisation_id].slug,
            organisation_name=names[row.organisation_id].name,
            level=cast(Level, row.level),
            name=row.name,
            geometry=shape(row.geometry),
            categories=tuple(row.categories) if row.categories else None,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            version=row.version,
        )
        for row in rows
    )
    desks = {str(row.organisation_id): str(row.id) for row in session.scalars(select(Desk).where(Desk.is_default))}
    return Rooms(current, tuple(_organisation(row) for row in organisations), areas, desks)


def _organisation(row: Organisation) -> OrganisationFacts:
    return OrganisationFacts(id=str(row.id), slug=row.slug, name=row.name, level=cast(Level, row.level), duty_desk=row.duty_desk)
