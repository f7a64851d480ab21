"""Following up on a report with its receipt code, which travels in a form's body and never in an address."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_datetime, get_locale
from flask_babel import gettext as _

from reporting.auth.guards import public
from reporting.auth.guesses import count_wrong_code
from reporting.bootstrap import adapters
from reporting.citizen import blueprint
from reporting.citizen.watching import unread
from reporting.domain.languages import BY_CODE as LANGUAGES
from reporting.domain.questions import CARDS
from reporting.domain.receipts import normalised
from reporting.queries.follow_up import status
from reporting.schemas.report_form import FormProblem
from reporting.services.replies import page_is_open
from reporting.services.subscriptions import chosen


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a report's way; `state` is `past`, `now` or `next`."""

    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page of a report shows beside the report: a sentence on what was just done, what went wrong, what was typed."""

    done: str = ""
    problems: Sequence[FormProblem] = ()
    values: dict[str, str] = field(default_factory=dict)


@blueprint.get("/follow-up")
@public("asks for a receipt code")
def follow_up() -> ResponseReturnValue:
    """The question for the code."""
    return ask("", [])


@blueprint.post("/follow-up")
@public("the receipt code itself is the right to read")
def follow_up_status() -> ResponseReturnValue:
    """The report's state in calm words; a code that opens nothing is refused kindly."""
    given = " ".join(request.form.get("receipt_code", "").split())
    if not given:
        return ask(given, [FormProblem("receipt_code", _("Write your receipt code."))]), 422
    if normalised(given) is None:
        words = _("This is not a whole code. Please check each letter and number.")
        return ask(given, [FormProblem("receipt_code", words)]), 422
    return show(given, Shown())


@blueprint.get("/leave")
@public("leads away, to the same page for everybody")
def leave() -> ResponseReturnValue:
    """Away from here at once, to a harmless page that many people open."""
    return redirect(adapters().settings.quick_exit_url, 303)


def show(given: str, shown: Shown, answer: int = 200) -> ResponseReturnValue:
    """The page of the report that a code opens, which is open from now on; a code that opens nothing is refused kindly."""
    report = status(given, _)
    if report is None:
        return unknown(given)
    page_is_open(given)
    title, sentence = _words(report)
    waiting = {question["id"] for question in report["question_cards"]}
    page = {
        "code": normalised(given),
        "said_before": [each for each in report["messages"] if each["id"] not in waiting],
        "shown": shown,
        "state": _state(report),
        "title": title,
        "sentence": sentence,
        "stages": _stages(report["status"]),
        "deleted": day(report["deletion_date"]),
        "unwatched": unread(report),
        "ways": {each["channel"]: each["confirmed"] for each in chosen(given)},
        **talking(),
    }
    return render_template("citizen/follow_up.html", report=report, **page), answer


def talking() -> dict[str, Any]:
    """What templates of a conversation use: times and days, names of languages, and the answers that tell of danger."""
    locale = get_locale()
    names = locale.languages if locale else {}
    return {
        "moment": moment,
        "day": day,
        "language_names": {code: names.get(code, known.name) for code, known in LANGUAGES.items()},
        "dangers": {card.code: tuple(card.dangers) for card in CARDS if card.dangers},
    }


def moment(stamp: str) -> str:
    """A time in the reader's language and the city's time zone."""
    return str(format_datetime(datetime.fromisoformat(stamp), "d MMMM, HH:mm"))


def day(stamp: str) -> str:
    """A date in the reader's language."""
    return str(format_date(date.fromisoformat(stamp), "d MMMM y"))


def unknown(given: str) -> ResponseReturnValue:
    """A code that opens nothing: counted, and refused kindly."""
    count_wrong_code(request)
    words = _("This code opens no report. It may be mistyped, or the report is deleted.")
    return ask(given, [FormProblem("receipt_code", words)]), 404


def ask(given: str, problems: list[FormProblem]) -> str:
    """The form that asks for the code."""
    return render_template("citizen/follow_up.html", report=None, values={"receipt_code": given}, problems=problems)


def _state(report: dict[str, Any]) -> str:
    """What the page's script compares to see that something is new; `static/js/public/follow_up.mjs` writes it the same way."""
    questions = ",".join(question["id"] for question in report["question_cards"])
    return f"{report['status']} {len(report['messages'])} {questions}"


def _words(report: dict[str, Any]) -> tuple[str, str]:
    words = {
        "received": (_("We have your report"), _("Nobody has opened it yet. It waits on our list.")),
        "being_looked_at": (_("We are looking at it"), _("Someone has opened your report.")),
        "question_for_you": (_("We have a question for you"), _("Your answer would help us.")),
        "closed": (_("Your report is closed"), _("We have finished looking at it.")),
    }
    if report["withdrawn_at"]:
        return _("You withdrew this report"), _("Nobody will ask you anything more.")
    return words[report["status"]]


def _stages(state: str) -> list[Stage]:
    middle = _("Question for you") if state == "question_for_you" else _("Being looked at")
    now = {"received": 0, "being_looked_at": 1, "question_for_you": 1, "closed": 2}[state]
    return [
        Stage(label, "past" if index < now else "now" if index == now else "next")
        for index, label in enumerate((_("Received"), middle, _("Closed")))
    ]
