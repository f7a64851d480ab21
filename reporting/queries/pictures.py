"""The pictures of a report as its operators are told of them: what state each is in, and where it can be looked at."""

import uuid
from typing import Any, Final

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from reporting.adapters.sight import reading
from reporting.domain.errors import NotFound
from reporting.models.incident import Incident
from reporting.models.picture import Picture
from reporting.models.report import Report
from reporting.policy import Actor
from reporting.queries.scoping import reports_within, sight_of

ACTION: Final = "picture.view"

_ONE: Final = func.jsonb_build_object(
    *("n", Picture.n, "state", Picture.state, "reason", Picture.reason, "width", Picture.width, "height", Picture.height),
    *("lat", Picture.taken_lat, "lon", Picture.taken_lon),
)
PICTURES: Final[ScalarSelect[Any]] = (
    select(func.jsonb_agg(aggregate_order_by(_ONE, Picture.n)))
    .where(Picture.report_id == Report.id)
    .correlate(Report)
    .scalar_subquery()
)
"""What is known of a report's pictures, as one column beside the report."""


def picture_of(actor: Actor, report_id: uuid.UUID, n: int) -> uuid.UUID:
    """The id of a report's nth picture; raises NotFound for what is absent, not ready, withdrawn or not the actor's alike."""
    wanted = (
        select(Picture.id)
        .join(Report, Report.id == Picture.report_id)
        .outerjoin(Incident, Incident.id == Report.incident_id)
        .where(Report.id == report_id, Picture.n == n, Picture.state == "ready", Report.withdrawn_at.is_(None))
        .where(reports_within(actor, ACTION))
    )
    with reading(sight_of(actor, ACTION)) as session:
        found: uuid.UUID | None = session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def pictures_json(report: Report, found: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Pictures on the operators' wire, by number; none of a report that was withdrawn."""
    if report.withdrawn_at is not None:
        return []
    return [_told(f"/api/v1/reports/{report.id}/pictures/{each['n']}", each) for each in found or ()]


def _told(address: str, found: dict[str, Any]) -> dict[str, Any]:
    ready = found["state"] == "ready"
    return {
        "n": found["n"],
        "state": found["state"],
        "reason": found["reason"] or None,
        "url": address if ready else None,
        "thumbnail_url": f"{address}/thumbnail" if ready else None,
        "blurred_url": f"{address}/blurred" if ready else None,
        "width": found["width"],
        "height": found["height"],
        "taken_at": None if found["lat"] is None else {"lat": found["lat"], "lon": found["lon"]},
    }
