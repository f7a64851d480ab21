"""The guard at each door: every route says which action of the policy it is, or why it is open to everybody."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from flask import Flask, g, request

from reporting.auth import devices, sessions
from reporting.domain.errors import Forbidden, NotSignedIn
from reporting.domain.languages import N_
from reporting.policy import PASSES, RULES, Actor, decide
from reporting.queries import people
from reporting.queries.people import Credential
from reporting.services import accounts, venue_keys

P = ParamSpec("P")
R = TypeVar("R")

BEARER: Final = "bearer"


@dataclass(frozen=True, slots=True)
class Access:
    """What a route declares: an action of the policy, or the reason why it is public."""

    action: str | None
    public_reason: str = ""


class UndeclaredRoute(Exception):
    """A route without a guard: the application refuses to start."""


def guarded(action: str, *, wakes: bool = True) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Lets in who may do the action; `g.actor` is then set. Unknown actions raise KeyError when the module is read.

    `wakes`: whether a request is a sign of life of the person, which keeps the session from ending. What a page sends by
    itself is none.
    """
    assert RULES[action]

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*arguments: P.args, **named: P.kwargs) -> R:
            g.actor = _let_in(action, wakes)
            return view(*arguments, **named)

        checked.access = Access(action)  # type: ignore[attr-defined]
        return checked

    return decorate


def public(reason: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declares a route open to everybody, and why."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.access = Access(None, reason)  # type: ignore[attr-defined]
        return view

    return decorate


def require_declared(app: Flask) -> None:
    """Raises UndeclaredRoute when any route has no guard."""
    missing = [str(rule) for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None]
    if missing:
        raise UndeclaredRoute(f"routes without a guard: {', '.join(sorted(missing))}")


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What a route declared."""
    return getattr(app.view_functions[endpoint], "access", None)


def _let_in(action: str, wakes: bool) -> Actor:
    actor = identify(wakes=wakes) or _holder(action)
    if actor is None:
        raise NotSignedIn("Sign in first.")
    if not decide(actor, action).allowed:
        raise Forbidden(N_("Your role does not allow this."))
    return actor


def identify(*, wakes: bool = True) -> Actor | None:
    """Who is asking, by token or by session. A session's changing requests must come from our own forms."""
    if request.headers.get("Authorization", ""):
        token = _token()
        actor = people.by_token(token) if token else None
        if actor is not None and actor.role == "venue_system":
            venue_keys.note_use(token)
        return actor
    cookie = sessions.session_cookie()
    if not cookie:
        return None
    found = people.by_session(cookie)
    if found is None:
        return None
    sessions.require_own_form()
    actor, stale = found
    if stale and wakes:
        accounts.keep_alive(cookie)
    return actor


def _holder(action: str) -> Actor | None:
    """A browser of a venue that may do this although nobody is signed in on it; its changing requests come from our own forms."""
    if request.headers.get("Authorization", "") or not RULES[action].keys() & set(PASSES):
        return None
    found = devices.holder(action)
    if found is not None:
        sessions.require_own_form()
    return found


def reader() -> Actor | None:
    """Who is signed in here, whatever page sent the request: enough to show a refused form again, never to act on it."""
    found = people.by_session(sessions.session_cookie() or "")
    return found[0] if found else None


def kept_fields() -> Iterator[tuple[str, str]]:
    """The fields of a form that came without a session, for the page that keeps them; its token is of no more use."""
    return ((name, value) for name, value in request.form.items(multi=True) if name != sessions.CSRF_FIELD)


def credential() -> Credential:
    """What a guard let this request in with."""
    token = _token()
    return people.credential("token", token) if token else people.credential("session", sessions.session_cookie() or "")


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == BEARER else ""


def actor() -> Actor:
    """The actor a guard let in."""
    found: Any = g.actor
    return found
