"""Our venue: the forms in which a manager keeps facts, contacts and zones up to date."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reporting.adapters.sight import Sight
from reporting.auth.guards import actor, guarded
from reporting.domain.deliveries import MAIL, SMS
from reporting.domain.errors import NotFound, Problem, Refused, VersionConflict
from reporting.domain.premises import MOST_CONTACTS, Contact, number_in, one_line
from reporting.page import said, sorry_page
from reporting.queries.workspace import Workspace, workspace
from reporting.schemas.report_form import FormProblem
from reporting.services import place_ways, premises
from reporting.services.premises import Facts
from reporting.services.ways import Owner
from reporting.venue import blueprint
from reporting.venue.plan import weekdays

SPARE_CONTACTS = 2


@blueprint.errorhandler(NotFound)
def say_it_is_absent(_refused: NotFound) -> ResponseReturnValue:
    """Absent and another venue's look the same."""
    return sorry_page(_("This is not here. It was ended, or it belongs to another venue.")), 404


def changed_meanwhile() -> FormProblem:
    """Said over a form whose record somebody else saved first; what was typed stands in the form."""
    return FormProblem("", _("Somebody else changed this meanwhile. Compare, then save again."))


def as_lines(problems: tuple[Problem, ...]) -> list[FormProblem]:
    """Problems of a form's fields as lines that lead to them."""
    return [FormProblem(each.field.replace(".", "-"), said(each.message)) for each in problems]


@blueprint.get("/manage")
@guarded("venue.manage")
def manage() -> ResponseReturnValue:
    """Facts, contacts and zones as they stand."""
    return _page(workspace(actor()), [])


@blueprint.post("/manage/facts")
@guarded("venue.manage")
def save_facts() -> ResponseReturnValue:
    """Keeps the facts; what was typed comes back where something does not fit, or somebody else was faster."""
    try:
        facts = _facts()
        premises.save_facts(actor(), number_in(request.form.get("version", "")), facts)
    except VersionConflict:
        return _page(_typed(), [changed_meanwhile()], others=workspace(actor())), 409
    except Refused as refused:
        return _page(_typed(keep_version=True), as_lines(refused.problems)), 422
    return redirect(url_for("venue.manage", saved=1), 303)


def _facts() -> Facts:
    capacity = request.form.get("capacity", "").strip()
    return Facts(
        opening_hours=request.form.get("opening_hours", ""),
        capacity=number_in(capacity) if capacity else None,
        exits=request.form.get("exits", ""),
        cameras=request.form.get("cameras", ""),
        contacts=_contacts(),
    )


def _contacts() -> tuple[Contact, ...]:
    found = []
    for number in range(MOST_CONTACTS):
        told = {name: one_line(request.form.get(f"contacts.{number}.{name}", "")) for name in ("name", "role", "phone")}
        days = tuple(int(day) for day in request.form.getlist(f"contacts.{number}.days") if day in tuple("0123456"))
        hours = {name: request.form.get(f"contacts.{number}.{name}", "").strip() for name in ("start", "until")}
        mail = one_line(request.form.get(f"contacts.{number}.mail", ""))
        if any(told.values()) or mail:
            sms = f"contacts.{number}.sms" in request.form
            found.append(Contact(**told, days=days, **hours, mail=mail, sms=sms))
    return tuple(found)


def _typed(keep_version: bool = False) -> Workspace:
    """What stands, with what was typed over it. After a conflict the next save is of the version that stands now."""
    now = workspace(actor())
    number = request.form.get("version", "")
    return replace(
        now,
        version=number_in(number) if keep_version else now.version,
        opening_hours=request.form.get("opening_hours", ""),
        capacity=None,
        exits=tuple(request.form.get("exits", "").splitlines()),
        cameras=tuple(request.form.get("cameras", "").splitlines()),
        contacts=_contacts(),
    )


def _page(house: Workspace, problems: list[FormProblem], others: Workspace | None = None) -> str:
    rows = [*house.contacts, *[Contact("", "", "")] * SPARE_CONTACTS][:MOST_CONTACTS]
    typed = request.form.get("capacity") if request.method == "POST" else None
    capacity = typed if typed is not None else house.capacity
    page = {"house": house, "rows": rows, "capacity": capacity, "others": others, "weekdays": weekdays(), "told": _told(rows)}
    return render_template("venue/manage.html", problems=problems, saved="saved" in request.args, **page)


def _told(rows: Sequence[Contact]) -> list[dict[str, str]]:
    """For each contact what became of its addresses, in words; nothing for a channel that is switched off here."""
    words = {
        "confirmed": _("Confirmed."),
        "asked": _("We asked there. Nobody has confirmed yet."),
        "not_asked": _("Not confirmed."),
    }
    venue = actor().venue_id or ""
    listed = [place_ways.Listed(*each) for row in rows for each in ((MAIL, row.mail), (SMS, row.phone if row.sms else ""))]
    states = place_ways.told(Sight(venue=venue), Owner("venue_id", uuid.UUID(venue)), listed) if venue else [""] * len(listed)
    return [{MAIL: words.get(mail, ""), SMS: words.get(sms, "")} for mail, sms in zip(states[::2], states[1::2], strict=True)]


@blueprint.post("/manage/zones")
@guarded("venue.manage")
def add_zone() -> ResponseReturnValue:
    """Adds a zone with a code of its own."""
    try:
        premises.add_zone(actor(), request.form.get("label", ""), request.form.get("way_in", ""))
    except Refused as refused:
        return _page(workspace(actor()), as_lines(refused.problems)), 422
    return redirect(url_for("venue.manage", saved=1), 303)


@blueprint.post("/manage/zones/<code>")
@guarded("venue.manage")
def change_zone(code: str) -> ResponseReturnValue:
    """Renames a zone, or ends it: the button says which."""
    try:
        if request.form.get("step") == "end":
            premises.end_zone(actor(), code)
        else:
            premises.change_zone(actor(), code, request.form.get("label", ""), request.form.get("way_in", ""))
    except Refused as refused:
        problems = as_lines(refused.problems) or [FormProblem("zones", _(refused.message))]
        return _page(workspace(actor()), problems), 422
    return redirect(url_for("venue.manage", saved=1), 303)
