"""Text messages through a gateway that is described by settings, over a real server."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from reporting.adapters.channels import channels_of
from reporting.config import ConfigurationError, Settings
from tests.confirming import word
from tests.conftest import KEY
from tests.outside import GATEWAY_HOST, Server, http_server
from tests.worker.delivery.conftest import TOWN, Bench

pytestmark = pytest.mark.db


def words(bench: Bench) -> str:
    ((way,),) = bench.rows("select id from subscription where channel = 'sms'")
    return f"There is an answer for you. Read or stop: https://reports.town-one.org/s/{word(bench.client, way)}"


@pytest.fixture
def gateway(bench: Bench) -> Iterator[Server]:
    with http_server(bench.authority.server_context()) as running:
        bench.world.leads_to = running.port
        running.manner = 200
        yield running


def sms(bench: Bench) -> dict:
    report = bench.report()
    bench.choose(report, channel="sms", address="+358 (40) 123-4567")
    return report


def test_a_gateway_that_takes_json(bench: Bench, gateway: Server) -> None:
    assert bench.sent(sms(bench)) == ("sent", "status_200", 1)
    (asked,) = gateway.asked
    ((delivery,),) = bench.rows("select id::text from delivery")
    assert json.loads(asked.body) == {"to": "+358401234567", "message": {"text": words(bench), "ref": delivery}}
    assert asked.headers["Authorization"] == "Bearer gateway-key" and asked.headers["Content-Type"] == "application/json"
    assert "4567" not in asked.path


def test_a_gateway_that_takes_forms_inside_ones_own_network(bench: Bench) -> None:
    with http_server() as plain:
        plain.manner = 200
        bench.world.leads_to, bench.world.addresses["sms.lan"] = plain.port, ["10.0.0.9"]
        body = "recipient={to}&message={text}&from=Town %26 more"
        bench.town(sms_url="http://sms.lan:8080/out", sms_body=body, outbound_inside="sms.lan:8080", sms_headers="")
        state, result, _attempts = bench.sent(sms(bench))
        assert (state, result) == ("sent", "status_200")
        told = parse_qs(plain.asked[0].body.decode())
        assert told == {"recipient": ["+358401234567"], "message": [words(bench)], "from": ["Town & more"]}


@pytest.mark.parametrize(
    ("manner", "said", "state"),
    [
        (200, b'{"status": "queued"}', "sent"),
        (202, b'{"status": "queued"}', "sent"),
        (200, b'{"status": "rejected"}', "refused"),
        (400, b"", "refused"),
        (404, b"", "refused"),
        (422, b"", "refused"),
        (401, b"", "waiting"),
        (403, b"", "waiting"),
        (429, b"", "waiting"),
        (302, b"", "waiting"),
        (500, b"queued", "waiting"),
        (503, b"", "waiting"),
        ("drops", b"", "waiting"),
    ],
)
def test_the_rule_of_success_decides(bench: Bench, gateway: Server, manner: int | str, said: bytes, state: str) -> None:
    bench.town(sms_success="200-299 contains queued")
    gateway.manner, gateway.said = manner, said
    assert bench.sent(sms(bench))[0] == state and len(gateway.asked) == 1


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"sms_url": "http://sms.gateway-one.org/"}, "SMS_URL"),
        ({"sms_url": "https://10.0.0.1/"}, "SMS_URL"),
        ({"sms_url": "https://sms.gateway-one.org:8443/"}, "SMS_URL"),
        ({"sms_url": "nonsense"}, "SMS_URL"),
        ({"sms_body": "to={to}"}, "SMS_BODY"),
        ({"sms_body": '{"to": "{to}", "text": "{text}"'}, "SMS_BODY"),
        ({"sms_method": "GET"}, "SMS_METHOD"),
        ({"sms_headers": "Authorization: x"}, "SMS_HEADERS"),
        ({"sms_headers": '{"X": 1}'}, "SMS_HEADERS"),
        ({"sms_success": "fine"}, "SMS_SUCCESS"),
        ({"outbound_inside": "sms.lan"}, "OUTBOUND_INSIDE"),
        ({"mail_security": "maybe"}, "MAIL_SECURITY"),
        ({"mail_security": "none", "mail_password": "x"}, "MAIL_SECURITY"),
        ({"mail_from": "town"}, "MAIL_FROM"),
        ({"push": "yes"}, "PUSH"),
        ({"push_services": "127.0.0.1"}, "PUSH_SERVICES"),
        ({"push_services": "*.internal"}, "PUSH_SERVICES"),
        ({"vapid_key": "short"}, "VAPID_KEY"),
        ({"vapid_key": "AAAA"}, "VAPID_KEY"),
    ],
    ids=str,
)
def test_a_wrong_setting_stops_the_start_and_is_named(changes: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        channels_of(Settings(master_key=KEY, **{**TOWN, **changes}))


def test_the_names_of_the_channels_in_their_order() -> None:
    assert channels_of(Settings(master_key=KEY, **TOWN)).names == ("push", "mail", "sms")
    assert channels_of(Settings(master_key=KEY)).names == ()
    assert GATEWAY_HOST in TOWN["sms_url"]
