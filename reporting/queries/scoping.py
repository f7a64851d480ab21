"""The policy as SQL: the records an actor may reach, as a condition and as row security's sight."""

from typing import Any

from sqlalchemy import ColumnElement, false, or_

from reporting.adapters.sight import Sight
from reporting.models.incident import Incident
from reporting.models.report import Report
from reporting.policy import Actor, Scope, scope


def sight_of(actor: Actor, action: str) -> Sight:
    """What row security may show for this action."""
    reach = scope(actor, action)
    return Sight(
        organisation=reach.organisation_id or "",
        duty="on" if reach.unrouted else "",
        account=reach.filed_by or "",
    )


def incidents_within(actor: Actor, action: str) -> ColumnElement[bool]:
    """Incidents the actor may reach with this action."""
    return _either(scope(actor, action), Incident.organisation_id, None)


def reports_within(actor: Actor, action: str) -> ColumnElement[bool]:
    """Reports the actor may reach, to be joined with their incident; those of nobody yet belong to the duty desk."""
    reach = scope(actor, action)
    conditions = [_either(reach, Incident.organisation_id, Report.filed_by)]
    if reach.unrouted:
        conditions.append(Report.incident_id.is_(None))
    return or_(*conditions)


def _either(reach: Scope, organisation: Any, filed_by: Any) -> ColumnElement[bool]:
    conditions = []
    if reach.organisation_id is not None:
        conditions.append(organisation == reach.organisation_id)
    if reach.filed_by is not None and filed_by is not None:
        conditions.append(filed_by == reach.filed_by)
    return or_(*conditions) if conditions else false()
