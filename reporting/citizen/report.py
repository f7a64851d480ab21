"""The report page: three short steps in one document, and the plain form behind it for browsers without scripting."""

import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from marshmallow import ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.datastructures import MultiDict

from reporting.adapters.geocoder import ATTRIBUTION
from reporting.auth.guards import public
from reporting.auth.senders import sender
from reporting.auth.sessions import from_own_page
from reporting.bootstrap import adapters
from reporting.citizen import blueprint
from reporting.citizen.information import kept
from reporting.citizen.looks import wants_act
from reporting.citizen.room import general_room, room_of
from reporting.citizen.tiles import first_tiles, more_tiles
from reporting.citizen.watching import sentences, told, unwatched
from reporting.domain.categories import CODES
from reporting.domain.errors import InProgress, Refused
from reporting.domain.hot import SAFE_DISTANCE_M
from reporting.domain.records import FiledReport, Filing
from reporting.page import page_language, said
from reporting.queries import venue
from reporting.schemas.report_form import ASKED, QUICK_FIELDS, FormProblem, flattened, form_problems, report_from_form
from reporting.schemas.reports import NewReportSchema
from reporting.services.filing import file_report

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
RETRY_AFTER_S = "2"
LONGEST_OPEN = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The form as it is shown: what was typed, what is wrong with it, and the place where it is already known."""

    values: MultiDict[str, str] = field(default_factory=MultiDict)
    problems: list[FormProblem] = field(default_factory=list)
    known_place: dict[str, Any] | None = None
    lost_code: bool = False
    revoked_code: bool = False
    key: str = ""
    ask_for_act: bool = False


@blueprint.get("/")
@public("anybody may report, without an account")
def report() -> ResponseReturnValue:
    """The three steps."""
    return _form(Draft())


@blueprint.get("/v/<code>")
@public("a poster's code opens the report page with the place known")
def report_at(code: str) -> ResponseReturnValue:
    """The same with the place known; an unknown or withdrawn code is said and asks for the place."""
    found = venue.place(code)
    revoked = found is not None and not found["in_use"]
    return _form(Draft(known_place=None if revoked else found, lost_code=found is None, revoked_code=revoked))


@blueprint.post("/")
@public("anybody may report, without an account")
def send() -> ResponseReturnValue:
    """The form without scripting: files the report and answers with the receipt, or with the form and what is missing."""
    values, key = request.form, _key(request.form)
    if not from_own_page():
        return _again(values, key, [FormProblem("", _("Please look at your answers and press Send."))]), 403
    if wants_act(values, page_language().code):
        words = _("What did they do? An act helps us more than looks. You can also send it like this.")
        problem = FormProblem("suspicious_behaviour-behaviours", words)
        return _form(replace(_draft(values, key, [problem]), ask_for_act=True)), 422
    try:
        filed = _file(values, key)
    except ValidationError as error:
        return _again(values, key, _said(error, values.get("category", ""))), 422
    except Refused:
        words = _("You sent a report from this page already. Press Send to send this one too.")
        return _again(values, _new_key(), [FormProblem("", words)]), 422
    except (InProgress, OperationalError, PoolTimeout):
        words = _("Not sent yet. Please press Send again in a moment.")
        return _again(values, key, [FormProblem("", words)]), 503, {"Retry-After": RETRY_AFTER_S}
    answer = json.loads(filed.body)
    notices = [_(words) for words in (notice["message"] for notice in answer["notices"])]
    room = room_of(report_from_form(values, page_language().code))
    note = told(room) if room else unwatched(values.get("venue", ""))
    page = {"notices": notices, "unwatched": note, "room": (room and room.room) or general_room()}
    return render_template("citizen/receipt.html", code=answer["receipt_code"], **page), 201


def _file(values: MultiDict[str, str], key: str) -> FiledReport:
    sent = report_from_form(values, page_language().code, _opened(values))
    new = NewReportSchema().load(sent)
    return file_report(Filing(new=new, sender=sender(request), key=key, sent=sent))


def _opened(values: MultiDict[str, str]) -> datetime:
    """When the form was given out: "half an hour ago" counts from then, so that pressing Send twice says the same twice."""
    now = adapters().clock()
    try:
        opened = datetime.fromtimestamp(int(values.get("opened_at", "")[:12]), UTC)
    except ValueError:
        return now
    return opened if now - LONGEST_OPEN < opened <= now else now


def _said(error: ValidationError, category: str) -> list[FormProblem]:
    """The schema's messages in the words of the page."""
    own = {"what": _("Choose what it is."), "place": _("Tell us where it is. One word helps.")}
    problems = form_problems(tuple(flattened(error.messages)), category)
    return [FormProblem(problem.target, own.get(problem.target, said(problem.message))) for problem in problems]


def _again(values: MultiDict[str, str], key: str, problems: list[FormProblem]) -> str:
    return _form(_draft(values, key, problems))


def _draft(values: MultiDict[str, str], key: str, problems: list[FormProblem]) -> Draft:
    place = _place(values["venue"]) if values.get("venue") else None
    return Draft(values=values, problems=problems, known_place=place, key=key)


def _form(draft: Draft) -> str:
    questions = sorted((asked for asked in ASKED if asked.quick), key=lambda asked: QUICK_FIELDS.index(asked.question.field))
    more = [asked for asked in ASKED if not asked.quick]
    code = (draft.known_place or {}).get("code", "")
    return render_template(
        "citizen/report.html",
        values=draft.values,
        problems=draft.problems,
        known_place=draft.known_place,
        lost_code=draft.lost_code,
        revoked_code=draft.revoked_code,
        idempotency_key=draft.key or _new_key(),
        opened_at=draft.values.get("opened_at") or int(adapters().clock().timestamp()),
        first_tiles=first_tiles(),
        more_tiles=more_tiles(),
        quick_questions=questions,
        more_questions=more,
        other_codes=" ".join(code for code in CODES if code != "unattended_item"),
        more_for=" ".join(sorted({code for asked in more for code in asked.categories})),
        safe_distance_m=SAFE_DISTANCE_M,
        unwatched=unwatched(code),
        room=general_room(),
        room_slot=Markup("<span data-room-name>{}</span>").format(general_room()),
        watch_words=sentences(),
        kept=kept(),
        ask_for_act=draft.ask_for_act,
        map_credit=ATTRIBUTION,
    )


def _place(code: str) -> dict[str, Any] | None:
    found = venue.place(code)
    return found if found and found["in_use"] else None


def _key(values: MultiDict[str, str]) -> str:
    given = values.get("idempotency_key", "")
    return given if KEY.fullmatch(given) else _new_key()


def _new_key() -> str:
    return adapters().random.randbytes(16).hex()
