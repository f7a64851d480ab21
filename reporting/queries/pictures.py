"""The pictures of a report as its operators are told of them: what state each is in, and where it can be looked at."""

import uuid
from typing import Any, Final

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from reporting.adapters.sight import Sight, reading
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound
from reporting.domain.facts import Hot
from reporting.domain.hot import needs_safety_advice
from reporting.domain.receipts import normalised
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


WITHOUT_CAMERA: Final = frozenset(("suspicious_behaviour",))
"""What nobody should photograph: people."""


def may_be_offered(receipt_code: str) -> bool:
    """Whether the holder of this receipt may be offered to add a picture: never where the answers about an item are worrying,
    danger goes on or it is about people, and not to a report that was withdrawn."""
    code = normalised(receipt_code)
    if code is None:
        return False
    mark = adapters().seals.mark("receipt", code)
    with reading(Sight(receipt=mark.hex())) as session:
        found = session.scalar(select(Report).where(Report.receipt_hash == mark, Report.withdrawn_at.is_(None)))
    if found is None or found.category in WITHOUT_CAMERA or found.happening_now == "yes":
        return False
    return not needs_safety_advice(Hot(found.hot_hidden, found.hot_obvious, found.hot_typical))  # type: ignore[arg-type]


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
