"""The staff's one screen: the form to flag something, and their own reports with a plain status."""

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.datastructures import MultiDict

from reporting.auth.devices import holder, pass_for
from reporting.auth.guards import actor, guarded, kept_fields, public, reader
from reporting.auth.senders import sender
from reporting.bootstrap import adapters
from reporting.domain.categories import BY_CODE, CATEGORIES
from reporting.domain.errors import Forbidden, InProgress, NotSignedIn, Refused
from reporting.domain.hot import SAFE_DISTANCE_M
from reporting.domain.records import Filing
from reporting.page import page_language, said
from reporting.policy import decide
from reporting.queries import venue
from reporting.queries.notices import notices
from reporting.queries.premises import Premises, premises
from reporting.queries.responsible import room_of_house
from reporting.schemas.report_form import ASKED, FormProblem, flattened, form_problems, report_from_form
from reporting.schemas.reports import NewReportSchema
from reporting.services.filing import file_report
from reporting.venue import blueprint
from reporting.venue.here import own_device

REFERENCE = re.compile(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}")
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
FLAG = "venue.flag"


@blueprint.get("/")
@guarded("venue.file_report")
def home() -> ResponseReturnValue:
    """The form on top, one's own reports below; a locked device and a venue's link get the form alone."""
    sent = request.args.get("sent", "")
    return show(sent=sent if REFERENCE.fullmatch(sent) else "")


@blueprint.post("/report")
@guarded("venue.file_report")
def flag() -> ResponseReturnValue:
    """Files a report and goes back to the screen, which says its reference."""
    values = request.form
    try:
        filed = _file(values)
    except ValidationError as error:
        return show(values, _said(error, values.get("category", ""))), 422
    except Refused:
        words = _("You sent a report from this page already. Press Send to send this one too.")
        return show(_under_new_key(values), [FormProblem("", words)]), 422
    except (InProgress, OperationalError, PoolTimeout):
        words = _("Not sent yet. Please press Send again in a moment.")
        return show(values, [FormProblem("", words)]), 503, {"Retry-After": "2"}
    if values.get("about_staff"):
        return show(sent=filed["reference"], receipt_code=filed["receipt_code"] or ""), 201
    return redirect(url_for("venue.home", sent=filed["reference"]), 303)


@blueprint.get("/pass")
@guarded("venue.file_report", wakes=False)
def renew_pass() -> ResponseReturnValue:
    """A fresh pass for what may have to wait, and what the form needs without a network."""
    found = premises(actor())
    places = [[code, label] for code, label in found.places] if found else []
    return {"pass": _pass(), "house": found.name if found else "", "places": places, "place": _usual_place()}


@blueprint.get("/offline")
@public("the form alone, which holds nothing of anybody; it is kept on the device for the time without a network")
def without_network() -> ResponseReturnValue:
    """The flag form as it opens without a network: the script puts in what the device knows of its house."""
    return render_template("venue/offline.html", premises=None, usual_place="", **_form(MultiDict(), []), **{"pass": ""})


TYPED = ("category", "place", "description", "why_unusual")


@blueprint.errorhandler(Forbidden)
def say_what_is_missing(refused: Forbidden) -> ResponseReturnValue:
    """A form from an older page comes back as it was filled in; people with another role get a page that says so."""
    who = reader() or holder("venue.file_report")
    if request.endpoint != FLAG or who is None or not decide(who, "venue.file_report").allowed:
        theirs = who is not None and decide(who, "venue.own_reports").allowed
        return render_template("venue/refused.html", message=_(refused.message), theirs=theirs), 403
    g.actor = who
    words = _("This page was open for long. Please look at your answers and press Send.")
    return show(request.form, [FormProblem("", words)]), 403


@blueprint.errorhandler(NotSignedIn)
def send_to_the_door(_refused: NotSignedIn) -> ResponseReturnValue:
    """Whoever is not signed in gets the door, or the lock of a known device; what they had typed waits on a page."""
    if request.endpoint != FLAG or not any(request.form.get(name, "").strip() for name in TYPED):
        locked = request.endpoint != "venue.home" and holder("venue.file_report") is not None
        return redirect(url_for("venue.home" if locked else "venue.sign_in"), 303)
    return render_template("venue/signed_out.html", kept=list(kept_fields()), words=request.form.get("description", "")), 401


def _file(values: MultiDict[str, str]) -> dict[str, Any]:
    sent = report_from_form(values, page_language().code)
    new = NewReportSchema().load(sent)
    who = sender(request, actor())
    filed: dict[str, Any] = json.loads(file_report(Filing(new=new, sender=who, key=_key(values), sent=sent)).body)
    return filed


def _said(error: ValidationError, category: str) -> list[FormProblem]:
    own = {"what": _("Choose what it is."), "place": _("Say where it is.")}
    problems = form_problems(tuple(flattened(error.messages)), category)
    return [FormProblem(problem.target, own.get(problem.target, said(problem.message))) for problem in problems]


def show(values: MultiDict[str, str] | None = None, problems: list[FormProblem] | None = None, **more: str) -> str:
    """The one screen, as whoever is here may see it. `more`: `sent`, `receipt_code`, `pin_problem`."""
    who = actor()
    own = venue.own_reports(who) if decide(who, "venue.own_reports").allowed else []
    house = premises(who)
    return render_template(
        "venue/home.html",
        premises=house,
        room=_room(house),
        usual_place=_usual_place(),
        reports=[plain(report) for report in own],
        notices=[_asked(notice) for notice in notices(who)],
        **_form(values if values is not None else MultiDict(), problems or []),
        **{"pass": _pass()},
        **more,
    )


def _room(house: Premises | None) -> str:
    """Who gets what is flagged here; empty where that depends on what it is."""
    found = room_of_house(house.places[0][0]) if house and house.places else None
    return found.room if found else ""


def _form(values: MultiDict[str, str], problems: list[FormProblem]) -> dict[str, Any]:
    """What the flag form needs, whoever sees it."""
    return {
        "values": values,
        "problems": problems,
        "key": _key(values),
        "categories": CATEGORIES,
        "questions": [asked for asked in ASKED if asked.tapped],
        "safe_distance_m": SAFE_DISTANCE_M,
    }


def _pass() -> str:
    who = actor()
    return pass_for(replace(who, role="venue_staff") if who.role == "venue_device" else who, own_device(who))


def _usual_place() -> str:
    device = own_device(actor())
    return (device.place_code if device else "") or ""


def _asked(notice: dict[str, Any]) -> dict[str, Any]:
    known = BY_CODE.get(notice["category"])
    return {
        **notice,
        "what": _(known.label) if known else _("Something else"),
        "icon": known.icon if known else "dots",
        "place": (notice["location"] or {}).get("label", ""),
        "opened": datetime.fromisoformat(notice["opened_at"]),
    }


def plain(report: dict[str, Any]) -> dict[str, Any]:
    """A report as a line of a list, in words."""
    words = {
        "received": _("Received"),
        "being_looked_at": _("Being looked at"),
        "question_for_you": _("Question for you"),
        "closed": _("Closed"),
    }
    known = BY_CODE.get(report["category"])
    return {
        **report,
        "what": _(known.label) if known else _("Something else"),
        "icon": known.icon if known else "dots",
        "status_words": words[report["status"]],
        "received": datetime.fromisoformat(report["received_at"]),
    }


def _under_new_key(values: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was typed, without the key of the report that was sent before."""
    return MultiDict((name, value) for name, value in values.items(multi=True) if name != "idempotency_key")


def _key(values: MultiDict[str, str]) -> str:
    given = values.get("idempotency_key", "")
    return given if KEY.fullmatch(given) else adapters().random.randbytes(16).hex()
