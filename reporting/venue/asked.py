"""What rooms ask and tell staff, and "I am here until ...": on top of the one screen, kept current by itself, plain forms all."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reporting.auth.guards import actor, guarded
from reporting.bootstrap import adapters
from reporting.domain.categories import BY_CODE, HOT_QUESTIONS
from reporting.domain.errors import NotPossible, Refused
from reporting.domain.facts import ANSWERS, Answer, Hot
from reporting.domain.hot import SAFE_DISTANCE_M
from reporting.page import sorry_page
from reporting.policy import Actor, decide
from reporting.queries.first_look import Duty, Question, duty_of, questions
from reporting.queries.room_notices import told
from reporting.services import duty, first_look, room_notices
from reporting.venue import blueprint


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything of this part of the screen. `mark` changes whenever something in it does; `hours` are (hours, until when)."""

    looks: tuple[Question, ...] = ()
    notices: tuple[dict[str, Any], ...] = ()
    duty: Duty | None = None
    hours: tuple[tuple[int, datetime], ...] = ()
    safe_distance_m: int = SAFE_DISTANCE_M
    mark: str = ""


@blueprint.context_processor
def asked_words() -> dict[str, Any]:
    """For the templates that show it: what is read, read once they ask for it."""
    return {"asked_now": asked_now, "hot_questions": HOT_QUESTIONS, "what_of": what_of}


def asked_now() -> Asked:
    """What the person who is here is asked and told; nothing for whoever is not signed in as staff."""
    who: Actor | None = g.get("actor")
    if who is None or not decide(who, "look.answer").allowed:
        return Asked()
    looks, notices, here = tuple(questions(who)), tuple(_heard(each) for each in told(who)), duty_of(who)
    asked_of = [(each.id, each.mine) for each in looks]
    heard = [(each["id"], each["state"], each["read_at"]) for each in notices]
    mark = sha256(repr((asked_of, heard, here)).encode("utf-8")).hexdigest()[:16]
    return Asked(looks, notices, here, _hours(), mark=mark)


def _hours() -> tuple[tuple[int, datetime], ...]:
    now = adapters().clock().astimezone(ZoneInfo(adapters().settings.time_zone))
    return tuple((hours, now + timedelta(hours=hours)) for hours in duty.HOURS)


def _heard(notice: dict[str, Any]) -> dict[str, Any]:
    """Times as times; who has read it once reads it in small from then on."""
    times = {name: datetime.fromisoformat(notice[name]) for name in ("written_at", "expires_at")}
    read = datetime.fromisoformat(notice["read_at"]) if notice["read_at"] else None
    return {**notice, **times, "read_at": read}


def what_of(category: str) -> str:
    """A category as people read it."""
    known = BY_CODE.get(category)
    return _(known.label) if known else _("Something else")


@blueprint.get("/asked")
@guarded("look.answer", wakes=False)
def asked() -> ResponseReturnValue:
    """That part alone: the open page asks for it every few seconds."""
    return render_template("venue/asked.html")


@blueprint.post("/duty")
@guarded("look.answer")
def say_duty() -> ResponseReturnValue:
    """One tap: here for so many hours, or not any more."""
    hours = request.form.get("hours", "")
    try:
        if hours == "0":
            duty.leave(actor())
        else:
            duty.be_here(actor(), int(hours) if hours.isdecimal() and len(hours) < 3 else 0)
    except Refused:
        return sorry_page(_("Choose until when you are here.")), 422
    return _back()


@blueprint.post("/looks/<uuid:look_id>/answer")
@guarded("look.answer")
def answer_look(look_id: uuid.UUID) -> ResponseReturnValue:
    """The three answers of whoever looked; the last one sends them."""
    try:
        first_look.answer(actor(), look_id, Hot(_answer("hidden"), _answer("obvious"), _answer("typical")))
    except Refused:
        return sorry_page(_("Only trained staff on duty is asked to look. Say that you are here first.")), 422
    except NotPossible:
        return sorry_page(_("This question is over. Somebody else has answered, or it was taken back. Thank you.")), 409
    return redirect(url_for("venue.home", thanks="look"), 303)


def _answer(name: str) -> Answer:
    given = request.form.get(name, "")
    return next((each for each in ANSWERS if each == given), "unknown")


@blueprint.post("/looks/<uuid:look_id>/pass")
@guarded("look.answer")
def pass_look(look_id: uuid.UUID) -> ResponseReturnValue:
    """ "I can't": somebody else is asked, no reason is, and nothing is kept."""
    try:
        first_look.cannot(actor(), look_id)
    except (NotPossible, Refused):
        return _back()
    return _back()


@blueprint.post("/notices/<uuid:notice_id>/read")
@guarded("notice.acknowledge")
def read_notice(notice_id: uuid.UUID) -> ResponseReturnValue:
    """One tap: the room sees who has read it."""
    try:
        room_notices.acknowledge(actor(), notice_id)
    except NotPossible:
        return _back()
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("venue.home"), 303)
