"""The session cookie and the token against forged requests that goes with it."""

import hmac
from typing import Final

from flask import Request, Response, request
from markupsafe import Markup

from reporting.bootstrap import adapters
from reporting.domain.errors import Forbidden
from reporting.domain.languages import N_
from reporting.services import accounts

COOKIE: Final = "__Host-session"
DEVICE_COOKIE: Final = "__Host-device"
"""A venue's device keeps its key here, for as long as it is not revoked."""
LINK_COOKIE: Final = "__Host-link"
"""Whoever opened a venue's link for reporting only keeps its signed word here."""
VISITOR_COOKIE: Final = "__Host-visitor"
"""Carries a random value while somebody stands at a sign-in form, so that the form can be tied to the browser."""
SAFE_METHODS: Final = frozenset(("GET", "HEAD", "OPTIONS"))
CSRF_FIELD: Final = "csrf_token"
CSRF_HEADER: Final = "X-CSRF-Token"


def set_session(response: Response, cookie: str) -> Response:
    """Puts a fresh session into the browser and ends the one it had; the sign-in form's cookie goes."""
    former = session_cookie()
    if former:
        accounts.sign_out(former)
    response.set_cookie(COOKIE, cookie, secure=True, httponly=True, samesite="Lax", path="/")
    response.delete_cookie(VISITOR_COOKIE, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def clear_session(response: Response) -> Response:
    """Takes the session out of the browser."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    return response


def session_cookie() -> str | None:
    """The session cookie of this request."""
    return request.cookies.get(COOKIE)


def csrf_token() -> str:
    """The token for this browser's forms; empty without a cookie to bind it to."""
    bound = _bound(request)
    return adapters().seals.mark("csrf", bound).hex() if bound else ""


def csrf_field() -> Markup:
    """The hidden form field."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, csrf_token())


def require_own_form() -> None:
    """Raises Forbidden when a changing request was not sent from our own page."""
    if request.method in SAFE_METHODS:
        return
    if not from_own_page():
        raise Forbidden(N_("This request came from another site."))
    given = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    expected = csrf_token()
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Forbidden(N_("This page is too old. Reload it and try again."))


def from_own_page() -> bool:
    """Whether the browser says that a page of ours sent this, or says nothing at all, as programs do."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    return request.headers.get("Origin") in (None, adapters().settings.origin)


def ensure_visitor(response: Response) -> Response:
    """Gives a browser at a sign-in form the cookie its form is bound to (see `new_visitor`)."""
    value = request.environ.get("reporting.visitor")
    if value:
        response.set_cookie(VISITOR_COOKIE, value, secure=True, httponly=True, samesite="Strict", path="/")
    return response


def new_visitor() -> None:
    """Before rendering a sign-in form: makes sure there is a value to bind its token to."""
    if not request.cookies.get(VISITOR_COOKIE):
        request.environ["reporting.visitor"] = adapters().random.randbytes(18).hex()


def _bound(asked: Request) -> str:
    """What the token is bound to: the session, else what a venue's browser holds, else the sign-in form's cookie."""
    for kind, name in (("session", COOKIE), ("device", DEVICE_COOKIE), ("link", LINK_COOKIE)):
        if asked.cookies.get(name):
            return f"{kind} {asked.cookies[name]}"
    visitor = asked.environ.get("reporting.visitor") or asked.cookies.get(VISITOR_COOKIE)
    return "visitor " + visitor if visitor else ""
