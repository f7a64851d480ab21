"""Web push over a real TLS server: the browser alone reads it, and what the push service says is heeded."""

import json
from collections.abc import Iterator

import pytest

from reporting.adapters.web_push import octets
from tests.outside import OTHER_HOST, PUBLIC, PUSH_HOST, Server, http_server
from tests.receiver import Receiver
from tests.worker.delivery.conftest import Bench

pytestmark = pytest.mark.db


@pytest.fixture
def service(bench: Bench) -> Iterator[Server]:
    """A push service; every name leads to it."""
    with http_server(bench.authority.server_context()) as running:
        bench.world.leads_to = running.port
        yield running


def test_the_browser_reads_neutral_words_and_nobody_else_can(bench: Bench, service: Server) -> None:
    receiver = Receiver()
    report = bench.push(receiver, "send/endpoint-1")
    assert bench.sent(report) == ("sent", "status_201", 1)
    (asked,) = service.asked
    shown = json.loads(receiver.open(asked.body))
    assert shown == {
        "title": "A message for you from City safety",
        "body": "There is an answer to your report. Open the page and enter your code.",
        "url": "https://reports.town-one.org/follow-up",
        "lang": "en",
        "dir": "ltr",
    }
    assert b"answer" not in asked.body and report["receipt_code"].encode() not in asked.body
    assert (asked.method, asked.path) == ("POST", "/send/endpoint-1")
    assert asked.headers["Content-Encoding"] == "aes128gcm" and int(asked.headers["TTL"]) > 0
    assert asked.headers["Topic"] == "letter" and "Cookie" not in asked.headers


def test_the_push_service_can_tell_who_calls(bench: Bench, service: Server) -> None:
    bench.sent(bench.push(Receiver()))
    told = dict(part.split("=", 1) for part in service.asked[0].headers["Authorization"].removeprefix("vapid ").split(", "))
    claims = json.loads(octets(told["t"].split(".")[1]))
    assert claims["aud"] == f"https://{PUSH_HOST}" and claims["sub"] == "mailto:security@town-one.org"
    assert told["k"] == bench.client.get("/api/v1/channels").get_json()["push_key"]


def test_two_letters_to_one_phone_look_alike_and_are_not(bench: Bench, service: Server) -> None:
    receiver = Receiver()
    report = bench.push(receiver)
    bench.sent(report)
    bench.sent(report)
    first, second = (each.body for each in service.asked)
    assert len(first) == len(second) and first != second


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_no_more_is_forgotten(bench: Bench, service: Server, status: int) -> None:
    service.manner = status
    assert bench.sent(bench.push(Receiver())) == ("refused", f"status_{status}", 1)
    assert bench.rows("select 1 from subscription") == bench.rows("select 1 from outbox where job = 'deliver'") == []


@pytest.mark.parametrize("status", [400, 413])
def test_other_refusals_end_at_once_and_keep_the_subscription(bench: Bench, service: Server, status: int) -> None:
    service.manner = status
    assert bench.sent(bench.push(Receiver())) == ("refused", f"status_{status}", 1)
    assert len(bench.rows("select 1 from subscription")) == 1


@pytest.mark.parametrize("manner", [301, 307, 401, 403, 429, 500, 502, 503, 200.5, "drops"])
def test_what_may_pass_is_tried_again(bench: Bench, service: Server, manner: int | str) -> None:
    service.manner = manner if manner != 200.5 else 299
    service.headers = {"Location": f"https://{OTHER_HOST}/"}
    state, result, attempts = bench.sent(bench.push(Receiver()))
    assert (state, attempts) == ("waiting", 1) and len(service.asked) == 1, result
    service.manner = 201
    bench.hurry()
    bench.send(*[row.id for row in bench.rows("select id from delivery")])
    assert bench.last()[0] == "sent" and len(service.asked) == 2


def test_a_service_that_asks_for_patience_gets_it(bench: Bench, service: Server) -> None:
    service.manner, service.headers = 429, {"Retry-After": "600"}
    bench.sent(bench.push(Receiver()))
    ((wait,),) = bench.rows("select extract(epoch from due_at - now()) from outbox where job = 'deliver'")
    assert 500 < wait <= 600
    service.headers = {"Retry-After": "99999"}
    bench.hurry()
    bench.send(*[row.id for row in bench.rows("select id from delivery")])
    ((wait,),) = bench.rows("select extract(epoch from due_at - now()) from outbox where job = 'deliver'")
    assert 1700 < wait <= 1800


def test_a_name_that_turns_inwards_after_it_was_chosen_is_not_called(bench: Bench, service: Server) -> None:
    report = bench.push(Receiver())
    bench.world.addresses[PUSH_HOST] = ["169.254.169.254"]
    assert bench.sent(report) == ("refused", "not_allowed_address", 1)
    assert bench.world.connected == [] and bench.rows("select 1 from subscription") == []


def test_a_service_that_is_taken_off_the_list_is_not_called(bench: Bench, service: Server) -> None:
    report = bench.push(Receiver())
    bench.town(push_services=OTHER_HOST)
    assert bench.sent(report) == ("refused", "not_allowed_service", 1)
    assert bench.world.connected == []


def test_connections_go_to_the_address_that_was_looked_at(bench: Bench, service: Server) -> None:
    bench.sent(bench.push(Receiver()))
    assert bench.world.connected == [(PUBLIC, 443)] and bench.world.looked_up == [PUSH_HOST]
