"""Following up on a report with its receipt code, which travels in a form's body and never in an address."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _

from reporting.auth.guards import public
from reporting.auth.guesses import count_wrong_code
from reporting.citizen import blueprint
from reporting.citizen.watching import unread
from reporting.domain.receipts import normalised
from reporting.queries.follow_up import status
from reporting.schemas.report_form import FormProblem


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a report's way; `state` is `past`, `now` or `next`."""

    label: str
    state: str


@blueprint.get("/follow-up")
@public("asks for a receipt code")
def follow_up() -> ResponseReturnValue:
    """The question for the code."""
    return _ask("", [])


@blueprint.post("/follow-up")
@public("the receipt code itself is the right to read")
def follow_up_status() -> ResponseReturnValue:
    """The report's state in calm words; a code that opens nothing is refused kindly."""
    given = request.form.get("receipt_code", "")
    if not given.strip():
        return _ask(given, [FormProblem("receipt_code", _("Write your receipt code."))]), 422
    if normalised(given) is None:
        words = _("This is not a whole code. Please check each letter and number.")
        return _ask(given, [FormProblem("receipt_code", words)]), 422
    report = status(given)
    if report is None:
        count_wrong_code(request)
        words = _("This code opens no report. It may be mistyped, or the report is deleted.")
        return _ask(given, [FormProblem("receipt_code", words)]), 404
    return _show(report)


def _ask(given: str, problems: list[FormProblem]) -> str:
    return render_template("citizen/follow_up.html", report=None, values={"receipt_code": given}, problems=problems)


def _show(report: dict[str, Any]) -> str:
    deleted = format_date(date.fromisoformat(report["deletion_date"]), "d MMMM y")
    title, sentence = _words(report["status"])
    stages = _stages(report["status"])
    page = {"title": title, "sentence": sentence, "stages": stages, "deleted": deleted, "unwatched": unread(report)}
    return render_template("citizen/follow_up.html", report=report, **page)


def _words(state: str) -> tuple[str, str]:
    words = {
        "received": (_("We have your report"), _("Nobody has opened it yet. It waits on our list.")),
        "being_looked_at": (_("We are looking at it"), _("Someone has opened your report.")),
        "question_for_you": (_("We have a question for you"), _("Your answer would help us.")),
        "closed": (_("Your report is closed"), _("We have finished looking at it.")),
    }
    return words[state]


def _stages(state: str) -> list[Stage]:
    middle = _("Question for you") if state == "question_for_you" else _("Being looked at")
    now = {"received": 0, "being_looked_at": 1, "question_for_you": 1, "closed": 2}[state]
    return [
        Stage(label, "past" if index < now else "now" if index == now else "next")
        for index, label in enumerate((_("Received"), middle, _("Closed")))
    ]
