"""The console's pages: the three panes together, and each pane at an address of its own for further screens."""

import uuid

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reporting.auth.guards import guarded, reader
from reporting.dashboard import blueprint
from reporting.dashboard.actions import kept_typing, typed_again
from reporting.dashboard.pages import bare, context, show
from reporting.dashboard.panes import ALL
from reporting.domain.errors import Forbidden, NotFound, NotSignedIn, Refused
from reporting.policy import decide
from reporting.queries import incident as incident_query
from reporting.queries import incident_reports
from reporting.queries.incident_reports import as_key

REPORTS_A_PAGE = 100


@blueprint.get("/")
@guarded("console.open")
def console() -> ResponseReturnValue:
    """All three panes; `?incident=ID` opens one."""
    return show(g.actor, ALL, request.args.get("incident"))


@blueprint.get("/queue")
@guarded("console.open")
def queue_pane() -> ResponseReturnValue:
    """The queue in a window of its own."""
    return show(g.actor, ("queue",))


@blueprint.get("/map")
@guarded("console.open")
def map_pane() -> ResponseReturnValue:
    """The map in a window of its own."""
    return show(g.actor, ("map",))


@blueprint.get("/incidents/<incident_id>")
@guarded("console.open")
def incident_pane(incident_id: str) -> ResponseReturnValue:
    """One incident in a window of its own."""
    return show(g.actor, ("incident",), incident_id)


@blueprint.get("/reports/<uuid:incident_id>")
@guarded("console.open")
def reports_page(incident_id: uuid.UUID) -> ResponseReturnValue:
    """Every report of an incident, newest first, page by page; it needs no JavaScript."""
    incident = incident_query.detail(g.actor, incident_id)
    before = as_key(request.args["before"]) if request.args.get("before") else None
    reports, following = incident_reports.page(g.actor, incident_id, before, REPORTS_A_PAGE)
    page = {"incident": incident, "reports": reports, "following": following, "before": before}
    return render_template("dashboard/reports.html", **context(g.actor, bare()), **page)


@blueprint.get("/reports/<uuid:report_id>/pictures/<int(min=1,max=3):n>")
@guarded("console.open")
def picture_page(report_id: uuid.UUID, n: int) -> ResponseReturnValue:
    """One picture in full, for who asked for it; it needs no JavaScript. The image itself is what is recorded."""
    report = incident_reports.report(g.actor, report_id)
    found = next((each for each in report["pictures"] if each["n"] == n and each["state"] == "ready"), None)
    if found is None:
        raise NotFound
    return render_template("dashboard/picture.html", **context(g.actor, bare()), report=report, picture=found)


@blueprint.errorhandler(NotSignedIn)
def send_to_the_door(_refused: NotSignedIn) -> ResponseReturnValue:
    """Whoever is not signed in gets the form, and afterwards the page they wanted; the console's modules get the bare fact."""
    if request.args.get("only") == "pane":
        return "", 401
    kept = kept_typing()
    if kept is not None:
        return kept
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("dashboard.sign_in", next=wanted), 303)


@blueprint.errorhandler(Forbidden)
def say_what_is_missing(refused: Forbidden) -> ResponseReturnValue:
    """A page for people with another role, or with a form from yesterday."""
    again = typed_again()
    if again is not None:
        return again
    sentence = f"{refused.message} Sign in with an account of a control room, or ask your administrator."
    way_out, word = _way_out()
    page = render_template(
        "dashboard/refused.html", title="You may not open this", sentence=sentence, way_out=way_out, way_out_word=word, door=True
    )
    return page, 403


HOMES = (
    ("console.open", "/control/", "Back to the queue"),
    ("routing.edit", "/control/routing", "To the routing of your room"),
    ("venue.own_reports", "/venue/", "To the page of your venue"),
)
"""What somebody may open -> where that is. Nobody is led back to the page that just turned them away."""


def _way_out() -> tuple[str, str]:
    who = reader()
    open_to_them = (home for action, *home in HOMES if who is not None and decide(who, action).allowed)
    address, word = next((home for home in open_to_them if home[0] != request.path), ("/control/sign-in", "Sign in"))
    return address, word


@blueprint.errorhandler(NotFound)
@blueprint.errorhandler(Refused)
def say_it_is_absent(_refused: NotFound | Refused) -> ResponseReturnValue:
    """Absent and not yours look the same."""
    sentence = "It does not exist, or it belongs to another room."
    return render_template("dashboard/refused.html", title="This is not here", sentence=sentence), 404
