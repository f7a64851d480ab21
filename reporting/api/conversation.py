"""The room's side of the conversation over HTTP: question cards, messages, and a reporter's contact with a reason."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint

from reporting.api.body import Resource
from reporting.api.incidents import IF_MATCH, seen_version
from reporting.auth.guards import actor, guarded
from reporting.domain.conversation import Said
from reporting.schemas.conversation import AskSchema, ContactDetailsSchema, OpenContactSchema, TakeBackSchema, TellSchema
from reporting.schemas.incidents import SteppedSchema
from reporting.services import contacts, conversation
from reporting.services.cases import Stepped

blueprint = Resource("conversation", __name__, url_prefix="/api/v1", description="Talking with those who reported")


def _step(path: str, name: str, summary: str, schema: type) -> Callable[[Callable[..., Stepped]], Blueprint]:
    """A step on an incident as a route. A question decides nothing: the version may be left out."""

    def decorate(work: Callable[..., Stepped]) -> Any:
        @blueprint.route(f"/incidents/<uuid:incident_id>/{path}", methods=["POST"], endpoint=path)
        @guarded("incident.work")
        @blueprint.doc(operationId=name, summary=summary, parameters=[IF_MATCH])
        @blueprint.arguments(schema)
        @blueprint.response(200, SteppedSchema, description="Done.")
        @blueprint.refuses(409)
        def view(said: dict[str, Any], incident_id: uuid.UUID) -> dict[str, Any]:
            seen = seen_version(said.pop("version"), required=False)
            done = work(incident_id, seen, **said)
            return {"id": incident_id, "version": done.version, "event_id": done.event_id}

        view.__doc__ = work.__doc__
        return view

    return decorate


@_step("question", "askReporter", "Ask who reported", AskSchema)
def ask(incident_id: uuid.UUID, version: int | None, said: Said) -> Stepped:
    """A question card or words, to one reporter or to all. 422 `unsafe_request` where words seem to ask somebody to go back,
    follow, wait, touch, photograph or film; `sure` sends them all the same."""
    return conversation.ask(actor(), incident_id, version, said)


@_step("message", "tellReporter", "Tell who reported", TellSchema)
def tell(incident_id: uuid.UUID, version: int | None, said: Said) -> Stepped:
    """Words to one reporter or to all. They read them with the language named; nothing is translated."""
    return conversation.tell(actor(), incident_id, version, said)


@_step("take-back", "takeQuestionBack", "Do not ask any more", TakeBackSchema)
def take_back(incident_id: uuid.UUID, version: int | None, question: uuid.UUID) -> Stepped:
    """A question that waits is not asked any more. 409 where it was answered already."""
    return conversation.take_back(actor(), incident_id, version, question)


@blueprint.route("/reports/<uuid:report_id>/contact", methods=["POST"])
@guarded("contact.open")
@blueprint.doc(operationId="openContact", summary="Open what a reporter left")
@blueprint.arguments(OpenContactSchema)
@blueprint.response(200, ContactDetailsSchema)
@blueprint.refuses(409)
def open_contact(said: dict[str, Any], report_id: uuid.UUID) -> dict[str, Any]:
    """Name, mail and number, for the room whose incident it is. The reason stands on the timeline; each opening is recorded. 409
    where nothing was left or it is deleted."""
    return asdict(contacts.open_contact(actor(), report_id, said["reason"]))
