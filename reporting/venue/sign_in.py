"""Signing in and out of the venue pages."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from reporting.auth import sessions, sign_ins
from reporting.auth.guards import guarded, public
from reporting.services import accounts
from reporting.venue import blueprint


@blueprint.get("/sign-in")
@public("the door itself")
def sign_in() -> ResponseReturnValue:
    """The sign-in form."""
    return _form("", "")


@blueprint.post("/sign-in")
@public("the door itself")
def open_session() -> ResponseReturnValue:
    """Opens a session; a wrong address, password or code gets one and the same sentence."""
    email = request.form.get("email", "")
    try:
        cookie = sign_ins.sign_in(request, request.form.get("code", ""))
    except sign_ins.REFUSALS as refused:
        return sign_ins.as_refusal(_form(email, _(refused.message)), refused)
    return sessions.set_session(make_response(redirect(url_for("venue.home"), 303)), cookie)


@blueprint.post("/sign-out")
@guarded("account.itself")
def sign_out() -> ResponseReturnValue:
    """Ends the session for good."""
    accounts.sign_out(sessions.session_cookie() or "")
    return sessions.clear_session(make_response(redirect(url_for("venue.sign_in"), 303)))


def _form(email: str, message: str) -> Response:
    sessions.new_visitor()
    return sessions.ensure_visitor(make_response(render_template("venue/sign_in.html", email=email, message=message)))
