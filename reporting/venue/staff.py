"""The staff list: a manager adds people, makes sign-in codes for their devices, ends devices and people."""

import uuid

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reporting.auth.guards import actor, guarded
from reporting.bootstrap import adapters
from reporting.domain.errors import Refused
from reporting.queries.workspace import staff
from reporting.schemas.report_form import FormProblem
from reporting.services import devices, venue_staff
from reporting.venue import blueprint
from reporting.venue.manage import as_lines


@blueprint.get("/manage/staff")
@guarded("venue.manage")
def staff_list() -> ResponseReturnValue:
    """Everybody who may sign in here, with their devices."""
    return _page()


@blueprint.post("/manage/staff")
@guarded("venue.manage")
def add_person() -> ResponseReturnValue:
    """Adds somebody and shows a code for their first device."""
    try:
        person = venue_staff.add_person(actor(), request.form.get("name", ""), request.form.get("role", "venue_staff"))
    except Refused as refused:
        return _page(as_lines(refused.problems)), 422
    return _page(code=devices.make_code(actor(), uuid.UUID(person)), code_for=person), 201


@blueprint.post("/manage/staff/<uuid:account_id>/<any(code,end):step>")
@guarded("venue.manage")
def change_person(account_id: uuid.UUID, step: str) -> ResponseReturnValue:
    """Makes a code for one more device, which is also the way back from a forgotten PIN; or ends somebody."""
    if step == "code":
        return _page(code=devices.make_code(actor(), account_id), code_for=str(account_id)), 201
    try:
        venue_staff.end_person(actor(), account_id)
    except Refused as refused:
        return _page([FormProblem("", _(refused.message))]), 422
    return redirect(url_for("venue.staff_list"), 303)


@blueprint.post("/manage/devices/<uuid:device_id>/end")
@guarded("venue.manage")
def end_device(device_id: uuid.UUID) -> ResponseReturnValue:
    """Ends a device at once: lost, sold, or nobody knows whose it is."""
    devices.revoke(actor(), device_id)
    return redirect(url_for("venue.staff_list"), 303)


def _page(problems: list[FormProblem] | None = None, code: str = "", code_for: str = "") -> str:
    people = staff(actor())
    named = next((each for each in people if each.id == code_for), None)
    page = {"people": people, "code": code, "named": named, "minutes": adapters().settings.venue_code_minutes, "me": actor()}
    return render_template("venue/staff.html", problems=problems or [], values=request.form, **page)
