"""Pages and posts about what belongs together: two incidents side by side, the closed ones, and taking a step back."""

import uuid
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from reporting.auth.guards import guarded
from reporting.dashboard import blueprint
from reporting.dashboard.join_forms import ClosedQuery
from reporting.dashboard.pages import bare, context, show
from reporting.dashboard.panes import ALL, Typed
from reporting.domain.errors import NotPossible, Refused, VersionConflict
from reporting.domain.queue import QueueFilter
from reporting.policy import decide
from reporting.queries import incident, queue
from reporting.services import undoing

CLOSED_A_PAGE = 50


@blueprint.post("/undo/<uuid:event_id>")
@guarded("incident.work")
def undo(event_id: uuid.UUID) -> ResponseReturnValue:
    """Takes a step back and shows its incident; a refusal says why."""
    try:
        incident_id, _done = undoing.undo(g.actor, event_id)
    except (NotPossible, VersionConflict) as error:
        seen = request.form.get("incident", "")
        return show(g.actor, ALL, seen or None, Typed("undo", error.message, 409))
    return redirect(url_for("dashboard.console", incident=incident_id), 303)


@blueprint.get("/incidents/<uuid:incident_id>/beside/<uuid:other_id>")
@guarded("console.open")
def side_by_side(incident_id: uuid.UUID, other_id: uuid.UUID) -> ResponseReturnValue:
    """Two incidents with all their reports next to each other; what is suggested about them can be decided here."""
    both = [incident.detail(g.actor, each) for each in (incident_id, other_id)]
    found = next((each for each in both[0]["suggestions"] if each["incident"]["id"] == str(other_id)), None)
    return render_template(
        "dashboard/beside.html",
        **context(g.actor, bare()),
        both=both,
        suggestion=found,
        may_work=decide(g.actor, "incident.work").allowed,
    )


@blueprint.get("/closed")
@guarded("console.open")
def closed_page() -> ResponseReturnValue:
    """Closed incidents, newest first, page by page; any number is found here, whatever its state."""
    try:
        asked: dict[str, Any] = ClosedQuery().load(request.args.to_dict())
    except ValidationError:
        raise Refused("This page is not here.") from None
    wanted = QueueFilter(status=("closed",), sort="-opened_at", limit=CLOSED_A_PAGE, **asked)
    page = queue.page(g.actor, wanted)
    return render_template("dashboard/closed.html", **context(g.actor, bare()), page=page, q=asked["q"])
