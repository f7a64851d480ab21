"""The door to live events: they come from a process of their own, at its own address."""

from flask import Response, redirect

from reporting.api.body import Resource
from reporting.auth.guards import actor, guarded
from reporting.auth.tickets import ticket_for
from reporting.bootstrap import adapters

blueprint = Resource("live", __name__, url_prefix="/api/v1", description="Live events")

LAST_EVENT_ID = {
    "in": "header",
    "name": "Last-Event-ID",
    "required": False,
    "schema": {"type": "string", "pattern": "^[0-9]{1,19}-[0-9]{1,19}$"},
    "description": "The last event you have; the stream goes on behind it without a gap.",
}


@blueprint.route("/live", methods=["GET"])
@guarded("live.read")
@blueprint.doc(
    operationId="live", summary="Live events (Server-Sent Events)", security=[{"token": []}], parameters=[LAST_EVENT_ID]
)
@blueprint.alt_response(307, description="Follow `Location`, which carries a ticket that is good for a minute")
def get_live() -> Response:
    """Answers 307 to the stream's own address. Clients that drop credentials on the way are let in by the ticket."""
    address = f"{adapters().settings.stream_address}/api/v1/live?ticket={ticket_for(actor().account_id)}"
    response = redirect(address, code=307)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]
