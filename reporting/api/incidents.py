"""The control room's work over HTTP: the queue, an incident, and each step of casework."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from flask import request

from reporting.api.body import Resource
from reporting.auth.guards import actor, guarded
from reporting.domain.errors import BadRequest, Problem, Refused
from reporting.domain.facts import Point
from reporting.domain.queue import QueueFilter
from reporting.queries import incident, incident_reports, queue
from reporting.schemas.correcting import CorrectSchema
from reporting.schemas.incidents import (
    CloseSchema,
    IncidentSchema,
    NoteSchema,
    PrioritySchema,
    QueueQuerySchema,
    QueueSchema,
    ReasonSchema,
    ReportsQuerySchema,
    ReportsSchema,
    ShelveSchema,
    SteppedSchema,
    StepSchema,
)
from reporting.services import answering, casework, correcting
from reporting.services.cases import Stepped
from reporting.services.correcting import Correction

blueprint = Resource("incidents", __name__, url_prefix="/api/v1/incidents", description="Incidents of your organisation")

VERSION = '(W/)?("[0-9]{1,9}"|[0-9]{1,9})'
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string", "pattern": f"^{VERSION}$"},
    "description": "The version you saw; instead of `version` in the body, never beside it.",
}

ANSWERS = ("acknowledge", "note")
"""Steps that a room may also do on what another room gave it sight of."""


@blueprint.route("", methods=["GET"])
@guarded("incident.read")
@blueprint.doc(operationId="listIncidents", summary="The queue")
@blueprint.arguments(QueueQuerySchema, location="query")
@blueprint.response(200, QueueSchema)
def get_incidents(wanted: QueueFilter) -> dict[str, Any]:
    """Incidents page by page; by default the open ones, in the order in which they need somebody."""
    page = queue.page(actor(), wanted)
    return {"items": page.items, "next": page.next}


@blueprint.route("/<uuid:incident_id>", methods=["GET"])
@guarded("incident.read")
@blueprint.doc(operationId="readIncident", summary="One incident")
@blueprint.response(200, IncidentSchema)
def get_incident(incident_id: uuid.UUID) -> dict[str, Any]:
    """An incident with its reports, why it is judged, joined and routed so, and its timeline."""
    return incident.detail(actor(), incident_id)


@blueprint.route("/<uuid:incident_id>/reports", methods=["GET"])
@guarded("incident.read")
@blueprint.doc(operationId="listReports", summary="All reports of an incident")
@blueprint.arguments(ReportsQuerySchema, location="query")
@blueprint.response(200, ReportsSchema)
def get_reports(wanted: dict[str, Any], incident_id: uuid.UUID) -> dict[str, Any]:
    """An incident's reports page by page, newest first."""
    items, following = incident_reports.page(actor(), incident_id, **wanted)
    return {"items": items, "next": following}


def _step(path: str, name: str, summary: str, schema: type) -> Callable[[Callable[..., Stepped]], Callable[..., Any]]:
    """One step of casework as a route: guard, body with version, answer with the new version."""

    def decorate(work: Callable[..., Stepped]) -> Callable[..., Any]:
        @blueprint.route(f"/<uuid:incident_id>/{path}", methods=["POST"], endpoint=path)
        @guarded("incident.answer" if path in ANSWERS else "incident.work")
        @blueprint.doc(operationId=name, summary=summary, parameters=[IF_MATCH])
        @blueprint.arguments(schema)
        @blueprint.response(200, SteppedSchema, description="Done.")
        @blueprint.refuses(409)
        def view(said: dict[str, Any], incident_id: uuid.UUID) -> dict[str, Any]:
            seen = seen_version(said.pop("version"), required=path != "note")
            done = work(incident_id, seen, **said)
            return {"id": incident_id, "version": done.version, "event_id": done.event_id}

        view.__doc__ = work.__doc__
        return view

    return decorate


def seen_version(in_body: int | None, *, required: bool) -> int | None:
    """The version the operator saw, from the body or from If-Match; they must not contradict each other."""
    header = request.headers.get("If-Match")
    if header is not None and not re.fullmatch(VERSION, header):
        raise BadRequest("If-Match must be the incident's version.", (Problem("If-Match", "invalid", "Must be a version."),))
    in_header = int(header.removeprefix("W/").strip('"')) if header else None
    if in_header is not None and in_body is not None and in_header != in_body:
        raise Refused("Two different versions were named.", (Problem("version", "contradiction", "Differs from If-Match."),))
    seen = in_body if in_body is not None else in_header
    if seen is None and required:
        raise Refused("The version is needed.", (Problem("version", "required", "Name the version you saw."),))
    return seen


@_step("acknowledge", "acknowledgeIncident", "Somebody has seen it", StepSchema)
def acknowledge(incident_id: uuid.UUID, version: int) -> Stepped:
    """Stops the clock. 409 when it is acknowledged already or was changed since you read it."""
    return answering.acknowledge(actor(), incident_id, version)


@_step("take", "takeIncident", "Make it yours", StepSchema)
def take(incident_id: uuid.UUID, version: int) -> Stepped:
    """You work on it from now on."""
    return casework.take(actor(), incident_id, version)


@_step("note", "noteOnIncident", "Add a note", NoteSchema)
def note(incident_id: uuid.UUID, version: int | None, text: str, about: uuid.UUID | None) -> Stepped:
    """A note changes no decision; the version may be left out. With `about` it is the reason for a change of priority."""
    return answering.note(actor(), incident_id, version, text, about)


@_step("priority", "changePriority", "Change the priority", PrioritySchema)
def priority(incident_id: uuid.UUID, version: int, priority: int, reason: str) -> Stepped:
    """Your word overrules the score, and later reports do not change it again. The priority it has already changes nothing."""
    return casework.change_priority(actor(), incident_id, version, priority, reason)


@_step("correct", "correctIncident", "Correct kind or place", CorrectSchema)
def correct(incident_id: uuid.UUID, version: int, **said: Any) -> Stepped:
    """What it is or where it is was told wrong. Routing looks again: what nobody has seen moves, the rest is only pointed out."""
    return correcting.correct(actor(), incident_id, version, correction_of(**said))


def correction_of(category: str | None, lat: float | None, lon: float | None, place: str | None, text: str) -> Correction:
    """What was sent, as the service takes it."""
    point = Point(lat, lon, None, "pin") if lat is not None and lon is not None else None
    return Correction(category=category, point=point, place=place, reason=text)


@_step("waiting", "setIncidentWaiting", "Wait for an answer", ReasonSchema)
def wait(incident_id: uuid.UUID, version: int, text: str) -> Stepped:
    """It waits for somebody's answer; `take` goes on with it."""
    return casework.wait(actor(), incident_id, version, text)


@_step("shelve", "shelveIncident", "Shelve for now", ShelveSchema)
def shelve(incident_id: uuid.UUID, version: int, text: str, minutes: int) -> Stepped:
    """It is put aside for some minutes and comes back by itself; `take` goes on with it."""
    return casework.shelve(actor(), incident_id, version, text, minutes)


@_step("close", "closeIncident", "Close with an outcome", CloseSchema)
def close(incident_id: uuid.UUID, version: int, outcome: str, text: str) -> Stepped:
    """Ends the incident. `malicious_false` needs a supervisor and the evidence in words; priority 1 needs a sentence."""
    return casework.close(actor(), incident_id, version, outcome, text)
