"""The short way of a plain report: whoever files cannot tell it from the long one."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from reporting.web import plain_reports, server
from reporting.web.bridge import Answer, run
from reporting.web.environ import environ_of
from reporting.web.plain_reports import PlainReports
from tests.cast import CITY_POINT, Cast
from tests.web.test_bridge import run as asked

REPORT = {"category": "unattended_item", "description": "A bag alone", "location": CITY_POINT}
VARYING = ("id", "reference", "receipt_code", "received_at", "links")


@dataclass
class Ways:
    """Both ways of one application."""

    app: Flask
    plain: PlainReports

    def short(self, request: dict[str, Any]) -> Answer | None:
        """The short way alone, as the server asks it."""
        return asked(self.plain(request))

    def both(self, **asked: Any) -> tuple[Answer | None, Answer]:
        """The same request by the short way and by the long one, with a key of its own on each."""
        return self.short(environ(**asked)), run(self.app, environ(**asked))


@pytest.fixture
def ways(web_app: Flask, cast: Cast) -> Ways:
    return Ways(web_app, PlainReports(web_app))


def environ(method: str = "POST", query: str = "", body: Any = None, key: str | None = "", **headers: str) -> dict[str, Any]:
    """A request as the bridge hands it on; `key` None for none, empty for a new one."""
    sent = json.dumps(REPORT).encode() if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"content-type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    if key is not None:
        given["idempotency-key"] = key or str(uuid.uuid4())
    scope = {
        "type": "http",
        "method": method,
        "raw_path": b"/api/v1/reports",
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        "http_version": "1.1",
        "scheme": "http",
        "client": ("192.0.2.7", 4711),
        "server": ("127.0.0.1", 8000),
    }
    return environ_of(scope, sent, len(sent))


def told(answer: Answer) -> tuple[int, list[tuple[bytes, bytes]], dict[str, Any]]:
    """What can be compared: the status, the headers in order of their names, the fields that do not change each time."""
    fields = {name: value for name, value in json.loads(answer.body).items() if name not in VARYING}
    return answer.status, sorted((name.lower(), value) for name, value in answer.headers), fields


@pytest.mark.parametrize("body", [REPORT, {**REPORT, "venue": "NONE9"}, {**REPORT, "contact": {"email": "a@example.org"}}])
def test_a_plain_report_is_answered_alike_on_both_ways(ways: Ways, body: dict[str, Any]) -> None:
    short, long = ways.both(body=body, device_key="phone-1", accept_language="fr", cookie="a=b")
    assert short is not None
    assert told(short) == told(long)
    assert short.status == 201


def test_a_retry_hears_the_same_on_either_way(ways: Ways) -> None:
    first = ways.short(environ(key="retry-both-ways"))
    again = ways.short(environ(key="retry-both-ways"))
    longer = run(ways.app, environ(key="retry-both-ways"))
    assert first is not None
    assert again is not None
    assert (again.status, again.body) == (longer.status, longer.body) == (200, first.body)
    assert sorted(again.headers) == sorted(longer.headers)


@pytest.mark.parametrize(
    "asked",
    [
        {"method": "GET"},
        {"query": "category=drone"},
        {"authorization": "Bearer nothing"},
        {"staff_pass": "x"},
        {"key": None},
        {"body": b"{"},
        {"body": {**REPORT, "category": "weather"}},
        {"body": {**REPORT, "unknown": 1}},
        {"content_type": "text/plain"},
    ],
)
def test_whatever_is_not_plain_goes_the_long_way_whole(ways: Ways, asked: dict[str, Any]) -> None:
    request = environ(**asked)
    assert ways.short(request) is None
    assert run(ways.app, request).body == run(ways.app, environ(**asked)).body or asked.keys() & {"authorization", "staff_pass"}


def test_a_refused_filing_is_not_tried_again(ways: Ways, owner: Engine) -> None:
    ways.short(environ(key="one-key"))
    other = environ(key="one-key", body={**REPORT, "description": "Another bag"})
    assert ways.short(other) is None
    answer = run(ways.app, other)
    assert answer.status == 422
    assert b"Idempotency-Key" in answer.body


def test_a_database_that_is_away_is_asked_once(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def away(_filings: Any) -> Any:
        asked.append(1)
        raise OperationalError("select", {}, Exception("gone"), connection_invalidated=True)

    monkeypatch.setattr(plain_reports, "file_reports", away)
    monkeypatch.setattr("reporting.api.reports.file_report", away)
    request = environ()
    assert ways.short(request) is None
    answer = run(ways.app, request)
    assert (answer.status, asked) == (503, [1])
    assert (b"retry-after", b"2") in answer.headers


def test_a_fault_of_ours_is_answered_like_any_other(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(_filings: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(plain_reports, "file_reports", fault)
    request = environ()
    assert ways.short(request) is None
    answer = run(ways.app, request)
    assert (answer.status, json.loads(answer.body)["status"]) == (500, 500)


def test_staff_are_known_on_the_long_way(ways: Ways, cast: Cast, owner: Engine) -> None:
    request = environ(authorization=cast.headers("gil")["Authorization"])
    assert ways.short(request) is None
    filed = json.loads(run(ways.app, request).body)
    with owner.connect() as connection:
        filer = connection.execute(text("select filer from report where id = :id"), {"id": filed["id"]}).scalar()
    assert filer == "staff"


def test_the_short_way_is_one_of_the_server(monkeypatch: pytest.MonkeyPatch, web_app: Flask) -> None:
    monkeypatch.setattr(server, "create_app", lambda _settings: web_app)
    monkeypatch.setattr(server, "read_settings", lambda: web_app.extensions["reporting"].settings)
    monkeypatch.setattr(server, "settle", lambda: None)
    bridge = server.application()
    assert asked(bridge._first(environ())) is not None


def test_reports_of_one_moment_are_filed_together_and_each_refusal_goes_its_own_way(ways: Ways, owner: Engine) -> None:
    ways.short(environ(key="taken"))
    sent = [
        environ(),
        environ(body={**REPORT, "category": "weather"}),
        environ(key="taken"),
        environ(key="taken", body={**REPORT, "description": "Another bag"}),
        environ(),
    ]
    answers = ways.plain.file(sent)
    assert [answer and answer.status for answer in answers] == [201, None, 200, None, 201]
    assert [run(ways.app, each).status for each in (sent[1], sent[3])] == [422, 422]
    with owner.connect() as connection:
        told = connection.execute(text("select count(*), count(distinct received_at) from report")).one()
    assert tuple(told) == (3, 2)


def test_a_fault_over_one_report_is_nobody_elses(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    real = plain_reports.sender

    def sender(request: Any) -> Any:
        if "faulty" in request.headers:
            raise ZeroDivisionError
        return real(request)

    monkeypatch.setattr(plain_reports, "sender", sender)
    answers = ways.plain.file([environ(), environ(faulty="yes"), environ()])
    assert [answer and answer.status for answer in answers] == [201, None, 201]
