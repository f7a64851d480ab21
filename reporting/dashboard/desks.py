"""The desks of the room: who is there, who is to be, whom to call. Every operator reads it; the supervisor changes it."""

import uuid
from collections.abc import Callable
from typing import Any, Final

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from reporting.adapters.sight import Sight
from reporting.auth.guards import guarded
from reporting.bootstrap import adapters
from reporting.dashboard import blueprint, words
from reporting.dashboard.actions import refused
from reporting.dashboard.desks_forms import NumbersForm, ShiftForm, numbers_in, shift_in
from reporting.dashboard.panes import Typed
from reporting.domain.categories import CATEGORIES
from reporting.domain.deliveries import MAIL, SMS
from reporting.domain.errors import NotFound, Refused
from reporting.policy import Actor, decide, scope
from reporting.queries import roster as query
from reporting.services import place_ways, roster
from reporting.services.place_ways import Listed
from reporting.services.ways import Owner

STATE: Final = {
    "confirmed": "is told.",
    "asked": "we asked there; nobody has confirmed yet.",
    "not_asked": "not confirmed. Keep the list again to ask once more.",
    "": "no address to write to.",
}
DONE: Final = {
    "shift": "The shift is on the roster.",
    "removed": "The shift is off the roster.",
    "numbers": "The list of numbers is kept.",
    "assigning": "From the next report on, work is given that way.",
}


@blueprint.get("/desks")
@guarded("roster.read")
def desks_page() -> ResponseReturnValue:
    """Desks, roster, numbers; it needs no JavaScript."""
    return _show(g.actor)


@blueprint.post("/desks/<any(shift,removed,numbers,assigning):step>")
@guarded("roster.edit")
def change_desks(step: str) -> ResponseReturnValue:
    """One change; a refusal shows the page with everything that was typed."""
    try:
        STEPS[step](g.actor)
    except (ValidationError, Refused) as error:
        return _show(g.actor, refused(step, error))
    return redirect(url_for("dashboard.desks_page", done=step), 303)


def _add_shift(actor: Actor) -> None:
    roster.add_shift(actor, shift_in(ShiftForm().load(_form()), adapters().settings.time_zone))


def _remove_shift(actor: Actor) -> None:
    try:
        shift_id = uuid.UUID(request.form.get("shift", ""))
    except ValueError:
        raise NotFound from None
    roster.remove_shift(actor, shift_id)


def _set_numbers(actor: Actor) -> None:
    roster.set_numbers(actor, numbers_in(NumbersForm().load(_form())["numbers"]))


def _set_assigning(actor: Actor) -> None:
    roster.set_assigning(actor, request.form.get("wanted") == "people")


STEPS: Final[dict[str, Callable[[Actor], None]]] = {
    "shift": _add_shift,
    "removed": _remove_shift,
    "numbers": _set_numbers,
    "assigning": _set_assigning,
}


def _ways_on() -> str:
    """How people of the list may be told as well, as the form says it; empty where no such channel is on."""
    words = {MAIL: "a mail address", SMS: "sms"}
    return " or ".join(words[name] for name in adapters().channels.names if name in words)


def _reached(actor: Actor) -> list[str]:
    """What became of the addresses of the list, for who may change it."""
    room = scope(actor, "roster.edit").organisation_id
    if room is None or not decide(actor, "roster.edit").allowed:
        return []
    names, listed = [], []
    for each in query.plan(actor, adapters().clock())["numbers"]:
        for told in each["told"].split():
            names.append(f"{each['name']}, {'text message' if told == 'sms' else 'mail'}")
            listed.append(Listed(SMS, each["number"]) if told == "sms" else Listed(MAIL, told))
    states = place_ways.told(Sight(organisation=room), Owner("organisation_id", uuid.UUID(room)), listed)
    return [f"{name}: {STATE[state]}" for name, state in zip(names, states, strict=True)]


def _form() -> dict[str, Any]:
    return {**request.form.to_dict(), "skills": request.form.getlist("skills")}


def _show(actor: Actor, typed: Typed | None = None) -> ResponseReturnValue:
    now, zone = adapters().clock(), adapters().settings.time_zone
    page = {
        "actor": actor,
        "room": query.desks_now(actor),
        "plan": query.plan(actor, now),
        "told_by": _ways_on(),
        "reached": _reached(actor),
        "may_edit": decide(actor, "roster.edit").allowed,
        "skills": [(each.code, each.label) for each in CATEGORIES],
        "chosen": request.form.getlist("skills"),
        "said": DONE.get(request.args.get("done", "")),
        "typed": typed,
        "words": words,
        "now": now,
        "zone": zone,
    }
    return render_template("dashboard/desks.html", **page), typed.status if typed else 200
