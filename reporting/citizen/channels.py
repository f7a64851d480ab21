"""Choosing to be told, and taking it back, by plain forms: for browsers without script, and for mail and text messages in all."""

from collections.abc import Mapping

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reporting.auth.guards import public
from reporting.auth.guesses import count_wrong_code
from reporting.citizen import blueprint
from reporting.domain.deliveries import MAIL, SMS
from reporting.domain.errors import NotFound, NotPossible, Refused
from reporting.page import page_language
from reporting.services.subscriptions import Choice, choose, chosen, stop


@blueprint.post("/follow-up/channels")
@public("the receipt code in the form is the right to choose")
def follow_up_channels() -> ResponseReturnValue:
    """Shows what there is to choose; with a channel, chooses mail or text messages, or stops them. Push needs the script."""
    code, channel = request.form.get("receipt_code", ""), request.form.get("channel", "")
    try:
        problem = _changed(code, channel) if channel in (MAIL, SMS) else ""
        ways = {each["channel"]: each["confirmed"] for each in chosen(code)}
    except NotFound:
        count_wrong_code(request)
        return _page("", {}, _("This code opens no report. It may be mistyped, or the report is deleted.")), 404
    return _page(code, ways, problem, done=bool(channel)), 422 if problem else 200


def _changed(code: str, channel: str) -> str:
    """Takes the step; the sentence that says what is wrong, empty where nothing is."""
    if request.form.get("step") == "stop":
        stop(code, channel)
        return ""
    try:
        choose(code, Choice(channel=channel, language=page_language().code, address=request.form.get("address", "")[:300]))
    except Refused:
        return _("Please check the address.") if channel == MAIL else _("Please check the number.")
    except NotPossible:
        return _("This is not possible at the moment.")
    return ""


def _page(code: str, ways: Mapping[str, bool], problem: str, done: bool = False) -> str:
    return render_template("citizen/channels.html", code=code, ways=ways, problem=problem, done=done)
