"""The desks of a room over HTTP: signs of life of its consoles, giving incidents to desks and people, escalating by hand."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from reporting.api.body import Resource
from reporting.api.incidents import IF_MATCH, seen_version
from reporting.auth import sessions
from reporting.auth.guards import actor, credential, guarded
from reporting.queries import roster
from reporting.schemas.desks import AssignSchema, DesksSchema, EscalateSchema, GiveBackSchema, LeaveSchema, PresenceSchema
from reporting.schemas.incidents import SteppedSchema
from reporting.services import accounts, answering, assigning, escalation, presence
from reporting.services.assigning import Receiver
from reporting.services.cases import Stepped
from reporting.services.presence import Beat

blueprint = Resource("desks", __name__, url_prefix="/api/v1", description="Desks, who sits there, and escalation by hand")


@blueprint.route("/presence", methods=["POST"])
@guarded("presence.keep", wakes=False)
@blueprint.doc(operationId="keepPresence", summary="A console shows life")
@blueprint.arguments(PresenceSchema)
@blueprint.response(200, DesksSchema)
def keep_presence(said: dict[str, Any]) -> dict[str, Any]:
    """Send it every ten seconds while a console is open; after thirty seconds of silence nobody is there. Answers with the room
    as it is now. A page that nobody has touched for some minutes says `idle`: it still counts, and does not keep its session."""
    who = actor()
    presence.keep(who, Beat(said["page"], credential().mark, said["desk"], said["idle"]))
    cookie = sessions.session_cookie()
    if cookie and not said["idle"]:
        accounts.keep_alive(cookie)
    return roster.desks_now(who)


@blueprint.route("/presence/leave", methods=["POST"])
@guarded("presence.keep", wakes=False)
@blueprint.doc(operationId="leavePresence", summary="A console closes")
@blueprint.arguments(LeaveSchema)
@blueprint.response(204, description="Done.")
def leave_presence(said: dict[str, Any]) -> Response:
    """The page counts for five more seconds, which a reload does not need."""
    presence.leave(actor(), said["page"])
    return Response(status=204)


def _step(path: str, name: str, summary: str, schema: type) -> Callable[[Callable[..., Stepped]], Blueprint]:
    """A step on an incident as a route: guard, body with the version that was seen, answer with the new one."""

    def decorate(work: Callable[..., Stepped]) -> Any:
        @blueprint.route(f"/incidents/<uuid:incident_id>/{path}", methods=["POST"], endpoint=path)
        @guarded("incident.give_back" if path == "give-back" else "incident.work")
        @blueprint.doc(operationId=name, summary=summary, parameters=[IF_MATCH])
        @blueprint.arguments(schema)
        @blueprint.response(200, SteppedSchema, description="Done.")
        @blueprint.refuses(409)
        def view(said: dict[str, Any], incident_id: uuid.UUID) -> dict[str, Any]:
            seen = seen_version(said.pop("version"), required=True)
            done = work(incident_id, seen, **said)
            return {"id": incident_id, "version": done.version, "event_id": done.event_id}

        view.__doc__ = work.__doc__
        return view

    return decorate


@_step("escalate", "escalateIncident", "One rung up", EscalateSchema)
def escalate(incident_id: uuid.UUID, version: int, reason: str) -> Stepped:
    """To the supervisor, else to the room above that is there. 409 with the numbers to call where nobody is there."""
    return escalation.escalate(actor(), incident_id, version, reason)


@_step("assign", "assignIncident", "Give it to a desk or an operator", AssignSchema)
def assign(
    incident_id: uuid.UUID, version: int, reason: str, desk: uuid.UUID | None = None, operator: uuid.UUID | None = None
) -> Stepped:
    """Of your own room, one of the two. Nothing is acknowledged by it: the clock runs on."""
    return assigning.assign(actor(), incident_id, version, Receiver(desk, operator), reason)


@_step("give-back", "giveIncidentBack", "Give back what you were shown", GiveBackSchema)
def give_back(incident_id: uuid.UUID, version: int, text: str) -> Stepped:
    """Another room's incident that was escalated to yours: you lose sight of it, and its ladder goes on."""
    return answering.give_back(actor(), incident_id, version, text)
