"""Between the server's event loop and the application: a request takes a thread only when all of it is here.

Who sends slowly, or not at all, holds a few bytes of memory for at most `body_seconds` and never one of the few threads.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from reporting.auth.uploads import AHEAD, INCOMING
from reporting.web.environ import environ_of
from reporting.web.threads import Threads
from reporting.web.uploads import DiskTrouble, UploadLimits, Uploads, most_bytes

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[bytes, bytes]]

RETRY_AFTER_S: Final = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for a whole body, bytes that are kept of it, bytes that are read of it, requests that wait for a thread."""

    body_seconds: float = 10.0
    kept_bytes: int = 128 * 1024
    read_bytes: int = 1024 * 1024
    waiting: int = 1000
    uploads: UploadLimits = field(default_factory=UploadLimits)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and the whole body."""

    status: int
    headers: Headers
    body: bytes


First = Callable[[dict[str, Any]], Awaitable[Answer | None]]


async def long_way(_environ: dict[str, Any]) -> None:
    """Nothing has a short way."""


class Bridge:
    """An ASGI application around a WSGI one, which runs in `threads` threads."""

    def __init__(
        self,
        application: Application,
        threads: int,
        limits: Limits | None = None,
        pictures: Path = Path(),
        first: First = long_way,
    ) -> None:
        """`pictures`: the folder of the picture store, on whose disk large bodies wait. `first`: is asked before the
        application, which answers what it has no answer to."""
        self._application = application
        self._first = first
        self._limits = limits or Limits()
        self._uploads = Uploads(pictures / INCOMING, self._limits.uploads)
        self._threads = Threads(threads)
        self._most = threads + self._limits.waiting
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        answer = await self._answer(scope, receive)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        declared = _declared(scope)
        most = most_bytes(scope)
        if most and declared != 0:
            return await self._answer_upload(scope, receive, declared, most)
        body, length = b"", declared or 0
        if declared is None or 0 < declared <= self._limits.read_bytes:
            try:
                async with asyncio.timeout(self._limits.body_seconds):
                    body, length = await self._read(receive, declared)
            except TimeoutError:
                return refusal(408, "The request did not arrive in time. Please send it again.")
            except ConnectionError:
                return refusal(400, "The request ended too early.")
        return await self._call(environ_of(scope, body, length))

    async def _answer_upload(  # noqa: PLR0911  one answer for each way an upload can end
        self, scope: Scope, receive: Receive, declared: int | None, most: int
    ) -> Answer:
        """The application is asked twice: whether it would have such a body, and then with the body."""
        first = await self._call({**environ_of(scope, b"", declared or 0), AHEAD: True})
        if first.status != HTTPStatus.CONTINUE:
            return first
        form = scope["method"] == "POST"
        if self._uploads.is_full(form):
            return refusal(503, "Many pictures are coming in. Please send again in a moment.")
        try:
            spool = await self._uploads.read(receive, most, form)
        except TimeoutError:
            return refusal(408, "The picture did not arrive in time. Please send it again.")
        except ConnectionError:
            return refusal(400, "The request ended too early.")
        except DiskTrouble as trouble:
            return refusal(507 if trouble.full else 503, "There is no room for pictures at the moment. Please try again later.")
        try:
            if declared and spool.length < min(declared, most):
                return refusal(400, "The request ended too early.")
            environ = environ_of(scope, b"", spool.length)
            environ["wsgi.input"] = spool.finished()
            return await self._call(environ)
        finally:
            spool.close()

    async def _call(self, environ: dict[str, Any]) -> Answer:
        if self._inside >= self._most:
            return refusal(503, "The service is very busy. Please send again in a moment.")
        self._inside += 1
        try:
            answer = await self._first(environ)
            return answer or await self._threads.run(run, self._application, environ)
        finally:
            self._inside -= 1

    async def _read(self, receive: Receive, declared: int | None) -> tuple[bytes, int]:
        """The body and its length. Of one over the limit nothing is kept: the application refuses it by its length."""
        parts, length = [], 0
        while length <= self._limits.read_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError
            part = message.get("body", b"")
            length += len(part)
            if length <= self._limits.kept_bytes:
                parts.append(part)
            else:
                parts.clear()
            if length == declared or not message.get("more_body"):
                break
        return b"".join(parts), max(length, declared or 0)


def _declared(scope: Scope) -> int | None:
    """The length the request says its body has, 0 without a body; None where only reading tells."""
    chunked = False
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value)
        chunked = chunked or name == b"transfer-encoding"
    return None if chunked else 0


def run(application: Application, environ: dict[str, Any]) -> Answer:
    """One call of the application, in one of the threads."""
    begun: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        begun[:] = [int(status[:3]), [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]]

    parts = application(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    return Answer(begun[0], begun[1], body)


def refusal(status: int, detail: str) -> Answer:
    """A problem that the application never hears of; the connection ends with it, but for a moment's rush."""
    title = HTTPStatus(status).phrase
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail, "errors": []}).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INSUFFICIENT_STORAGE):
        headers.append((b"retry-after", str(RETRY_AFTER_S).encode()))
    else:
        headers.append((b"connection", b"close"))
    return Answer(status, headers, body)
