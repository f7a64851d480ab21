"""Letters to people outside: written with what they tell, once for each way that was chosen, and to nobody who chose none."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.adapters.channels import channels_of
from reporting.adapters.sight import Sight
from reporting.bootstrap import SENDER, SYSTEM, adapters, build, close_idle
from reporting.config import Settings
from reporting.services.deliveries import Told, deliver
from reporting.services.unit_of_work import unit_of_work
from reporting.services.upkeep import clean_up
from tests.cast import Cast, a_report, new_key
from tests.confirming import say_yes
from tests.outside import PUSH_HOST
from tests.receiver import Receiver
from tests.test_retention import close, incident_of, work_off

pytestmark = pytest.mark.db

MAIL = {"channel": "mail", "address": "maija@example.org"}
ON = {"push": "on", "push_services": PUSH_HOST, "mail_server": "127.0.0.1", "mail_port": 1, "mail_security": "none"}


@pytest.fixture
def switched_on(web_app: Flask, line_app: Flask, settings: Settings) -> Iterator[Settings]:
    """A town that has mail, push and text messages."""
    sms = {"sms_url": "https://sms.gateway-one.org/send", "sms_body": "to={to}&text={text}"}
    wanted = replace(settings, **ON, **sms, mail_from="no-reply@town-one.org")
    before = {app: app.extensions["reporting"] for app in (web_app, line_app)}
    for app, held in before.items():
        app.extensions["reporting"] = replace(held, channels=channels_of(wanted), settings=wanted)
    yield wanted
    for app, held in before.items():
        app.extensions["reporting"] = held


def file(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/reports", json=a_report(**changes), headers=new_key())
    assert answer.status_code == 201
    return answer.get_json()  # type: ignore[no-any-return]


def choose(client: FlaskClient, report: dict[str, Any], yes: bool = True, **choice: Any) -> Any:
    """Chooses, and says yes at the address unless the test is about that."""
    answer = client.post("/api/v1/follow-up/channels", json={"receipt_code": report["receipt_code"], **choice})
    if yes:
        say_yes(client)
    return answer


def stop(client: FlaskClient, report: dict[str, Any], **what: Any) -> Any:
    return client.post("/api/v1/follow-up/channels/stop", json={"receipt_code": report["receipt_code"], **what})


def push_choice(receiver: Receiver | None = None, path: str = "a") -> dict[str, Any]:
    subscription = (receiver or Receiver()).subscription(f"https://{PUSH_HOST}/{path}")
    return {"channel": "push", "subscription": {**subscription, "expirationTime": None}}


def tell(line_app: Flask, report: dict[str, Any], effect: str = "message:1") -> int:
    with line_app.app_context(), unit_of_work() as work:
        return deliver(work, Told(effect=effect, template="answer", report_ids=[uuid.UUID(report["id"])]))


def rows(owner: Engine, statement: str) -> list[Any]:
    with owner.connect() as connection:
        return list(connection.execute(text(statement)).all())


def test_what_is_switched_off_cannot_be_chosen(client: FlaskClient) -> None:
    assert client.get("/api/v1/channels").get_json() == {"channels": [], "push_key": None}
    report = file(client)
    for choice in (MAIL, push_choice(), {"channel": "sms", "address": "+358401234567"}):
        assert choose(client, report, **choice).status_code == 409


def test_a_reporter_chooses_and_takes_back(client: FlaskClient, switched_on: Settings, owner: Engine) -> None:
    told = client.get("/api/v1/channels").get_json()
    assert told["channels"] == ["push", "mail", "sms"] and len(told["push_key"]) == 87
    report = file(client)
    assert [each["channel"] for each in choose(client, report, **MAIL).get_json()["chosen"]] == ["mail"]
    assert [each["channel"] for each in choose(client, report, **push_choice()).get_json()["chosen"]] == ["mail", "push"]
    assert [each["channel"] for each in stop(client, report, channel="mail").get_json()["chosen"]] == ["push"]
    assert stop(client, report).get_json() == stop(client, report).get_json() == {"chosen": []}
    assert rows(owner, "select * from subscription") == []


def test_the_address_given_with_the_report_is_used_only_when_it_is_chosen(
    client: FlaskClient, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    report = file(client, contact={"email": "maija@example.org", "phone": "+358 40 123 4567"})
    assert tell(line_app, report) == 0
    for channel in ("mail", "sms"):
        assert choose(client, report, channel=channel).status_code == 200
    assert tell(line_app, report) == 2
    assert choose(client, file(client), channel="mail").status_code == 422


def test_an_address_is_sealed_for_its_own_record(client: FlaskClient, switched_on: Settings, owner: Engine) -> None:
    first, second = file(client), file(client)
    choices = [push_choice(Receiver(), "same"), MAIL, {"channel": "sms", "address": "+358401234567"}]
    for report in (first, second):
        for choice in choices:
            assert choose(client, report, **choice).status_code == 200
    read = "\n".join(row[0] for row in rows(owner, "select row_to_json(s)::text from subscription s"))
    for secret in ("maija", "example.org", "same", "358401234567", b"maija".hex(), choices[0]["subscription"]["keys"]["auth"]):
        assert secret not in read
    assert rows(owner, "select count(distinct mark), count(*) from subscription") == [(6, 6)], "two reports are not linked"


def test_a_letter_is_written_once_for_each_way(
    client: FlaskClient, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    report, other = file(client), file(client)
    for choice in (MAIL, push_choice(path="a"), push_choice(path="b")):
        choose(client, report, **choice)
    choose(client, other, **MAIL)
    assert [tell(line_app, report) for _ in range(3)] == [3, 0, 0]
    assert tell(line_app, report, "message:2") == 3
    assert rows(owner, "select job, count(*) from outbox where job = 'deliver' group by job") == [("deliver", 6)]
    assert rows(owner, "select distinct state, report_id::text from delivery") == [("waiting", report["id"])]


def test_a_letter_that_is_rolled_back_was_never_written(
    client: FlaskClient, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    report = file(client)
    choose(client, report, **MAIL)
    with line_app.app_context(), pytest.raises(ValueError, match="no"), unit_of_work() as work:
        deliver(work, Told(effect="x", template="answer", report_ids=[uuid.UUID(report["id"])]))
        raise ValueError("no")
    assert rows(owner, "select * from delivery") == rows(owner, "select * from outbox where job = 'deliver'") == []


def test_a_room_tells_its_own_reporters_and_no_others(
    client: FlaskClient, cast: Cast, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    report = file(client)
    choose(client, report, **MAIL)
    work_off(line_app, owner)
    told = Told(effect="message:1", template="answer", report_ids=[uuid.UUID(report["id"])])
    for room, count in (("mall", 0), ("city", 1)):
        with client.application.app_context(), unit_of_work(Sight(organisation=cast.organisations[room])) as work:
            assert deliver(work, told) == count


def test_people_of_a_venue_choose_for_themselves(
    client: FlaskClient, cast: Cast, switched_on: Settings, web_app: Flask, owner: Engine
) -> None:
    gil, hana = cast.headers("gil"), cast.headers("hana")
    assert client.post("/api/v1/channels", json={"channel": "mail"}, headers=gil).status_code == 200
    assert client.post("/api/v1/channels", json=push_choice(), headers=gil).status_code == 200
    assert client.post("/api/v1/channels/stop", json={}, headers=hana).get_json() == {"chosen": []}
    assert rows(owner, "select count(*) from subscription") == [(2,)]
    people = [uuid.UUID(cast.people[name].account_id) for name in ("gil", "hana")]
    with web_app.app_context(), unit_of_work(Sight(organisation=cast.organisations["city"])) as work:
        assert deliver(work, Told(effect="notice:1", template="notice", account_ids=people)) == 2
    assert client.post("/api/v1/channels/stop", json={"channel": "mail"}, headers=gil).status_code == 200
    assert rows(owner, "select channel from subscription") == [("push",)]


@pytest.mark.parametrize(
    "choice",
    [
        {"channel": "pigeon"},
        {"channel": "mail", "address": "maija"},
        {"channel": "mail", "address": "a@b"},
        {"channel": "mail", "address": "maija@example.org\r\nBcc: x@example.org"},
        {"channel": "mail", "address": "maija@example.org, x@example.org"},
        {"channel": "mail", "address": "maija@[127.0.0.1]"},
        {"channel": "mail", "address": "x" * 250 + "@example.org"},
        {"channel": "mail"},
        {"channel": "sms", "address": "112"},
        {"channel": "sms", "address": "+358 40 CALL ME"},
        {"channel": "sms", "address": "++358401234567"},
        {"channel": "push"},
        {"channel": "push", "subscription": {}},
        {"channel": "push", "subscription": {"endpoint": f"https://{PUSH_HOST}/x"}},
        {"channel": "push", "subscription": {"endpoint": f"https://{PUSH_HOST}/x", "keys": {"p256dh": "BA", "auth": "BA"}}},
        {"channel": "push", "subscription": Receiver().subscription("https://169.254.169.254/")},
        {"channel": "push", "subscription": Receiver().subscription("https://push.of-a-stranger.org/x")},
        {"channel": "push", "subscription": Receiver().subscription(f"http://{PUSH_HOST}/x")},
        {"channel": "push", "subscription": Receiver().subscription(f"https://{PUSH_HOST}.of-a-stranger.org/x")},
        {"channel": "push", "subscription": Receiver().subscription(f"https://{PUSH_HOST}:8443/x")},
        {"channel": "push", "subscription": Receiver().subscription(f"https://of-a-stranger.org@{PUSH_HOST}/x")},
        {**MAIL, "report_id": "x"},
        {**MAIL, "language": "en" * 40},
    ],
    ids=lambda choice: ascii(choice)[:70],
)
def test_what_is_no_address_is_refused(client: FlaskClient, switched_on: Settings, owner: Engine, choice: dict[str, Any]) -> None:
    assert choose(client, file(client), **choice).status_code == 422
    assert rows(owner, "select * from subscription") == []


def test_a_wrong_code_chooses_nothing(client: FlaskClient, switched_on: Settings) -> None:
    for code in ("0123-4567-89AB-CDE4", "nonsense", "x" * 60):
        for path in ("", "/stop"):
            answer = client.post(f"/api/v1/follow-up/channels{path}", json={"receipt_code": code, "channel": "mail"})
            assert answer.status_code == 404


def test_the_newest_mail_address_counts_and_phones_have_an_end(client: FlaskClient, switched_on: Settings, owner: Engine) -> None:
    report = file(client)
    for number in range(3):
        choose(client, report, channel="mail", address=f"maija{number}@example.org")
    assert rows(owner, "select count(*) from subscription") == [(1,)]
    answers = [choose(client, report, **push_choice(path=str(number))).status_code for number in range(6)]
    assert answers == [200, 200, 200, 200, 409, 409]
    assert choose(client, report, **push_choice(path="0")).status_code == 200, "chosen twice is chosen once"


def test_a_browser_renews_its_own_subscription_and_nobody_elses(
    client: FlaskClient, switched_on: Settings, owner: Engine
) -> None:
    report = file(client)
    (chosen,) = choose(client, report, **push_choice(path="former")).get_json()["chosen"]
    former, new = f"https://{PUSH_HOST}/former", Receiver().subscription(f"https://{PUSH_HOST}/new")
    sent = {"id": chosen["id"], "endpoint": former, "subscription": new}
    before = rows(owner, "select sealed, mark from subscription")
    for wrong in ({"endpoint": f"https://{PUSH_HOST}/guess"}, {"id": str(uuid.uuid4())}):
        assert client.post("/api/v1/push/renew", json={**sent, **wrong}).status_code == 404
    stranger = Receiver().subscription("https://push.of-a-stranger.org/x")
    assert client.post("/api/v1/push/renew", json={**sent, "subscription": stranger}).status_code == 422
    assert rows(owner, "select sealed, mark from subscription") == before
    assert client.post("/api/v1/push/renew", json=sent).status_code == 204
    assert client.post("/api/v1/push/renew", json=sent).status_code == 404, "the former one is known no more"
    assert len(rows(owner, "select 1 from subscription")) == 1 and rows(owner, "select sealed, mark from subscription") != before


def test_a_renewal_to_what_is_chosen_already_leaves_one(client: FlaskClient, switched_on: Settings, owner: Engine) -> None:
    report = file(client)
    (first,) = choose(client, report, **push_choice(path="former")).get_json()["chosen"]
    choose(client, report, **push_choice(path="new"))
    new = Receiver().subscription(f"https://{PUSH_HOST}/new")
    sent = {"id": first["id"], "endpoint": f"https://{PUSH_HOST}/former", "subscription": new}
    assert client.post("/api/v1/push/renew", json=sent).status_code == 204
    assert len(rows(owner, "select 1 from subscription")) == 1


def test_after_withdrawing_nothing_can_be_chosen(client: FlaskClient, switched_on: Settings, owner: Engine) -> None:
    report = file(client)
    assert (
        client.post("/api/v1/follow-up/withdraw", json={"receipt_code": report["receipt_code"], "sure": True}).status_code == 200
    )
    assert choose(client, report, **push_choice()).status_code == 409
    assert rows(owner, "select 1 from subscription") == []


def test_at_closing_the_address_goes_when_the_last_letter_has_gone(
    client: FlaskClient, cast: Cast, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    report = file(client)
    choose(client, report, **MAIL)
    work_off(line_app, owner)

    def left() -> int:
        with line_app.app_context():
            clean_up()
        return len(rows(owner, "select 1 from subscription"))

    assert left() == 1
    close(owner, report, "nothing_found")
    tell(line_app, report, "outcome:1")
    assert left() == 1, "the outcome waits to be sent"
    with owner.begin() as connection:
        connection.execute(text("update delivery set state = 'sent', ended_at = now()"))
    assert left() == 0
    assert rows(owner, "select state, subscription_id from delivery") == [("sent", None)]


def test_a_letter_that_never_leaves_keeps_the_address_no_longer_than_a_day(
    client: FlaskClient, cast: Cast, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    report = file(client)
    choose(client, report, **MAIL)
    work_off(line_app, owner)
    close(owner, report, "nothing_found")
    tell(line_app, report, "outcome:1")
    with owner.begin() as connection:
        connection.execute(text("update incident set closed_at = now() - interval '25 hours'"))
    with line_app.app_context():
        clean_up()
    assert incident_of(owner, report) and rows(owner, "select 1 from subscription") == []


def test_withdrawn_reports_disabled_accounts_and_old_history_are_swept(
    client: FlaskClient, cast: Cast, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    report = file(client)
    choose(client, report, **MAIL)
    client.post("/api/v1/channels", json={"channel": "mail"}, headers=cast.headers("gil"))
    tell(line_app, report)
    with owner.begin() as connection:
        connection.execute(text("update report set withdrawn_at = now()"))
        connection.execute(text("update account set disabled_at = now()"))
        connection.execute(text("update delivery set state = 'sent', ended_at = now() - interval '31 days'"))
    with line_app.app_context():
        swept = clean_up()
    assert (swept["subscriptions"], swept["deliveries"], swept["letters"]) == (2, 1, 1)
    assert [rows(owner, f"select 1 from {table}") for table in ("subscription", "delivery")] == [[], []]


def test_the_sender_sees_letters_and_no_report(
    client: FlaskClient, cast: Cast, switched_on: Settings, settings: Settings, line_app: Flask
) -> None:
    report = file(client, contact={"email": "maija@example.org"})
    choose(client, report, **MAIL)
    tell(line_app, report)
    app = build(settings, process="worker-delivery", reach=SENDER, pool=1)
    with app.app_context():
        with unit_of_work() as work:
            seen = {
                name: work.session.scalar(text(f"select count(*) from {name}"))
                for name in ("subscription", "delivery", "report", "contact", "incident", "timeline_event")
            }
            assert seen == dict.fromkeys(seen, 0) | {"subscription": 1, "delivery": 1}
        from reporting.extensions import db

        db.session.remove()
        close_idle()
        adapters().doorbell.close()
    assert SYSTEM != SENDER
