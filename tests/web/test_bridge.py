"""The bridge by itself: which variables a request becomes, and what happens when too many wait."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from reporting.web.bridge import Bridge, Limits
from reporting.web.environ import environ_of


def scope_of(*headers: tuple[bytes, bytes], **changes: Any) -> dict[str, Any]:
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "raw_path": b"/a",
        "query_string": b"",
        "server": ("127.0.0.1", "80"),
        "client": ("192.0.2.1", "1234"),
        "headers": list(headers),
    }
    return {**scope, **changes}


def test_a_path_is_its_decoded_bytes_and_a_query_stays_as_it_came() -> None:
    environ = environ_of(scope_of(raw_path=b"/a%2Fb%ff%C3%A4", query_string=b"q=%C3%A4&q=+"), b"", 0)
    assert environ["PATH_INFO"].encode("latin-1") == b"/a/b\xff\xc3\xa4"
    assert environ["QUERY_STRING"] == "q=%C3%A4&q=+"
    assert environ["REMOTE_ADDR"] == "192.0.2.1"


def test_repeated_headers_are_joined() -> None:
    environ = environ_of(scope_of((b"x-a", b"1"), (b"x-a", b"2"), (b"cookie", b"a=1"), (b"cookie", b"b=2")), b"", 0)
    assert (environ["HTTP_X_A"], environ["HTTP_COOKIE"]) == ("1,2", "a=1; b=2")


def test_a_header_with_an_underscore_passes_for_nothing() -> None:
    forged = (b"x_forwarded_for", b"203.0.113.9"), (b"x_forwarded-for", b"203.0.113.9"), (b"content_length", b"5")
    environ = environ_of(scope_of(*forged, (b"x-forwarded-for", b"192.0.2.7")), b"", 0)
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.7"
    assert "203.0.113.9" not in str(environ)
    assert "CONTENT_LENGTH" not in environ


def test_no_header_takes_the_place_of_a_variable_of_ours() -> None:
    environ = environ_of(scope_of((b"script-name", b"/x"), (b"path-info", b"/x"), (b"content-type", b"text/plain")), b"abc", 3)
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"], environ["CONTENT_TYPE"]) == ("", "/a", "text/plain")
    assert environ["wsgi.input"].read() == b"abc"


async def call(bridge: Bridge, scope: dict[str, Any], *parts: bytes, silent: bool = False) -> list[dict[str, Any]]:
    """What the bridge sends; a silent client never ends its body."""
    waiting = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop(0)
        if silent:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await bridge(scope, receive, send)
    return sent


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser that another test has open keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [environ["wsgi.input"].read(), b"!"]


def test_an_answer_is_one_message_and_keeps_its_cookies() -> None:
    start, body = run(call(Bridge(echo, 1), scope_of((b"content-length", b"4"), method="POST"), b"ab", b"cd"))
    assert start["headers"] == [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    assert body["body"] == b"abcd!"


def test_a_silent_client_never_reaches_the_application() -> None:
    bridge = Bridge(echo, 1, Limits(body_seconds=0.05))
    start, _body = run(call(bridge, scope_of((b"content-length", b"4"), method="POST"), b"ab", silent=True))
    assert start["status"] == 408


@pytest.mark.parametrize("headers", [[(b"content-length", b"30")], [(b"transfer-encoding", b"chunked")]])
def test_of_a_body_too_long_the_application_sees_the_length_alone(headers: list[tuple[bytes, bytes]]) -> None:
    seen: list[tuple[str, bytes]] = []

    def look(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.append((environ["CONTENT_LENGTH"], environ["wsgi.input"].read()))
        return echo(environ, start_response)

    bridge = Bridge(look, 1, Limits(kept_bytes=10))
    run(call(bridge, scope_of(*headers, method="POST"), b"x" * 15, b"x" * 15))
    assert seen == [("30", b"")]


def test_too_many_waiting_are_told_to_come_back() -> None:
    go = threading.Event()

    def wait(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        assert go.wait(10)
        return echo(environ, start_response)

    async def crowd() -> list[int]:
        bridge = Bridge(wait, 1, Limits(waiting=2))
        calls = [asyncio.create_task(call(bridge, scope_of())) for _ in range(5)]
        refused, _ = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        assert all((b"retry-after", b"2") in task.result()[0]["headers"] for task in refused)
        go.set()
        return sorted([(await task)[0]["status"] for task in calls] + [(await call(bridge, scope_of()))[0]["status"]])

    assert run(crowd()) == [200, 200, 200, 200, 503, 503]
