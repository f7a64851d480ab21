"""Try before you switch: the rows in force, drafts of them, what a draft would have done, publishing it and going back."""

import uuid
from typing import Any, Final

from flask import g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from reporting.adapters.geocoder import geocoder_from
from reporting.auth.guards import guarded
from reporting.bootstrap import adapters
from reporting.dashboard import blueprint
from reporting.dashboard.actions import refused
from reporting.dashboard.panes import Typed
from reporting.dashboard.routing_forms import (
    DraftForm,
    PlaceForm,
    RowForm,
    ShapesForm,
    TitleForm,
    many,
    next_such_moment,
    wrong_fields,
)
from reporting.dashboard.routing_pages import show_draft, show_overview, show_row, show_shapes
from reporting.domain.errors import DomainError, NotFound, NotPossible, Problem, Refused, VersionConflict
from reporting.queries import drafts as query
from reporting.services import drafts, publishing, trials

MOST_SHAPE_BYTES: Final = 110 * 1024
"""Of a GeoJSON file that comes by a page; larger ones are loaded with `reporting jurisdiction load`."""
TROUBLES: Final = (ValidationError, Refused, VersionConflict, NotPossible)


@blueprint.get("/routing")
@guarded("routing.edit")
def routing_overview() -> ResponseReturnValue:
    """The rows in force, drafts, switches; a place to test."""
    return show_overview(g.actor)


@blueprint.post("/routing/drafts")
@guarded("routing.edit")
def begin_draft() -> ResponseReturnValue:
    """A new draft on the rows in force."""
    try:
        title = _given(TitleForm())["title"]
    except ValidationError as error:
        return show_overview(g.actor, _typed("begin", error))
    return redirect(url_for("dashboard.routing_draft", draft_id=drafts.begin(g.actor, title)), 303)


@blueprint.get("/routing/drafts/<uuid:draft_id>")
@guarded("routing.edit")
def routing_draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    """One draft: what it would have done, its rows, its history."""
    return show_draft(g.actor, draft_id)


@blueprint.get("/routing/drafts/<uuid:draft_id>/row")
@guarded("routing.edit")
def routing_row(draft_id: uuid.UUID) -> ResponseReturnValue:
    """One row of a draft, to be changed."""
    return show_row(g.actor, draft_id, request.args.get("key", ""))


@blueprint.post("/routing/drafts/<uuid:draft_id>/row")
@guarded("routing.edit")
def change_row(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Saves a row, leaves it out, or takes its changes back; what was refused is shown with what was typed."""
    key, step = request.args.get("key", ""), request.form.get("step", "save")
    try:
        if step == "save":
            given = _given(RowForm())
            drafts.change_row(g.actor, draft_id, given["version"], key, given["fields"])
        else:
            act = {"remove": drafts.remove_row, "reset": drafts.reset_row}.get(step)
            if act is None:
                raise NotFound
            act(g.actor, draft_id, _given(DraftForm())["version"], key)
    except TROUBLES as error:
        return show_row(g.actor, draft_id, key, _typed("row", error))
    return _to_draft(draft_id)


@blueprint.post("/routing/drafts/<uuid:draft_id>/publish")
@guarded("routing.publish")
def publish_draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Puts the draft in force."""
    try:
        publishing.publish(g.actor, draft_id, _given(DraftForm())["version"])
    except TROUBLES as error:
        return show_draft(g.actor, draft_id, _typed("publish", error))
    return redirect(url_for("dashboard.routing_overview", done="published"), 303)


@blueprint.post("/routing/back")
@guarded("routing.publish")
def go_back() -> ResponseReturnValue:
    """Puts in force again what was before the latest switch."""
    try:
        number = int(request.form.get("number", ""))
    except ValueError:
        raise NotFound from None
    try:
        publishing.go_back(g.actor, number)
    except NotPossible as error:
        return show_overview(g.actor, _typed("back", error))
    return redirect(url_for("dashboard.routing_overview", done="back"), 303)


@blueprint.post("/routing/drafts/<uuid:draft_id>/<any(try,rebase,discard):step>")
@guarded("routing.edit")
def step_of_draft(draft_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """Tries the draft again, takes in what has changed in force, or puts the draft away."""
    try:
        if step == "try":
            trials.ask_period(g.actor, draft_id)
        elif step == "rebase":
            drafts.rebase(g.actor, draft_id, _given(DraftForm())["version"])
        else:
            drafts.discard(g.actor, draft_id, _given(DraftForm())["version"])
            return redirect(url_for("dashboard.routing_overview", done="discarded"), 303)
    except TROUBLES as error:
        return show_draft(g.actor, draft_id, _typed(step, error))
    return _to_draft(draft_id)


@blueprint.post("/routing/drafts/<uuid:draft_id>/shapes")
@guarded("routing.edit")
def upload_shapes(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Takes a GeoJSON file and has it looked at; nothing of it is in the draft yet."""
    file = request.files.get("file")
    try:
        document = file.read(MOST_SHAPE_BYTES + 1) if file else b""
        trial_id = trials.ask_shapes(g.actor, draft_id, _text(document))
    except TROUBLES as error:
        return show_draft(g.actor, draft_id, _typed("shapes", error))
    return redirect(url_for("dashboard.routing_shapes", trial_id=trial_id), 303)


@blueprint.get("/routing/shapes/<uuid:trial_id>")
@guarded("routing.edit")
def routing_shapes(trial_id: uuid.UUID) -> ResponseReturnValue:
    """What a file holds, with a line for each feature that was repaired or refused."""
    return show_shapes(g.actor, trial_id)


@blueprint.post("/routing/drafts/<uuid:draft_id>/take-shapes")
@guarded("routing.edit")
def take_shapes(draft_id: uuid.UUID) -> ResponseReturnValue:
    """Puts the areas of a looked-at file into the draft."""
    try:
        given = _given(ShapesForm())
        found = query.trial(g.actor, given["trial"])
        rows = _rows(found, str(draft_id))
        drafts.add_rows(g.actor, draft_id, given["version"], rows)
    except TROUBLES as error:
        return show_draft(g.actor, draft_id, _typed("shapes", error))
    return _to_draft(draft_id)


@blueprint.get("/routing/trials/<uuid:trial_id>")
@guarded("routing.edit")
def routing_trial(trial_id: uuid.UUID) -> ResponseReturnValue:
    """How far a trial is, for the page that waits for it."""
    found = query.trial(g.actor, trial_id)
    return jsonify(state="given_up" if found.given_up else found.state, percent=found.percent)


@blueprint.post("/routing/place")
@guarded("routing.edit")
def test_place() -> ResponseReturnValue:
    """Asks who gets something there, of that kind, at that hour."""
    named = request.form.get("draft_id")
    draft_id = _key(named) if named else None
    try:
        given = PlaceForm().load(request.form.to_dict())
        trial_id = trials.ask_place(g.actor, draft_id, _question(given))
    except TROUBLES as error:
        typed = _typed("place", error)
        return show_draft(g.actor, draft_id, typed) if draft_id else show_overview(g.actor, typed)
    if draft_id:
        return redirect(url_for("dashboard.routing_draft", draft_id=draft_id, place=trial_id, _anchor="place"), 303)
    return redirect(url_for("dashboard.routing_overview", place=trial_id, _anchor="place"), 303)


def _question(given: dict[str, Any]) -> dict[str, Any]:
    """The question with its place as a point: coordinates as they are, words by the place search."""
    settings = adapters().settings
    point = _coordinates(given["place"])
    label = given["place"]
    if point is None:
        found = geocoder_from(settings.geocoder).geocode(given["place"])
        if found is None:
            problem = Problem("place", "unknown", "No such place is known. Try a street, a venue or coordinates.")
            raise Refused("This place was not found.", (problem,))
        point, label = (found.latitude, found.longitude), found.address
    at = next_such_moment(adapters().clock(), settings.time_zone, given["weekday"], given["minutes"])
    return {**given, "typed": given["place"], "place": label, "lat": point[0], "lon": point[1], "at": at.isoformat()}


def _coordinates(text: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, as in `60.169, 24.94`."""
    try:
        lat, lon = (float(part) for part in text.replace(";", ",").split(","))
    except ValueError:
        return None
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None


def _text(document: bytes) -> str:
    if not document:
        raise Refused("Choose a file first.")
    if len(document) > MOST_SHAPE_BYTES:
        raise Refused(f"This file is larger than {MOST_SHAPE_BYTES // 1024} kB. Ask your administrator to load it.")
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("This file is not text in UTF-8, so it cannot be GeoJSON.") from None
    if "\x00" in text:
        raise Refused("This file holds bytes that are no text.")
    return text


def _rows(found: query.Trial, draft_id: str) -> list[dict[str, Any]]:
    """The looked-at areas."""
    if found.kind != "shapes" or found.draft_id != draft_id or found.answer is None:
        raise NotFound
    if not found.answer["shapes"]:
        raise NotPossible("The file holds no area that can be used.")
    return [{**each, "level": each["level"] or found.answer["level"]} for each in found.answer["shapes"]]


def _given(form: Schema) -> dict[str, Any]:
    given: dict[str, Any] = form.load(many(request.form))
    return given


def _typed(action: str, error: ValidationError | DomainError) -> Typed:
    """The refusal in words; a conflict says so in the words of a draft, a form names each field that is not right."""
    if isinstance(error, ValidationError):
        return wrong_fields(action, error, request.form)
    typed = refused(action, error)
    if isinstance(error, VersionConflict):
        message = "Somebody else has changed this draft since you opened it. What you see now is how it stands."
        return Typed(typed.action, message, typed.status, typed.values, typed.problems)
    return typed


def _to_draft(draft_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("dashboard.routing_draft", draft_id=draft_id), 303)


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound from None
