"""Signing in and out of the console. Reading and working need a session; this is its door."""

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from reporting.auth import sessions, sign_ins
from reporting.auth.guards import guarded, public
from reporting.dashboard import blueprint
from reporting.services import accounts

HOME = "/control/"


@blueprint.get("/sign-in")
@public("the door itself")
def sign_in() -> ResponseReturnValue:
    """The sign-in form: e-mail, password and the six-digit code on one page."""
    return _form("", "")


@blueprint.post("/sign-in")
@public("the door itself")
def open_session() -> ResponseReturnValue:
    """Opens a session; a wrong address, password or code gets one and the same sentence."""
    email = request.form.get("email", "")
    try:
        cookie = sign_ins.sign_in(request, request.form.get("code", "").replace(" ", ""))
    except sign_ins.REFUSALS as refused:
        return sign_ins.as_refusal(_form(email, refused.message), refused)
    return sessions.set_session(make_response(redirect(_wanted(request.form.get("next", "")), 303)), cookie)


@blueprint.post("/sign-out")
@guarded("account.itself")
def sign_out() -> ResponseReturnValue:
    """Ends the session for good."""
    accounts.sign_out(sessions.session_cookie() or "")
    return sessions.clear_session(make_response(redirect(url_for("dashboard.sign_in"), 303)))


def _form(email: str, refusal: str) -> Response:
    sessions.new_visitor()
    wanted = _wanted(request.values.get("next", ""))
    page = render_template("dashboard/sign_in.html", email=email[:254], refusal=refusal, wanted=wanted)
    return sessions.ensure_visitor(make_response(page))


def _wanted(address: str) -> str:
    """Where to go after signing in: a page of the console, never another site."""
    own = address.startswith(HOME) and "\\" not in address and "//" not in address and address.isprintable()
    return address if own else HOME
