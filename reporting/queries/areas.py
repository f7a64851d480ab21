"""What routing chooses from: organisations, default desks, areas with their shapes; and a version that tells when to reload."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, cast

from shapely.geometry import shape
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from reporting.bootstrap import adapters
from reporting.domain.facts import AreaFacts, HolidayRule, Level, OrganisationFacts, Part
from reporting.domain.opening import read_days, read_hours
from reporting.models.jurisdiction import AreaVersion, Jurisdiction, PublicHoliday
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


class RoutingRow(Protocol):
    """A routing row as `area_facts` reads it: the columns of `Jurisdiction`, or an object of the same shape."""

    id: Any
    name: str
    level: str
    geometry: Any
    categories: Any
    valid_from: Any
    valid_until: Any
    version: int
    hours: Any
    timezone: str
    holidays: str
    days: Any
    part: str
    desk_id: Any
    rank: int
    enabled: bool


def rooms(session: Session) -> Rooms:
    """Organisations and areas that are or will become valid."""
    current = version(session)
    organisations = session.scalars(select(Organisation).order_by(Organisation.slug)).all()
    owners = {row.id: row for row in organisations}
    rows = session.scalars(
        select(Jurisdiction)
        .where(or_(Jurisdiction.valid_until.is_(None), Jurisdiction.valid_until > func.now()))
        .order_by(Jurisdiction.id)
    )
    holidays = _holidays(session)
    return Rooms(
        current,
        tuple(organisation_facts(row, holidays.get(row.id, {})) for row in organisations),
        tuple(area_facts(row, owners[row.organisation_id]) for row in rows),
        {str(row.organisation_id): str(row.id) for row in session.scalars(select(Desk).where(Desk.is_default))},
    )


def area_facts(row: RoutingRow, owner: Organisation) -> AreaFacts:
    """A routing row as the engine sees it. Raises ValueError for hours or days that cannot be read."""
    return AreaFacts(
        id=str(row.id),
        organisation_id=str(owner.id),
        organisation_slug=owner.slug,
        organisation_name=owner.name,
        level=cast(Level, row.level),
        name=row.name,
        geometry=shape(row.geometry),
        categories=tuple(row.categories) if row.categories else None,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        version=row.version,
        hours=read_hours(row.hours or None),
        timezone=row.timezone or adapters().settings.time_zone,
        holidays=cast(HolidayRule, row.holidays),
        days=read_days(row.days or None),
        part=cast(Part, row.part),
        desk_id=str(row.desk_id) if row.desk_id else None,
        rank=row.rank,
        enabled=row.enabled,
    )


def _holidays(session: Session) -> dict[uuid.UUID, dict[date, str]]:
    found: dict[uuid.UUID, dict[date, str]] = {}
    for row in session.scalars(select(PublicHoliday)):
        found.setdefault(row.organisation_id, {})[row.day] = row.name
    return found


def organisation_facts(row: Organisation, holidays: Mapping[date, str]) -> OrganisationFacts:
    """An organisation as the engine sees it."""
    nearest_m = adapters().settings.nearest_area_m if row.nearest_m is None else row.nearest_m
    return OrganisationFacts(
        id=str(row.id),
        slug=row.slug,
        name=row.name,
        level=cast(Level, row.level),
        duty_desk=row.duty_desk,
        nearest_m=float(nearest_m),
        holidays=holidays,
    )
