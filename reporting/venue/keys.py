"""Keys of the venue's own systems, and QR links for reporting without an account."""

import uuid

import segno
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reporting.auth import devices
from reporting.auth.guards import actor, guarded
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound, Refused
from reporting.queries.premises import premises
from reporting.queries.workspace import links, systems
from reporting.schemas.report_form import FormProblem
from reporting.services import venue_keys
from reporting.venue import blueprint
from reporting.venue.manage import as_lines


@blueprint.get("/manage/keys")
@guarded("venue.manage")
def key_list() -> ResponseReturnValue:
    """Systems with their keys, and links, that hold."""
    return _page()


@blueprint.post("/manage/keys")
@guarded("venue.manage")
def add_system() -> ResponseReturnValue:
    """Adds a system and shows its key, once."""
    try:
        key = venue_keys.add_system(actor(), request.form.get("name", ""))
    except Refused as refused:
        return _page(as_lines(refused.problems)), 422
    return _page(key=key), 201


@blueprint.post("/manage/keys/<uuid:account_id>/<any(rotate,end):step>")
@guarded("venue.manage")
def change_system(account_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """A new key, shown once, beside which the old one holds for the overlap; or the end of a system's keys at once."""
    if step == "rotate":
        return _page(key=venue_keys.rotate_key(actor(), account_id)), 201
    venue_keys.end_system(actor(), account_id)
    return redirect(url_for("venue.key_list"), 303)


@blueprint.post("/manage/links")
@guarded("venue.manage")
def add_link() -> ResponseReturnValue:
    """Makes a link and shows its QR code to print."""
    try:
        link = venue_keys.add_link(actor(), request.form.get("label", ""))
    except Refused as refused:
        return _page([FormProblem("label", each.message) for each in as_lines(refused.problems)]), 422
    return redirect(url_for("venue.show_link", link_id=link), 303)


@blueprint.get("/manage/links/<uuid:link_id>")
@guarded("venue.manage")
def show_link(link_id: uuid.UUID) -> ResponseReturnValue:
    """The QR code of a link that holds, on a page to print."""
    found = next((each for each in links(actor()) if each.id == link_id and each.revoked_at is None), None)
    if found is None:
        raise NotFound
    token = devices.link_token(str(found.id), str(found.venue_id))
    address = adapters().settings.origin + url_for("venue.open_link", token=token, lang=None)
    drawing = Markup(segno.make(address, error="q", micro=False).svg_inline(border=4, omitsize=True))  # noqa: S704  our own lines
    return render_template("venue/link.html", link=found, drawing=drawing, address=address, premises=premises(actor()))


@blueprint.post("/manage/links/<uuid:link_id>/end")
@guarded("venue.manage")
def end_link(link_id: uuid.UUID) -> ResponseReturnValue:
    """Whoever scans it from now on gets the page for everybody."""
    venue_keys.revoke_link(actor(), link_id)
    return redirect(url_for("venue.key_list"), 303)


def _page(problems: list[FormProblem] | None = None, key: str = "") -> str:
    settings = adapters().settings
    page = {"systems": systems(actor()), "links": links(actor()), "now": adapters().clock()}
    spans = {"overlap": settings.venue_key_overlap_hours, "link_days": settings.venue_link_days}
    return render_template("venue/keys.html", problems=problems or [], key=key, values=request.form, **page, **spans)
