"""What belongs together over HTTP: merge, split, not the same, look, reopen, and undoing any step."""

import uuid
from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint

from reporting.api.body import Resource
from reporting.api.incidents import IF_MATCH, seen_version
from reporting.auth.guards import actor, guarded
from reporting.domain.checks import Check
from reporting.queries.incident import number_of
from reporting.schemas.incidents import ReasonSchema, SteppedSchema
from reporting.schemas.joins import CheckSchema, JoinedStepSchema, MergeSchema, NotSameSchema, SplitSchema
from reporting.services import casework, checks, merging, splitting, undoing
from reporting.services.cases import Stepped

blueprint = Resource("joins", __name__, url_prefix="/api/v1", description="What belongs together, and taking steps back")

Answer = dict[str, Any]


def _step(path: str, name: str, summary: str, schemas: tuple[type, type]) -> Callable[[Callable[..., Answer]], Blueprint]:
    """A step on an incident as a route: guard, body with the version that was seen, answer with the new one."""
    asks, answers = schemas

    def decorate(work: Callable[..., Answer]) -> Any:
        @blueprint.route(f"/incidents/<uuid:incident_id>/{path}", methods=["POST"], endpoint=path)
        @guarded("incident.work")
        @blueprint.doc(operationId=name, summary=summary, parameters=[IF_MATCH])
        @blueprint.arguments(asks)
        @blueprint.response(200, answers, description="Done.")
        @blueprint.refuses(409)
        def view(said: dict[str, Any], incident_id: uuid.UUID) -> Answer:
            seen = seen_version(said.pop("version"), required=path not in ("not-same", "check"))
            return work(incident_id, seen, **said)

        view.__doc__ = work.__doc__
        return view

    return decorate


@_step("reopen", "reopenIncident", "Open it again", (ReasonSchema, SteppedSchema))
def reopen(incident_id: uuid.UUID, version: int, text: str) -> Answer:
    """A closed incident goes on; the reason is told. One that was merged is brought back by undoing the merge."""
    return _stepped(incident_id, casework.reopen(actor(), incident_id, version, text))


@_step("check", "checkIncident", "Somebody has looked", (CheckSchema, SteppedSchema))
def check(incident_id: uuid.UUID, version: int | None, done: Check) -> Answer:
    """Keeps what was done and what came of it. What somebody has seen stands against worse answers that were reported before.
    Nobody is sent or rung by this. The version may be left out."""
    return _stepped(incident_id, checks.check(actor(), incident_id, version, done))


@_step("merge", "mergeIncidents", "Two incidents are one", (MergeSchema, JoinedStepSchema))
def merge(incident_id: uuid.UUID, version: int, other: uuid.UUID, other_version: int | None, reason: str) -> Answer:
    """The other incident's reports move here. It is closed, keeps its number and address, and leads to this one. The worse
    priority and the worse answers stand; what nobody acknowledged stays so, with the earliest clock. Undoing brings both back."""
    done = merging.merge(actor(), incident_id, version, merging.Other(other, other_version, reason))
    return _joined(incident_id, done, other)


@_step("split", "splitIncident", "Take reports out", (SplitSchema, JoinedStepSchema))
def split(incident_id: uuid.UUID, version: int, reports: list[uuid.UUID], into: splitting.Into, reason: str) -> Answer:
    """These reports are about something else. They get an incident of their own, or go back to the one they came from, and
    never join this one again by themselves."""
    taking = splitting.Taking(tuple(dict.fromkeys(reports)), into, reason)
    done, other = splitting.split(actor(), incident_id, version, taking)
    return _joined(incident_id, done, other)


@_step("not-same", "markNotSame", "Not the same", (NotSameSchema, JoinedStepSchema))
def not_same(
    incident_id: uuid.UUID, version: int | None, reason: str, other: uuid.UUID | None = None, report: uuid.UUID | None = None
) -> Answer:
    """Kept for good: the two are neither suggested nor merged, the report never joins by itself, until somebody takes it back.
    A mark changes no decision; the version may be left out."""
    if report is not None:
        done = merging.say_report_not_same(actor(), incident_id, version, report, reason)
        return _joined(incident_id, done, None)
    assert other is not None
    return _joined(incident_id, merging.say_not_same(actor(), incident_id, version, merging.Other(other, None, reason)), other)


@blueprint.route("/undo/<uuid:event_id>", methods=["POST"])
@guarded("incident.work")
@blueprint.doc(operationId="undoStep", summary="Take a step back", parameters=[IF_MATCH])
@blueprint.response(200, SteppedSchema, description="Done.")
@blueprint.refuses(400, 409)
def undo(event_id: uuid.UUID) -> Answer:
    """Takes back what the step of this event changed, exactly, and tells so on the timeline. Priority, taking, closing, putting
    aside and the like can be taken back for some minutes; merging, taking out and "not the same" at any time. 409 where
    somebody has decided something since. It needs no body; the version may be named in `If-Match`."""
    incident_id, done = undoing.undo(actor(), event_id, seen_version(None, required=False))
    return _stepped(incident_id, done)


def _stepped(incident_id: uuid.UUID, done: Stepped) -> Answer:
    return {"id": incident_id, "version": done.version, "event_id": done.event_id}


def _joined(incident_id: uuid.UUID, done: Stepped, other: uuid.UUID | None) -> Answer:
    named = {"id": other, "number": number_of(actor(), other)} if other else None
    return {**_stepped(incident_id, done), "other": named}
