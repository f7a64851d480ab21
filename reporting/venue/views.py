"""The staff's one screen: the form to flag something, and their own reports with a plain status."""

import json
import re
from datetime import datetime
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from marshmallow import ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.datastructures import MultiDict

from reporting.auth.guards import actor, guarded, kept_fields, reader
from reporting.auth.senders import sender
from reporting.bootstrap import adapters
from reporting.domain.categories import BY_CODE, CATEGORIES
from reporting.domain.errors import Forbidden, InProgress, NotSignedIn, Refused
from reporting.domain.hot import SAFE_DISTANCE_M
from reporting.domain.records import Filing
from reporting.page import page_language
from reporting.policy import decide
from reporting.queries.notices import notices
from reporting.queries.premises import premises
from reporting.queries.venue import own_reports
from reporting.schemas.report_form import ASKED, FormProblem, flattened, form_problems, report_from_form
from reporting.schemas.reports import NewReportSchema
from reporting.services.filing import file_report
from reporting.venue import blueprint

REFERENCE = re.compile(r"R-[0-9A-Z]{4}-[0-9A-Z]{4}")
KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


@blueprint.get("/")
@guarded("venue.own_reports")
def home() -> ResponseReturnValue:
    """The form on top, one's own reports below."""
    return _screen(MultiDict(), [])


@blueprint.post("/report")
@guarded("venue.file_report")
def flag() -> ResponseReturnValue:
    """Files a report of staff and goes back to the screen, which says its reference."""
    values = request.form
    try:
        reference = _file(values)
    except ValidationError as error:
        return _screen(values, _said(error, values.get("category", ""))), 422
    except Refused:
        words = _("You sent a report from this page already. Press Send to send this one too.")
        return _screen(_under_new_key(values), [FormProblem("", words)]), 422
    except (InProgress, OperationalError, PoolTimeout):
        words = _("Not sent yet. Please press Send again in a moment.")
        return _screen(values, [FormProblem("", words)]), 503, {"Retry-After": "2"}
    return redirect(url_for("venue.home", sent=reference), 303)


TYPED = ("category", "place", "description", "why_unusual")


@blueprint.errorhandler(Forbidden)
def say_what_is_missing(refused: Forbidden) -> ResponseReturnValue:
    """A form from an older page comes back as it was filled in; people with another role get a page that says so."""
    who = reader()
    if request.endpoint != "venue.flag" or who is None or not decide(who, "venue.file_report").allowed:
        theirs = who is not None and decide(who, "venue.own_reports").allowed
        return render_template("venue/refused.html", message=_(refused.message), theirs=theirs), 403
    g.actor = who
    words = _("This page was open for long. Please look at your answers and press Send.")
    return _screen(request.form, [FormProblem("", words)]), 403


@blueprint.errorhandler(NotSignedIn)
def send_to_the_door(_refused: NotSignedIn) -> ResponseReturnValue:
    """Whoever is not signed in gets the door; what they had typed waits on a page until they are."""
    if request.endpoint != "venue.flag" or not any(request.form.get(name, "").strip() for name in TYPED):
        return redirect(url_for("venue.sign_in"), 303)
    return render_template("venue/signed_out.html", kept=list(kept_fields()), words=request.form.get("description", "")), 401


def _file(values: MultiDict[str, str]) -> str:
    sent = report_from_form(values, page_language().code)
    new = NewReportSchema().load(sent)
    who = sender(request, actor())
    filed = file_report(Filing(new=new, sender=who, key=_key(values), sent=sent))
    return str(json.loads(filed.body)["reference"])


def _said(error: ValidationError, category: str) -> list[FormProblem]:
    own = {"what": _("Choose what it is."), "place": _("Say where it is.")}
    problems = form_problems(tuple(flattened(error.messages)), category)
    return [FormProblem(problem.target, own.get(problem.target, _(problem.message))) for problem in problems]


def _screen(values: MultiDict[str, str], problems: list[FormProblem]) -> str:
    sent = request.args.get("sent", "")
    return render_template(
        "venue/home.html",
        values=values,
        problems=problems,
        sent=sent if REFERENCE.fullmatch(sent) else "",
        key=_key(values),
        person=actor(),
        premises=premises(actor()),
        categories=CATEGORIES,
        questions=ASKED,
        reports=[_row(report) for report in own_reports(actor())],
        notices=[_asked(notice) for notice in notices(actor())],
        safe_distance_m=SAFE_DISTANCE_M,
    )


def _asked(notice: dict[str, Any]) -> dict[str, Any]:
    known = BY_CODE.get(notice["category"])
    return {
        **notice,
        "what": _(known.label) if known else _("Something else"),
        "icon": known.icon if known else "dots",
        "place": (notice["location"] or {}).get("label", ""),
        "opened": datetime.fromisoformat(notice["opened_at"]),
    }


def _row(report: dict[str, Any]) -> dict[str, Any]:
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
