"""The way into the console and out of it."""

from urllib.parse import quote

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask.wrappers import Response

from reporting.auth import sessions
from reporting.auth.guards import guarded, public
from reporting.dashboard.views import blueprint
from reporting.domain.errors import DomainError, Forbidden, NotSignedIn
from reporting.services import accounts


@blueprint.get("/sign-in")
@public("nobody is signed in yet")
def sign_in_form() -> ResponseReturnValue:
    """The form; the browser gets the cookie its token is bound to."""
    return form()


@blueprint.post("/sign-in")
@public("nobody is signed in yet")
def sign_in() -> ResponseReturnValue:
    """Opens a session and goes on to where the visitor wanted to go. One sentence for every kind of mistake."""
    email = request.form.get("email", "")
    try:
        sessions.require_own_form()
        cookie = accounts.sign_in(email, request.form.get("password", ""), request.form.get("code", ""))
    except (NotSignedIn, Forbidden) as error:
        return form(error.message, email, 403 if isinstance(error, Forbidden) else 401)
    return sessions.set_session(moved(own_address(request.form.get("next", ""))), cookie)


@blueprint.post("/sign-out")
@guarded("account.itself")
def sign_out() -> ResponseReturnValue:
    """Ends the session for good."""
    cookie = sessions.session_cookie()
    if cookie:
        accounts.sign_out(cookie)
    return sessions.clear_session(moved("/control/sign-in"))


def form(refusal: str = "", email: str = "", status: int = 200) -> ResponseReturnValue:
    """The sign-in page, with what was refused and the address as typed."""
    sessions.new_visitor()
    wanted = own_address(request.values.get("next", ""))
    page = render_template("dashboard/sign_in.html", refusal=refusal, email=email[:254], next=wanted)
    return sessions.ensure_visitor(Response(page, status=status, mimetype="text/html"))


@blueprint.errorhandler(NotSignedIn)
def to_sign_in(_error: DomainError) -> ResponseReturnValue:
    """Pages send the visitor to the form and remember where they wanted to go."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/control/"
    return redirect(f"/control/sign-in?next={quote(wanted, safe='/')}", 303)


def own_address(wanted: str) -> str:
    """Only addresses of the console itself: nobody is sent elsewhere by a link they were given."""
    plain = wanted.startswith("/control/") and "\\" not in wanted and "//" not in wanted and wanted.isprintable()
    return wanted if plain else "/control/"


def moved(address: str) -> Response:
    """A redirect that a browser follows with GET."""
    return Response("", status=303, headers={"Location": address})
