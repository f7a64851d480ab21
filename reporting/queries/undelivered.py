"""Messages to people outside that did not arrive, as the room sees them whose reporters, venues or numbers they were for."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select

from reporting.adapters.sight import Sight, reading
from reporting.models.delivery import Delivery
from reporting.models.incident import Incident
from reporting.models.report import Report
from reporting.models.venue import Venue
from reporting.policy import Actor, scope

ACTION: Final = "undelivered.read"
SHOWN: Final = 200
REFUSED_SHOWN: Final = timedelta(days=3)
"""A message that was refused for good cannot be sent again; it is shown for so long, that somebody thinks of another way."""


def undelivered(actor: Actor) -> list[dict[str, Any]]:
    """What was given up, and what was refused in the last days, newest first. Never an address."""
    room = scope(actor, ACTION).organisation_id
    if room is None:
        return []
    statement = (
        select(Delivery, Incident.id.label("incident"), Incident.number, Venue.name.label("venue"))
        .outerjoin(Report, Report.id == Delivery.report_id)
        .outerjoin(Incident, Incident.id == Report.incident_id)
        .outerjoin(Venue, Venue.id == Delivery.venue_id)
        .where(
            or_(Incident.organisation_id == room, Delivery.told_by == room, Delivery.organisation_id == room),
            or_(
                Delivery.state == "dead",
                (Delivery.state == "refused") & (Delivery.ended_at > func.now() - REFUSED_SHOWN),
            ),
        )
        .order_by(Delivery.ended_at.desc(), Delivery.id)
        .limit(SHOWN)
    )
    with reading(Sight(organisation=room)) as session:
        return [_shown(row) for row in session.execute(statement)]


def _shown(row: Any) -> dict[str, Any]:
    delivery: Delivery = row.Delivery
    return {
        "id": delivery.id,
        "template": delivery.template,
        "channel": delivery.channel,
        "result": delivery.result,
        "attempts": delivery.attempts,
        "ended_at": delivery.ended_at,
        "incident": row.incident,
        "number": row.number or "",
        "venue": row.venue or "",
        "again": delivery.state == "dead" and delivery.subscription_id is not None,
    }
