"""Organisations, desks, venues and areas: loading and replacing them. Each change tells the workers to read the map anew."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from reporting import jobs
from reporting.adapters.doorbell import OUTBOX
from reporting.domain.errors import Refused
from reporting.domain.facts import LEVELS
from reporting.models.jurisdiction import AreaVersion, Jurisdiction, PublicHoliday
from reporting.models.organisation import Desk, Organisation
from reporting.models.venue import PlaceCode, Venue
from reporting.services.rows import insert_rows
from reporting.services.unit_of_work import Work, unit_of_work

SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
"""How an organisation is called in commands and files."""
MOST_NEAREST_M: Final = 5_000
MOST_NAMED: Final = 10


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
    """An area as a GeoJSON geometry in WGS-84 degrees; `level` and `categories` fall back to the organisation's and all.

    `desk` is the name of one of the organisation's desks. The others are the columns of `Jurisdiction`, as JSON has them.
    """

    key: str
    name: str
    geometry: dict[str, Any]
    level: str | None = None
    categories: tuple[str, ...] | None = None
    hours: list[dict[str, Any]] | None = None
    timezone: str = ""
    holidays: str = "as_usual"
    days: list[dict[str, str]] | None = None
    part: str = "responsible"
    desk: str | None = None
    rank: int = 0
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load of areas comes to: keys that are new, keys that get a further version, and keys that are put out of use."""

    new: tuple[str, ...]
    again: tuple[str, ...]
    ended: tuple[str, ...] = ()


def add_organisation(new: NewOrganisation) -> str:
    """Adds an organisation with its desks, or returns the one that has this slug already; its id as text."""
    check_slug(new.slug)
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
        map_changed(work)
        _wake_waiting(work)
    return str(key)


def check_slug(slug: str) -> None:
    """Refuses what cannot stand in a command, a file and an address."""
    if not SLUG.fullmatch(slug):
        raise Refused(
            f"{slug!r} cannot be a slug: it takes 1 to 40 small letters, digits and hyphens, such as city-safety,"
            " and begins and ends with a letter or digit."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationSettings:
    """What may be changed of an organisation; None leaves a value as it is. `nearest_m` -1 goes back to the installation's."""

    name: str | None = None
    public_name: str | None = None
    phone: str | None = None
    duty_desk: bool | None = None
    nearest_m: int | None = None
    keeps_originals: bool | None = None
    add_desks: tuple[str, ...] = ()
    default_desk: str | None = None


def change_organisation(slug: str, wanted: OrganisationSettings) -> None:
    """Changes settings and desks. Refuses an unknown organisation or desk, and taking away the last duty desk."""
    with unit_of_work() as work:
        found = organisation_of(work, slug)
        for name in ("name", "public_name", "phone", "duty_desk", "keeps_originals"):
            if getattr(wanted, name) is not None:
                setattr(found, name, getattr(wanted, name))
        if wanted.nearest_m is not None:
            found.nearest_m = _nearest(wanted.nearest_m)
        work.session.flush()
        _keep_a_duty_desk(work, wanted)
        _change_desks(work, found, wanted)
        map_changed(work)


def _nearest(metres: int) -> int | None:
    if metres > MOST_NEAREST_M:
        raise Refused(f"{metres} m is too far: an organisation takes what lies up to {MOST_NEAREST_M} m outside its areas.")
    return metres if metres >= 0 else None


def _keep_a_duty_desk(work: Work, wanted: OrganisationSettings) -> None:
    if wanted.duty_desk is False and not work.session.scalar(select(Organisation.id).where(Organisation.duty_desk).limit(1)):
        raise Refused("This is the only duty desk: make another organisation the duty desk first.")


def _change_desks(work: Work, found: Organisation, wanted: OrganisationSettings) -> None:
    desks = {each.name: each for each in work.session.scalars(select(Desk).where(Desk.organisation_id == found.id))}
    for name in wanted.add_desks:
        if name in desks:
            raise Refused(f"{found.slug} has a desk {name!r} already.")
        desks[name] = Desk(organisation_id=found.id, name=name, is_default=not desks)
        work.session.add(desks[name])
    if wanted.default_desk is not None:
        if wanted.default_desk not in desks:
            raise Refused(f"{found.slug} has no desk {wanted.default_desk!r}; it has {', '.join(sorted(desks))}.")
        for name, desk in desks.items():
            desk.is_default = name == wanted.default_desk


def organisation_of(work: Work, slug: str) -> Organisation:
    """The organisation of this slug; refuses with the slugs there are."""
    check_slug(slug)
    found = work.session.scalar(select(Organisation).where(Organisation.slug == slug))
    if found is None:
        known = work.session.scalars(select(Organisation.slug).order_by(Organisation.slug).limit(MOST_NAMED)).all()
        there = f" There are: {', '.join(known)}." if known else " Add one with `reporting organisation add`."
        raise Refused(f"There is no organisation {slug!r}.{there}")
    return found


def replace_areas(organisation_slug: str, areas: Sequence[NewArea], *, retire_others: bool = False) -> int:
    """New versions of an organisation's areas: what has the same key ends now and is followed by the new one. With
    `retire_others` areas that are not among them end too. Returns how many were loaded."""
    with unit_of_work() as work:
        _load(work, organisation_of(work, organisation_slug), areas, retire_others)
        map_changed(work)
    return len(areas)


def try_areas(organisation_slug: str, areas: Sequence[NewArea], *, retire_others: bool = False) -> Loaded:
    """What loading them would come to, without doing it."""
    with unit_of_work() as work:
        owner = organisation_of(work, organisation_slug)
        _desks(work, owner, areas)
        return _plan(work, owner, areas, retire_others)


def _plan(work: Work, owner: Organisation, areas: Sequence[NewArea], retire_others: bool) -> Loaded:
    own = Jurisdiction.organisation_id == owner.id
    known = set(work.session.scalars(select(Jurisdiction.key).where(own)))
    current = set(work.session.scalars(select(Jurisdiction.key).where(own, Jurisdiction.valid_until.is_(None))))
    keys = [area.key for area in areas]
    ended = sorted(current - set(keys)) if retire_others else []
    return Loaded(tuple(key for key in keys if key not in known), tuple(key for key in keys if key in known), tuple(ended))


def _load(work: Work, owner: Organisation, areas: Sequence[NewArea], retire_others: bool) -> None:
    """A handful of statements, however many areas."""
    plan, desks = _plan(work, owner, areas, retire_others), _desks(work, owner, areas)
    own = Jurisdiction.organisation_id == owner.id
    latest = select(Jurisdiction.key, func.max(Jurisdiction.version).label("latest")).where(own).group_by(Jurisdiction.key)
    versions: dict[str, int] = {row.key: row.latest for row in work.session.execute(latest)}
    ending = update(Jurisdiction).where(own, Jurisdiction.key.in_([*plan.again, *plan.ended]), Jurisdiction.valid_until.is_(None))
    work.session.execute(ending.values(valid_until=func.now()).execution_options(synchronize_session=False))
    rows = [_row(owner, area, versions.get(area.key, 0) + 1, desks.get(area.desk or "")) for area in areas]
    insert_rows(work.session, "jurisdiction", rows)


def _desks(work: Work, owner: Organisation, areas: Sequence[NewArea]) -> dict[str, uuid.UUID]:
    found = {each.name: each.id for each in work.session.scalars(select(Desk).where(Desk.organisation_id == owner.id))}
    missing = sorted({area.desk for area in areas if area.desk and area.desk not in found})
    if missing:
        named = ", ".join(repr(each) for each in missing[:MOST_NAMED])
        raise Refused(f"{owner.slug} has no desk {named}; it has {', '.join(sorted(found)) or 'none'}.")
    return found


def _row(owner: Organisation, area: NewArea, version: int, desk_id: uuid.UUID | None) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "organisation_id": owner.id,
        "key": area.key,
        "name": area.name,
        "level": area.level or owner.level,
        "categories": list(area.categories) if area.categories else None,
        "geometry": area.geometry,
        "version": version,
        "hours": area.hours,
        "timezone": area.timezone,
        "holidays": area.holidays,
        "days": area.days,
        "part": area.part,
        "desk_id": desk_id,
        "rank": area.rank,
        "enabled": area.enabled,
    }


def load_holidays(organisation_slug: str, days: Mapping[date, str]) -> int:
    """Public holidays as an organisation keeps them; a day that is there already gets the new name. Returns how many."""
    with unit_of_work() as work:
        owner = organisation_of(work, organisation_slug)
        for day, name in sorted(days.items()):
            values = {"organisation_id": owner.id, "day": day, "name": name}
            upsert = insert(PublicHoliday).values(values)
            work.session.execute(upsert.on_conflict_do_update(index_elements=["organisation_id", "day"], set_={"name": name}))
        map_changed(work)
    return len(days)


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
        map_changed(work)


def map_changed(work: Work) -> None:
    """Tells the workers to read the map anew, and to look again at the incidents that somebody has."""
    work.session.execute(update(AreaVersion).values(version=AreaVersion.version + 1))
    asked = work.change(_LOOK_AGAIN.bindparams(job=jobs.REROUTE))
    if asked:
        work.ring(OUTBOX)


def _wake_waiting(work: Work) -> None:
    """Reports that waited for an organisation need not wait for their next try."""
    if work.change(_WAKE.bindparams(waits=jobs.WAITS)):
        work.ring(OUTBOX)


_LOOK_AGAIN: Final = text(
    "insert into outbox (job, subject_id) select :job, gen_random_uuid()"
    " where exists (select 1 from incident where status <> 'closed' and organisation_id is not null)"
)
_WAKE: Final = text(
    "update outbox set due_at = now(), dispatched_at = null where dead_at is null and starts_with(last_error, :waits)"
)
