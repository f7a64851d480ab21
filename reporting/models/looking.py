"""What services and queries both ask about first looks and notices, within their own transaction: what of an incident decides,
whom a room may ask, whether a training counts, which venues a room reaches."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from shapely import Point as Place
from shapely.geometry import shape
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from reporting.domain.facts import Hot
from reporting.domain.first_look import NEAR_M, TRAINED, Looked
from reporting.models.exercise import Training
from reporting.models.jurisdiction import Jurisdiction
from reporting.models.venue import Venue
from reporting.policy import Actor

GATE: Final = 100
"""The weight with which a finding of danger opens the gate of immediate danger."""
_FACTS: Final = """
    select i.id, i.priority, i.hot_hidden, i.hot_obvious, i.hot_typical, i.exercise,
        i.status = 'closed' or i.merged_into_id is not null as closed,
        i.lane = 'reviewed' and not i.priority_overridden as only_about_people,
        i.about_staff or exists (select 1 from report r where r.incident_id = i.id{of} and r.about_staff) as about_staff,
        array(select distinct r.category from report r where r.incident_id = i.id{of}) || i.category as categories,
        array(select distinct r.item_size from report r where r.incident_id = i.id{of} and r.item_size is not null) as sizes,
        array(select distinct b from report r, unnest(r.behaviours) b where r.incident_id = i.id{of}) as behaviours,
        (select coalesce(json_object_agg(said.rule, said.weight), '{{}}') from (
            select told.rule, max(told.weight) as weight from (
                select f->>'rule' as rule, cast(f->>'weight' as integer) as weight
                from report r join assessment a on a.report_id = r.id, jsonb_array_elements(a.findings) f
                where r.incident_id = i.id{of}
                union all
                select jsonb_array_elements_text(e.detail->'signs'), 1
                from timeline_event e join report r on r.incident_id = i.id{of} and cast(r.id as text) = e.detail->>'report_id'
                where e.kind in ('attention', 'raised')
                    and e.incident_id in (select i.id union select m.id from incident m where m.merged_into_id = i.id)
            ) told group by 1
            ) said) as findings
    from incident i where i.id = any(:ids)
"""
"""What every report of an incident says, and what its reporters told of later, however many there are: one bad answer among
hundreds is enough."""
_ALL: Final = text(_FACTS.format(of=""))
_OF_SOME: Final = text(_FACTS.format(of=" and r.id = any(:reports)"))


def facts_of(session: Session, ids: Sequence[uuid.UUID], reports: Sequence[uuid.UUID] = ()) -> dict[uuid.UUID, Looked]:
    """What of these incidents decides whether somebody may be asked to look, as far as the session sees them. With `reports` only
    what the incidents themselves and these reports say: enough to see that it got worse, however many reports there were."""
    if not ids:
        return {}
    if reports:
        rows = session.execute(_OF_SOME, {"ids": list(ids), "reports": list(reports)})
    else:
        rows = session.execute(_ALL, {"ids": list(ids)})
    return {row.id: _facts(row) for row in rows}


def _facts(row: Any) -> Looked:
    findings = tuple(row.findings.items())
    return Looked(
        categories=frozenset(row.categories),
        priority=row.priority,
        hot=Hot(row.hot_hidden, row.hot_obvious, row.hot_typical),
        behaviours=frozenset(row.behaviours),
        sizes=frozenset(row.sizes),
        findings=findings,
        danger=any(rule.startswith("danger") and weight >= GATE for rule, weight in findings),
        about_staff=row.about_staff,
        only_about_people=row.only_about_people,
        closed=row.closed,
        exercise=row.exercise,
    )


def people_to_look(session: Session, incident_id: uuid.UUID) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Trained staff on duty at the incident's venue and then at others near it, as (account, venue); those nearest first."""
    rows = session.execute(text("select * from people_to_look(:incident, :metres)"), {"incident": incident_id, "metres": NEAR_M})
    return [(row.account_id, row.venue_id) for row in rows]


def valid_training(actor: Actor) -> tuple[Any, ...]:
    """The conditions of the actor's own training for first looks, valid today."""
    return (
        Training.account_id == actor.account_id,
        Training.venue_id == actor.venue_id,
        Training.kind == TRAINED,
        Training.withdrawn_at.is_(None),
        Training.done_on <= func.current_date(),
        Training.valid_until >= func.current_date(),
    )


@dataclass(frozen=True, slots=True)
class Addressee:
    """A venue that a room may write to. `areas` are keys of the room's areas in which it lies; `room_id` is its own room."""

    id: str
    name: str
    areas: tuple[str, ...]
    room_id: str | None


@dataclass(frozen=True, slots=True)
class Reach:
    """To whom a room may write: its venues, and its areas as (key, name)."""

    venues: tuple[Addressee, ...]
    areas: tuple[tuple[str, str], ...]


def find_reach(session: Session, organisation_id: str | None) -> Reach:
    """The same within a transaction."""
    if organisation_id is None:
        return Reach((), ())
    current = Jurisdiction.organisation_id == organisation_id, Jurisdiction.valid_until.is_(None), Jurisdiction.enabled
    rows = session.execute(
        select(Jurisdiction.key, Jurisdiction.name, Jurisdiction.geometry)
        .where(*current, Jurisdiction.part == "responsible")
        .order_by(Jurisdiction.name, Jurisdiction.key)
    ).all()
    shapes = [(row.key, shape(row.geometry)) for row in rows]
    found = []
    for venue in session.execute(select(Venue.id, Venue.name, Venue.organisation_id, Venue.lat, Venue.lon).order_by(Venue.name)):
        areas = tuple(key for key, area in shapes if area.covers(Place(venue.lon, venue.lat)))
        room = str(venue.organisation_id) if venue.organisation_id else None
        if areas or room == organisation_id:
            found.append(Addressee(str(venue.id), venue.name, areas, room))
    inhabited = {key for venue in found for key in venue.areas}
    return Reach(tuple(found), tuple((row.key, row.name) for row in rows if row.key in inhabited))
