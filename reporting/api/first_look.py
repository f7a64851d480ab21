"""First looks over HTTP: whether trained staff can be asked, asking, taking the question back."""

import uuid
from typing import Any

from reporting.api.body import Resource
from reporting.api.incidents import IF_MATCH, seen_version
from reporting.auth.guards import actor, guarded
from reporting.queries.first_look import standing
from reporting.schemas.first_look import AskLookSchema, FirstLookSchema
from reporting.schemas.incidents import SteppedSchema, StepSchema
from reporting.services import first_look
from reporting.services.cases import Stepped

blueprint = Resource("first looks", __name__, url_prefix="/api/v1/incidents", description="Asking trained staff to look")
PATH = "/<uuid:incident_id>/"


@blueprint.route(f"{PATH}first-look", methods=["GET"])
@guarded("incident.work")
@blueprint.doc(operationId="readFirstLook", summary="Whether staff can be asked to look")
@blueprint.response(200, FirstLookSchema)
def get_first_look(incident_id: uuid.UUID) -> dict[str, Any]:
    """Whether trained staff on duty can be asked "please look, 2 minutes, do not touch", why not, and how the newest question
    stands. It is never offered for what looks dangerous, for weapons, threats, vehicles and people."""
    return standing(actor(), incident_id)


@blueprint.route(f"{PATH}first-look", methods=["POST"])
@guarded("incident.work")
@blueprint.doc(operationId="askFirstLook", summary="Ask trained staff to look", parameters=[IF_MATCH])
@blueprint.arguments(AskLookSchema)
@blueprint.response(200, SteppedSchema, description="Asked.")
@blueprint.refuses(409)
def ask(said: dict[str, Any], incident_id: uuid.UUID) -> dict[str, Any]:
    """The nearest trained person on duty is asked, then the next one, then it is yours again. Their answers come back as a look.
    409 with the reason where nobody may be asked or nobody is there. The version may be left out."""
    seen = seen_version(said.pop("version"), required=False)
    return _stepped(incident_id, first_look.ask(actor(), incident_id, seen, said["text"]))


@blueprint.route(f"{PATH}withdraw-look", methods=["POST"])
@guarded("incident.work")
@blueprint.doc(operationId="withdrawFirstLook", summary="Take the question back", parameters=[IF_MATCH])
@blueprint.arguments(StepSchema)
@blueprint.response(200, SteppedSchema, description="Taken back.")
@blueprint.refuses(409)
def withdraw(said: dict[str, Any], incident_id: uuid.UUID) -> dict[str, Any]:
    """Nobody is asked any more; staff reads that the question was taken back. The version may be left out."""
    return _stepped(incident_id, first_look.withdraw(actor(), incident_id, seen_version(said.pop("version"), required=False)))


def _stepped(incident_id: uuid.UUID, done: Stepped) -> dict[str, Any]:
    return {"id": incident_id, "version": done.version, "event_id": done.event_id}
