"""The door to live events: they come from a process of their own, at its own address."""

from flask import Response, redirect

from reporting.api.body import Resource
from reporting.auth.guards import credential, guarded
from reporting.auth.tickets import ticket_for
from reporting.bootstrap import adapters

blueprint = Resource("live", __name__, url_prefix="/api/v1", description="Live events")

LAST_EVENT_ID = {
    "in": "header",
    "name": "Last-Event-ID",
    "required": False,
    "schema": {"type": "string"},
    "description": "The id of the last event you have; the stream goes on behind it without a gap. "
    "Where that is not possible, also for an id that is not ours, its first event is `reset`.",
}
TO_THE_STREAM = {
    "Location": {
        "description": "The stream's own address with a ticket that is good for a minute.",
        "required": True,
        "schema": {"type": "string", "format": "uri"},
    }
}


@blueprint.route("/live", methods=["GET"])
@guarded("live.read")
@blueprint.doc(operationId="live", summary="Live events (Server-Sent Events)", parameters=[LAST_EVENT_ID])
@blueprint.alt_response(
    200, schema={"type": "string"}, content_type="text/event-stream", description="The events, until one side hangs up."
)
@blueprint.alt_response(307, description="Follow `Location`.", headers=TO_THE_STREAM)
def get_live() -> Response:
    """Where the stream has an address of its own, answers 307 to it; behind a proxy this is the stream itself.

    Clients that drop credentials on the way are let in by the ticket in the address. The events and the shapes of their data
    stand in `x-event-types`. Who is signed out or revoked is sent away within seconds.
    """
    address = f"{adapters().settings.stream_address}/api/v1/live?ticket={ticket_for(credential())}"
    response = redirect(address, code=307)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]
