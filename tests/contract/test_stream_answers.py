"""The live stream answers as the API's description says: its events, their data, and its refusals."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import Client

from reporting.auth.tickets import ticket_for
from reporting.config import Settings
from reporting.queries import live
from reporting.queries.people import credential
from reporting.schemas.live import EVENTS
from reporting.services import accounts
from reporting.stream import server
from reporting.stream.server import Stream
from tests.cast import NOWHERE_POINT, Cast
from tests.contract.document import by_id, response_of, wrong
from tests.test_line import file, run

pytestmark = pytest.mark.db

ADDRESS = "/api/v1/live"
Event = tuple[str, str, Any]


@pytest.fixture
def stream(line_app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Runs a piece of work with a client of the stream, in a thread of its own: the stream waits in its own way there."""
    monkeypatch.setattr(server, "TICK_SECONDS", 0.05)
    with ThreadPoolExecutor(max_workers=1) as thread:
        yield lambda work: thread.submit(lambda: work(_opened(line_app, settings))).result(timeout=20)


def _opened(line_app: Flask, settings: Settings) -> Client:
    made = Stream(line_app, settings)
    with line_app.app_context():
        made._hub.begin()
    return Client(made)


def events(answer: Any, count: int) -> list[Event]:
    """The first events: id, name, data."""
    text = "".join(chunk.decode() for chunk in islice(answer.response, count + 1))
    assert text.startswith("retry: 2000\n")
    found = re.findall(r"id: (\S+)\nevent: (\S+)\ndata: (.*)\n\n", text)
    return [(key, name, json.loads(data)) for key, name, data in found]


def test_events_have_the_described_names_and_data(client: FlaskClient, cast: Cast, line_app: Flask, stream: Any) -> None:
    described = by_id()["live"][2]["x-event-types"]
    assert set(described) == set(EVENTS)

    def listen(to: Client) -> list[Event]:
        answer = to.get(ADDRESS, headers=cast.headers("aino"))
        assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
        run(line_app, file(client))
        with line_app.app_context():
            to.application._hub.read()
        return events(answer, 6) + events(to.get(ADDRESS, headers={**cast.headers("aino"), "Last-Event-ID": "x"}), 1)

    heard = stream(listen)
    assert {name for _key, name, _data in heard} == set(EVENTS)
    assert all(wrong(described[name]["data"], data) == [] for _key, name, data in heard)
    assert all(re.fullmatch("[0-9]+-[0-9]+", key) for key, _name, _data in heard)


@pytest.mark.parametrize(("who", "status"), [(None, 401), ("gil", 403)])
def test_refusals_are_the_described_ones(cast: Cast, stream: Any, who: str | None, status: int) -> None:
    answer = stream(lambda to: to.get(ADDRESS, headers=cast.headers(who) if who else {}))
    assert answer.status_code == status
    described = response_of(by_id()["live"][2], status)
    assert wrong(described["content"][answer.mimetype]["schema"], answer.json) == []
    assert all(name in answer.headers for name in described.get("headers", {}))


def test_a_ticket_lets_in_as_long_as_the_token_behind_it(cast: Cast, line_app: Flask, stream: Any) -> None:
    with line_app.app_context():
        ticket = ticket_for(credential("token", cast.tokens["aino"]))
    assert stream(lambda to: to.get(ADDRESS, query_string={"ticket": ticket}).status_code) == 200
    assert stream(lambda to: to.get(ADDRESS, query_string={"ticket": ticket[:-2] + "xx"}).status_code) == 401
    with line_app.app_context():
        accounts.revoke_tokens(cast.people["aino"].account_id)
    assert stream(lambda to: to.get(ADDRESS, query_string={"ticket": ticket}).status_code) == 401


def test_a_token_comes_with_its_scheme(cast: Cast, stream: Any) -> None:
    for header in (cast.tokens["aino"], f"Basic {cast.tokens['aino']}", f"Bearer{cast.tokens['aino']}"):
        assert stream(lambda to, header=header: to.get(ADDRESS, headers={"Authorization": header})).status_code == 401


def test_an_account_has_so_many_screens_and_closing_one_makes_room(cast: Cast, stream: Any) -> None:
    def crowd(to: Client) -> list[int]:
        held = [to.get(ADDRESS, headers=cast.headers("aino")) for _ in range(server.SCREENS)]
        over, other = to.get(ADDRESS, headers=cast.headers("aino")), to.get(ADDRESS, headers=cast.headers("bo"))
        held[0].close()
        return [
            held[-1].status_code,
            over.status_code,
            other.status_code,
            to.get(ADDRESS, headers=cast.headers("aino")).status_code,
        ]

    assert stream(crowd) == [200, 429, 200, 200]


def test_what_came_while_nobody_watched_is_read_by_who_comes_back(
    client: FlaskClient, cast: Cast, line_app: Flask, stream: Any
) -> None:
    def listen(to: Client) -> tuple[bool, bool, list[Event], bool]:
        served, headers = to.application, cast.headers("aino")
        run(line_app, file(client))
        with line_app.app_context():
            served._look(False)
        first = to.get(ADDRESS, headers=headers)
        ((position, _name, _data),) = events(first, 1)
        first.close()
        run(line_app, file(client))
        with line_app.app_context():
            unwatched = served._look(True)
            again = to.get(ADDRESS, headers=headers)
            run(line_app, file(client, location=NOWHERE_POINT))
            watched = served._look(True)
            heard = events(to.get(ADDRESS, headers={**headers, "Last-Event-ID": position}), 2)
            again.close()
        return unwatched, watched, heard, len(served._hub._kept) > 0

    unwatched, watched, heard, kept = stream(listen)
    assert (unwatched, watched, kept) == (False, True, True)
    assert [name for _key, name, _data in heard] == ["hello", "incident"]


def test_a_screen_that_missed_much_gets_all_of_it_without_waiting(
    client: FlaskClient, cast: Cast, line_app: Flask, stream: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = live.after
    monkeypatch.setattr(live, "after", lambda session, position: real(session, position, 1))
    monkeypatch.setattr(server, "TICK_SECONDS", 60)

    def listen(to: Client) -> list[Event]:
        run(line_app, file(client))
        with line_app.app_context():
            to.application._look(False)
        ((position, _name, _data),) = events(to.get(ADDRESS, headers=cast.headers("aino")), 1)
        run(line_app, *(file(client, location=NOWHERE_POINT, category=kind) for kind in ("drone", "tampering", "other")))
        with line_app.app_context():
            to.application._hub.begin()
        return events(to.get(ADDRESS, headers={**cast.headers("aino"), "Last-Event-ID": position}), 5)

    heard = stream(listen)
    assert sorted(name for _key, name, _data in heard) == ["hello", "incident", "incident", "incident", "unfinished"]
