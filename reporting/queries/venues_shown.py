"""What an operator reads of a venue: its facts and procedures, where it is the room's own or an open incident is there.

Row security decides which facts those are; a venue that is neither shows nothing but what stands on its posters.
"""

import uuid
from collections.abc import Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from reporting.adapters.sight import reading
from reporting.bootstrap import adapters
from reporting.domain.premises import contact_from, in_order, lines_of
from reporting.models.incident import Incident
from reporting.models.venue import PlaceCode, Venue
from reporting.models.workspace import VenueFacts
from reporting.policy import Actor, scope
from reporting.queries.items import stamp
from reporting.queries.scoping import incidents_within, sight_of
from reporting.queries.workspace import newest_procedures, procedures_of

ACTION: Final = "venue.show"
MOST: Final = 200


def venues(actor: Actor) -> list[dict[str, Any]]:
    """The venues of the actor's room and those with an open incident that the room sees, by name."""
    organisation = scope(actor, ACTION).organisation_id
    here = exists().where(Incident.venue_id == Venue.id, Incident.status != "closed", incidents_within(actor, "incident.read"))
    with reading(sight_of(actor, "incident.read")) as session:
        wanted = select(Venue).where(or_(Venue.organisation_id == organisation, here)).order_by(Venue.name, Venue.id).limit(MOST)
        return _told(session, session.scalars(wanted).all())


def beside(actor: Actor, incident_id: str) -> dict[str, Any] | None:
    """The venue of an incident the actor sees, for the pane; None where it has none or nothing is written down."""
    reach = incidents_within(actor, "incident.read")
    with reading(sight_of(actor, "incident.read")) as session:
        of = select(Incident.venue_id).where(Incident.id == uuid.UUID(incident_id), reach)
        found = session.scalars(select(Venue).where(Venue.id.in_(of))).all()
        told = _told(session, found)
    return told[0] if told else None


def _told(session: Session, found: Sequence[Venue]) -> list[dict[str, Any]]:
    ids = [each.id for each in found]
    facts = {row.venue_id: row for row in session.scalars(select(VenueFacts).where(VenueFacts.venue_id.in_(ids)))}
    written: dict[uuid.UUID, list[Any]] = {}
    for row in session.scalars(newest_procedures(ids)):
        written.setdefault(row.venue_id, []).append(row)
    zones: dict[uuid.UUID, list[PlaceCode]] = {}
    in_use = PlaceCode.venue_id.in_(ids), PlaceCode.revoked_at.is_(None)
    for code in session.scalars(select(PlaceCode).where(*in_use).order_by(PlaceCode.label, PlaceCode.code)):
        zones.setdefault(code.venue_id, []).append(code)
    return [_venue(each, facts.get(each.id), written.get(each.id, []), zones.get(each.id, [])) for each in found]


def _venue(venue: Venue, facts: VenueFacts | None, written: list[Any], zones: list[PlaceCode]) -> dict[str, Any]:
    local = adapters().clock().astimezone(ZoneInfo(adapters().settings.time_zone))
    contacts = in_order([contact_from(each) for each in facts.contacts], local) if facts else []
    return {
        "id": str(venue.id),
        "key": venue.key,
        "name": venue.name,
        "kind": venue.kind,
        "address": venue.address,
        "location": {"lat": venue.lat, "lon": venue.lon},
        "opening_hours": venue.opening_hours,
        "capacity": facts.capacity if facts else None,
        "exits": list(lines_of(facts.exits)) if facts else [],
        "cameras": list(lines_of(facts.cameras)) if facts else [],
        "contacts": [{**each.as_json(), "answers_now": now} for each, now in contacts],
        "procedures": [
            {"kind": each.kind, "version": each.version, "steps": list(each.steps), "changed_at": stamp(each.changed_at)}
            for each in procedures_of(written)
            if each.steps
        ],
        "zones": [{"code": each.code, "label": each.label, "way_in": each.way_in} for each in zones],
        "changed_at": stamp(facts.changed_at) if facts else None,
    }
