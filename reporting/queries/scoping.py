"""The policy as SQL: the records an actor may reach, as a condition and as row security's sight."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, not_, or_, select, true
from sqlalchemy.orm import aliased

from reporting.adapters.sight import Sight
from reporting.models.incident import Incident
from reporting.models.organisation import Organisation
from reporting.models.report import Report
from reporting.models.staffing import SightGrant, shown_by_grant
from reporting.models.venue import Venue
from reporting.policy import Actor, Scope, scope


def sight_of(actor: Actor, action: str) -> Sight:
    """What row security may show for this action."""
    reach = scope(actor, action)
    return Sight(
        organisation=reach.organisation_id or "",
        duty="on" if reach.unrouted else "",
        account=reach.filed_by or "",
        venue=reach.venue_id or "",
    )


def incidents_within(actor: Actor, action: str) -> ColumnElement[bool]:
    """Incidents the actor may reach with this action: the room's own, and what it was given sight of."""
    reach = scope(actor, action)
    return or_(_either(reach, Incident.organisation_id, None), _granted(reach))


def own_incidents(actor: Actor, action: str) -> ColumnElement[bool]:
    """Incidents of the actor's own room alone: one condition, which an index answers in the queue's order."""
    return _either(scope(actor, action), Incident.organisation_id, None)


def granted_incidents(actor: Actor, action: str) -> ColumnElement[bool]:
    """Incidents of other rooms that the actor's room was given sight of: few, found by their grants."""
    reach = scope(actor, action)
    named = select(SightGrant.incident_id).where(SightGrant.organisation_id == reach.granted_to, SightGrant.ended_at.is_(None))
    return and_(Incident.id.in_(named), Incident.organisation_id != reach.granted_to, _granted(reach))


def reports_within(actor: Actor, action: str) -> ColumnElement[bool]:
    """Reports the actor may reach, to be joined with their incident; those of nobody yet belong to the duty desk. What is about
    people who work there is hidden from the room of that venue, but for who filed it."""
    reach = scope(actor, action)
    conditions = [_either(reach, Incident.organisation_id, Report.filed_by), _granted(reach)]
    if reach.unrouted:
        conditions.append(Report.incident_id.is_(None))
    return and_(or_(*conditions), not_about_own_staff(reach.organisation))


def not_about_own_staff(organisation_id: str | None) -> ColumnElement[bool]:
    """Reports that are not about people who work for this organisation, as far as a report says where it is. While one is on no
    incident, any venue's room may be meant."""
    if organisation_id is None:
        return true()
    venue, room = aliased(Venue), aliased(Organisation)
    own_venue = exists().where(venue.id == Report.venue_id, venue.organisation_id == organisation_id)
    a_venue = exists().where(room.id == organisation_id, room.level == "venue")
    return not_(and_(Report.about_staff, or_(own_venue, and_(Report.incident_id.is_(None), a_venue))))


def _granted(reach: Scope) -> ColumnElement[bool]:
    return false() if reach.granted_to is None else shown_by_grant(reach.granted_to)


def _either(reach: Scope, organisation: Any, filed_by: Any) -> ColumnElement[bool]:
    conditions = []
    if reach.organisation_id is not None:
        conditions.append(organisation == reach.organisation_id)
    if reach.filed_by is not None and filed_by is not None:
        conditions.append(filed_by == reach.filed_by)
    return or_(*conditions) if conditions else false()
