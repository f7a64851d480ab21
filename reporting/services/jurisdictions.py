"""Organisations, desks, venues and areas: loading and replacing them. Each change tells the workers to read the map anew."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from reporting.domain.errors import Refused
from reporting.domain.facts import LEVELS
from reporting.models.jurisdiction import AreaVersion, Jurisdiction
from reporting.models.organisation import Desk, Organisation
from reporting.models.venue import PlaceCode, Venue
from reporting.services.unit_of_work import Work, unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganisation:
    """A control room. The first desk is the default one; `watched` None means round the clock."""

    slug: str
    name: str
    level: str
    public_name: str = ""
    duty_desk: bool = False
    phone: str = ""
    desks: tuple[str, ...] = ()
    watched: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArea:
    """An area as a GeoJSON geometry in WGS-84 degrees; `level` and `categories` fall back to the organisation's and all."""

    key: str
    name: str
    geometry: dict[str, Any]
    level: str | None = None
    categories: tuple[str, ...] | None = None


def add_organisation(new: NewOrganisation) -> str:
    """Adds an organisation with its desks, or returns the one that has this slug already; its id as text."""
    if new.level not in LEVELS:
        raise Refused(f"There is no level {new.level!r}; levels are {', '.join(LEVELS)}.")
    with unit_of_work() as work:
        found = work.session.scalar(select(Organisation.id).where(Organisation.slug == new.slug))
        if found is not None:
            return str(found)
        key = uuid.uuid4()
        work.session.add(
            Organisation(
                id=key, slug=new.slug, name=new.name, level=new.level, public_name=new.public_name or new.name,
                duty_desk=new.duty_desk, phone=new.phone, watched=new.watched,
            )
        )  # fmt: skip
        work.session.flush()
        for position, name in enumerate(new.desks or ("Desk",)):
            work.session.add(Desk(organisation_id=key, name=name, is_default=position == 0))
        _changed(work)
    return str(key)


def replace_areas(organisation_slug: str, areas: Sequence[NewArea]) -> int:
    """New versions of an organisation's areas: what has the same key ends now and is followed by the new one."""
    with unit_of_work() as work:
        owner = work.session.scalar(select(Organisation).where(Organisation.slug == organisation_slug))
        if owner is None:
            raise Refused(f"There is no organisation {organisation_slug!r}.")
        for area in areas:
            work.session.add(_next_version(work, owner, area))
        _changed(work)
    return len(areas)


def _next_version(work: Work, owner: Organisation, area: NewArea) -> Jurisdiction:
    same = Jurisdiction.organisation_id == owner.id, Jurisdiction.key == area.key
    latest = work.session.scalar(select(func.max(Jurisdiction.version)).where(*same)) or 0
    work.session.execute(update(Jurisdiction).where(*same, Jurisdiction.valid_until.is_(None)).values(valid_until=func.now()))
    return Jurisdiction(
        organisation_id=owner.id,
        key=area.key,
        name=area.name,
        level=area.level or owner.level,
        categories=list(area.categories) if area.categories else None,
        geometry=area.geometry,
        version=latest + 1,
    )


def load_venues(venues: Sequence[dict[str, Any]], codes: Sequence[dict[str, Any]]) -> None:
    """Venues and place codes as rows of columns, `key` naming a venue; what is there already is brought up to date."""
    with unit_of_work() as work:
        keys = {}
        for row in venues:
            statement = insert(Venue).values(id=uuid.uuid4(), **row)
            changed = {name: getattr(statement.excluded, name) for name in row if name != "key"}
            upsert = statement.on_conflict_do_update(index_elements=[Venue.key], set_=changed).returning(Venue.id)
            keys[row["key"]] = work.session.execute(upsert).scalar_one()
        for row in codes:
            values = {name: value for name, value in row.items() if name != "venue"} | {"venue_id": keys[row["venue"]]}
            work.session.execute(
                insert(PlaceCode).values(values).on_conflict_do_update(index_elements=[PlaceCode.code], set_=values)
            )
        _changed(work)


def _changed(work: Work) -> None:
    work.session.execute(update(AreaVersion).values(version=AreaVersion.version + 1))
