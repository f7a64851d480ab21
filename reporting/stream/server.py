"""The stream's HTTP side: one address, Server-Sent Events, a sign of life every few seconds, and an end for who was revoked."""

import json
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import parse_qs

import gevent
import structlog
from flask import Flask
from gevent.event import Event as Signal
from gevent.pywsgi import WSGIServer
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Request, Response

from reporting.adapters.bell import Bell
from reporting.adapters.doorbell import LIVE
from reporting.adapters.logs import set_up_logs
from reporting.adapters.memory import settle
from reporting.adapters.schema import require_current
from reporting.api.errors import problem
from reporting.auth.guards import BEARER
from reporting.auth.sessions import COOKIE
from reporting.auth.tickets import credential_of
from reporting.bootstrap import SYSTEM, build, plain_url
from reporting.config import Settings, read_settings
from reporting.extensions import db
from reporting.policy import Actor, decide, scope
from reporting.queries import people
from reporting.queries.live import Position
from reporting.stream.hub import Hub

ADDRESS: Final = "/api/v1/live"
TICK_SECONDS: Final = 4.0
"""A screen that has heard nothing for longer knows that it is cut off; who was revoked is sent away as often."""
LOOK_SECONDS: Final = 1.0
RETRY_MS: Final = 2000
SCREENS: Final = 20
"""Open streams of one account; a duty desk with every screen on has fewer."""

log = structlog.get_logger()
Who = Callable[[], Actor | None]


class Stream:
    """The WSGI application and the reader behind it."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self._origin = settings.origin
        self._hub = Hub()
        self._news = Signal()
        self._screens: Counter[str] = Counter()

    def read_forever(self, conninfo: str) -> None:
        """Wakes every screen when there is something new; survives a database that goes away. While there is no screen nothing is
        read: the first one starts at the present, or reads what it has missed from the table."""
        begun, counted_at = False, 0.0
        for _ring in Bell(conninfo, LIVE).rings(LOOK_SECONDS):
            try:
                with self._app.app_context():
                    changed = self._look(begun)
                    begun = True
                    if time.monotonic() - counted_at >= LOOK_SECONDS:
                        counted_at = time.monotonic()
                        changed = self._hub.count() or changed
                    if changed:
                        self._wake()
            except SQLAlchemyError as error:
                log.warning("stream.waits", error=type(error).__name__)

    def _look(self, begun: bool) -> bool:
        """Whether there is something new for a screen."""
        if begun and self._screens:
            return self._hub.read() > 0
        self._hub.begin()
        return False

    def _wake(self) -> None:
        news, self._news = self._news, Signal()
        news.set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        response = self._answer(request)
        for name, value in self._cors(request).items():
            response.headers[name] = value
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/health/live":
            return Response("ok", mimetype="text/plain")
        if request.path != ADDRESS or request.method not in ("GET", "OPTIONS"):
            return problem(404, "Not found.")
        return Response(status=204) if request.method == "OPTIONS" else self._let_in(request)

    def _let_in(self, request: Request) -> Response:
        who = self._who(request)
        try:
            with self._app.app_context():
                actor = who()
        except SQLAlchemyError:
            return problem(503, "The service is briefly unavailable.")
        if actor is None:
            return problem(401, "Sign in first.")
        if not decide(actor, "live.read").allowed:
            return problem(403, "Your role does not allow this.")
        if self._screens[actor.account_id] >= SCREENS:
            refused = problem(429, f"This account has {SCREENS} live screens open already. Close one and try again.")
            refused.headers["Retry-After"] = "60"
            return refused
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}
        response = Response(self._events(actor, who, request), mimetype="text/event-stream", headers=headers)
        self._screens[actor.account_id] += 1
        response.call_on_close(lambda: self._leave(actor.account_id))
        return response

    def _leave(self, account_id: str) -> None:
        self._screens[account_id] -= 1
        if self._screens[account_id] <= 0:
            del self._screens[account_id]

    def _who(self, request: Request) -> Who:
        """How to find out, now and at every tick, who is listening: by ticket, token or session."""
        ticket = parse_qs(request.query_string.decode("latin-1")).get("ticket", [""])[0]
        header, cookie = request.headers.get("Authorization", ""), request.cookies.get(COOKIE)
        if ticket:
            with self._app.app_context():
                credential = credential_of(ticket)
            return lambda: people.by_credential(credential) if credential else None
        if header:
            scheme, _, token = header.partition(" ")
            return lambda: people.by_token(token.strip()) if scheme.lower() == BEARER else None
        return lambda: _first(people.by_session(cookie)) if cookie else None

    def _events(self, actor: Actor, who: Who, request: Request) -> Iterator[bytes]:
        organisation = scope(actor, "live.read").organisation_id or ""
        position, resumed = self._start(request.headers.get("Last-Event-ID", ""))
        yield f"retry: {RETRY_MS}\n".encode()
        yield _message("hello" if resumed else "reset", {"at": time.time()}, position)
        shown, next_tick = -1, time.monotonic() + TICK_SECONDS
        while True:
            news = self._news
            with self._app.app_context():
                told, position = self._hub.after(position, organisation)
            for each in told:
                yield f"id: {each.position}\nevent: incident\ndata: {each.data}\n\n".encode()
            if actor.duty_desk and shown != self._hub.unfinished:
                shown = self._hub.unfinished
                yield _message("unfinished", {"count": shown}, position)
            if position >= self._hub.position:  # else more of what this screen has missed stands in the table
                news.wait(timeout=max(0.0, next_tick - time.monotonic()))
            if time.monotonic() >= next_tick:
                next_tick = time.monotonic() + TICK_SECONDS
                if not self._still(who):
                    return
                yield _message("tick", {"at": time.time()}, position)

    def _start(self, last: str) -> tuple[Position, bool]:
        """Where the screen goes on: behind what it has, or at the present with a word to load everything anew."""
        if not last:
            return self._hub.position, True
        position = Position.parse(last)
        with self._app.app_context():
            if position is not None and self._hub.can_resume(position):
                return position, True
        return self._hub.position, False

    def _still(self, who: Who) -> bool:
        try:
            with self._app.app_context():
                actor = who()
        except SQLAlchemyError:
            return True
        return actor is not None and decide(actor, "live.read").allowed

    def _cors(self, request: Request) -> dict[str, str]:
        if request.headers.get("Origin") != self._origin:
            return {}
        return {
            "Access-Control-Allow-Origin": self._origin,
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Allow-Headers": "Authorization, Last-Event-ID",
            "Vary": "Origin",
        }


def _first(found: tuple[Actor, bool] | None) -> Actor | None:
    return found[0] if found else None


def _message(event: str, data: dict[str, Any], position: Position) -> bytes:
    return f"id: {position}\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode()


def serve() -> None:
    """Runs the stream until SIGTERM or SIGINT."""
    settings = read_settings()
    set_up_logs("stream", settings.log_level)
    app = build(settings, process="stream", reach=SYSTEM, pool=4)
    with app.app_context():
        require_current(db.engine)
    stream = Stream(app, settings)
    settle()
    gevent.spawn(stream.read_forever, plain_url(settings.database_url))
    server = WSGIServer((settings.host, settings.effective_stream_port), stream, log=None, error_log=None, spawn=5000)
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, lambda: server.stop(timeout=1))
    server.serve_forever(stop_timeout=1)
