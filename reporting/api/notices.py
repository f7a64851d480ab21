"""Notices over HTTP: what your room or your venue is told of incidents that others work on."""

from typing import Any

from reporting.api.body import Resource
from reporting.auth.guards import actor, guarded
from reporting.queries.notices import notices
from reporting.schemas.notices import RoomNoticesSchema

blueprint = Resource("notices", __name__, url_prefix="/api/v1/notices", description="What you are told of others' incidents")


@blueprint.route("", methods=["GET"])
@guarded("notice.read")
@blueprint.doc(operationId="listNotices", summary="For your information")
@blueprint.response(200, RoomNoticesSchema)
def get_notices() -> dict[str, Any]:
    """Open incidents of the last 24 hours that another room works on and that yours is told of: kind, urgency, place, time and
    who works on it, and never what a reporter wrote. Staff of a venue reads what its venue was asked or told."""
    return {"items": notices(actor())}
