"""Walks canary strings through everything that handles a report or a sign-in, as a process of its own whose every word is kept.

Started by test_canaries.py with the addresses of a database as JSON on standard input. Says on standard output, as JSON,
what is to be searched beside its own standard error: answers of /metrics and the messages given to the broker.
"""

import json
import logging
import sys
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text

from reporting import jobs
from reporting.adapters.logs import set_up_logs
from reporting.app import put_on_faces
from reporting.bootstrap import SENDER, SYSTEM, adapters, build
from reporting.config import Settings
from reporting.services import accounts
from reporting.services.deliveries import Told, deliver
from reporting.services.line import work_off
from reporting.services.unit_of_work import unit_of_work
from reporting.stream.hub import Hub
from tests import confirming
from tests.canaries import CANARIES, FORWARDED, report_of_canaries
from tests.outside import World
from tests.receiver import Receiver
from tests.test_sign_in import form_token
from worker.app import celery_app
from worker.delivery.channel import Outside
from worker.delivery.task import Sender
from worker.line import run_line
from worker.processes import BROKER_ERRORS, _publisher
from worker.relay import Relay

KEY = {"Idempotency-Key": CANARIES["idempotency key"], "Device-Key": CANARIES["device key"], "X-Forwarded-For": FORWARDED}


CHANNELS_ON: Any = {
    **{"mail_server": "127.0.0.1", "mail_port": 1, "mail_security": "none", "mail_from": "no-reply@town-one.org"},
    **{"push": "on", "push_services": "fcm.googleapis.com", "sms_url": "http://127.0.0.1:1/", "sms_body": "to={to}&text={text}"},
    "outbound_inside": "127.0.0.1:1",
}
"""Channels whose servers are not there."""


def main() -> None:
    """All of it, with every library at its most talkative."""
    settings = Settings(**json.load(sys.stdin))
    set_up_logs("web", "debug")
    logging.getLogger().setLevel(logging.DEBUG)
    web = put_on_faces(build(replace(settings, trusted_proxies=1), process="web", pool=4))
    line = build(settings, process="worker", reach=SYSTEM, pool=4)
    client = web.test_client()
    filed = file_and_be_refused(client)
    look_at_pages(client)
    sign_in(client, line)
    messages = ring_the_broker(settings, line)
    walk_the_line(line, filed)
    want_to_be_told(settings, client, line)
    break_things(settings, client, line)
    print(json.dumps({"metrics": client.get("/metrics").get_data(as_text=True), "messages": messages}))
    for app in (web, line):
        with app.app_context():
            adapters().doorbell.close()


def file_and_be_refused(client: FlaskClient) -> uuid.UUID:
    """A report with a canary in every field, and every refusal that could repeat one."""
    body = report_of_canaries()
    told = client.post("/api/v1/reports", json=body, headers=KEY)
    assert told.status_code == 201, told.data
    assert client.post("/api/v1/reports", json=body, headers=KEY).status_code == 200
    assert client.post("/api/v1/reports", json={**body, "place": "else"}, headers=KEY).status_code == 422
    assert client.post("/api/v1/reports", json=body, headers=fresh()).status_code == 422, "the receipt is taken"
    for field in body:
        for wrong in (
            CANARIES["description"] * 200,
            {CANARIES["name"]: CANARIES["email"]},
            [CANARIES["phone"]],
            CANARIES["place"] + "\0",
        ):
            client.post("/api/v1/reports", json={**body, field: wrong}, headers=fresh())
    client.post("/api/v1/reports", json={**body, CANARIES["name"]: 1}, headers=fresh())
    client.post(
        "/api/v1/reports", data=('{"x": "' + CANARIES["description"]).encode(), content_type="application/json", headers=fresh()
    )
    client.post("/api/v1/reports", data=CANARIES["description"].encode(), content_type="text/plain", headers=fresh())
    client.post("/api/v1/reports", json=body, headers={"Idempotency-Key": CANARIES["description"]})
    client.post("/api/v1/follow-up", json={"receipt_code": CANARIES["receipt"]})
    client.post("/api/v1/follow-up", json={"receipt_code": CANARIES["description"]})
    talk(client)
    return uuid.UUID(told.get_json()["id"])


def talk(client: FlaskClient) -> None:
    """The reporter's side of the conversation, rightly and wrongly, with canaries in words, codes and languages."""
    code, words = CANARIES["receipt"], CANARIES["description"]
    for body in (
        {"text": words, "language": CANARIES["language"]},
        {"text": words, "question": str(uuid.uuid4()), "answer": "yes"},
        {"text": words * 200},
        {"text": words, CANARIES["name"]: 1},
    ):
        client.post("/api/v1/follow-up/messages", json={"receipt_code": code, **body})
        client.post("/api/v1/follow-up/messages", json={"receipt_code": words, **body})
    for path in ("", "/download", "/feeling"):
        client.post(f"/api/v1/follow-up{path}", json={"receipt_code": code, "answer": words, "page_open": True})
    for path in ("", "/add", "/answer", "/withdraw", "/feel", "/copy", "/file"):
        client.post(f"/follow-up{path}", data={"receipt_code": code, "text": words, "question": words, "answer": words})


def fresh() -> dict[str, str]:
    """Headers with a new key."""
    return {**KEY, "Idempotency-Key": str(uuid.uuid4())}


def look_at_pages(client: FlaskClient) -> None:
    """Pages, addresses and queries with canaries."""
    form = {
        "category": "other",
        "place": CANARIES["place"],
        "description": CANARIES["description"],
        "contact.email": CANARIES["email"],
    }
    client.post("/", data=form)
    client.post("/", data={**form, "category": CANARIES["name"], "place": ""})
    client.post("/follow-up", data={"receipt_code": CANARIES["receipt"]})
    for word in ("description", "place", "email"):
        for address in (
            "/v/{}",
            "/api/v1/venues/{}",
            "/{}",
            "/api/v1/{}",
            "/api/v1/places?q={}",
            "/api/v1/incidents?q={}",
            "/?lang={}",
        ):
            client.get(address.format(CANARIES[word].replace(" ", "%20")))


def sign_in(client: FlaskClient, line: Flask) -> None:
    """Signing in with canaries, wrongly and rightly, and using the token and the session."""
    with line.app_context():
        new = accounts.NewAccount(role="operator", name=CANARIES["operator"], email=CANARIES["operator email"])
        made = accounts.create_account(new, CANARIES["password"])
        token = accounts.issue_token(made.account_id, CANARIES["token name"])
    for email in (CANARIES["email"], CANARIES["operator email"]):
        for door in ("/control/sign-in", "/venue/sign-in"):
            data = {"email": email, "password": CANARIES["password"], "code": "000000", "csrf_token": form_token(client, door)}
            client.post(door, data=data, base_url="https://localhost")
            client.post(door, data={**data, "csrf_token": CANARIES["password"]}, base_url="https://localhost")
    for value in (f"Bearer {token}", f"Bearer {CANARIES['password']}", f"Basic {CANARIES['password']}"):
        client.get("/api/v1/incidents", headers={"Authorization": value})
        client.get("/api/v1/live", headers={"Authorization": value})


def ring_the_broker(settings: Settings, line: Flask) -> list[str]:
    """What the relay gives to a broker: the messages as they lie in its folder."""
    celery = celery_app(settings)
    with line.app_context():
        relay = Relay(line, _publisher(celery), BROKER_ERRORS)
        relay.turn(0.0)
        relay.tick(0.0)
    return [path.read_text() for path in (Path(settings.data_dir) / "broker" / "queue").glob("*.msg*")]


def walk_the_line(line: Flask, filed: uuid.UUID) -> None:
    """The steps, done, done again, and poisoned with errors that repeat what was written."""
    with line.app_context():
        for _ in range(6):
            work_off(jobs.TRIAGE, [filed], poison(ValueError(CANARIES["description"])))
            work_off(jobs.TRIAGE, [filed], broken_statement)
        with adapters_engine(line).begin() as connection:
            connection.execute(text("update outbox set dead_at = null, attempts = 0, due_at = now()"))
        run_line(jobs.TRIAGE, [filed])
        run_line(jobs.TRIAGE, [filed])
        hub = Hub()
        hub.begin()
        hub.read()


def want_to_be_told(settings: Settings, client: FlaskClient, line: Flask) -> None:
    """Ways to be told with canaries as addresses: refused, chosen, renewed, and tried on servers that are not there."""
    for address in (CANARIES["email"], CANARIES["phone"], CANARIES["description"]):
        for channel in ("mail", "sms", "push"):
            sent = {"receipt_code": CANARIES["receipt"], "channel": channel, "address": address}
            client.post("/api/v1/follow-up/channels", json=sent)
            client.post("/follow-up/channels", data={**sent, "step": "choose"})
    client.get(f"/stop/{CANARIES['operator']}")
    sender = build(replace(settings, **CHANNELS_ON), process="worker-delivery", reach=SENDER, pool=6)
    channels = sender.extensions["reporting"].channels
    for app in (client.application, line):
        app.extensions["reporting"] = replace(app.extensions["reporting"], channels=channels)
    endpoint = f"https://fcm.googleapis.com/{CANARIES['operator']}"
    browser = Receiver().subscription(endpoint)
    for choice in (
        {"channel": "mail"},
        {"channel": "sms", "address": "+9995550199"},
        {"channel": "push", "subscription": browser},
    ):
        told = client.post("/api/v1/follow-up/channels", json={"receipt_code": CANARIES["receipt"], **choice})
        assert told.status_code == 200, told.data
    for way in confirming.unconfirmed(client):
        assert client.post(f"/s/{confirming.word(client, way)}", data={"step": "yes"}).status_code == 200
    client.post("/api/v1/push/renew", json={"id": str(uuid.uuid4()), "endpoint": endpoint, "subscription": browser})
    with line.app_context(), unit_of_work() as work:
        report = work.session.execute(text("select report_id from subscription limit 1")).scalar_one()
        assert deliver(work, Told(effect="canary", template="answer", report_ids=[report])) == 3
    http = World(addresses={"fcm.googleapis.com": ["127.0.0.1"]}).outbound(inside=frozenset({"127.0.0.1:1"}))
    postman = Sender(sender, Outside(channels, http))
    with adapters_engine(line).connect() as connection:
        postman.deliver(connection.execute(text("select id from delivery")).scalars().all())
    assert postman.lanes.settle(30)
    with sender.app_context():
        adapters().doorbell.close()


def poison(error: Exception) -> Callable[..., None]:
    """A step that fails with a canary in its mouth."""

    def step(_work: object, _ids: object) -> None:
        raise error

    return step


def broken_statement(work: Any, _ids: object) -> None:
    """A step whose statement the database refuses, with a canary among its parameters and in its text."""
    work.session.execute(text("select cast(:said as integer)"), {"said": CANARIES["description"]})


def adapters_engine(app: Flask) -> Any:
    """The database as the owner sees it."""
    return create_engine(app.extensions["reporting"].settings.database_owner_url)


def break_things(settings: Settings, client: FlaskClient, line: Flask) -> None:
    """Faults of ours while canaries are in hand: a constraint, a missing table, no database, and what nobody caught."""
    engine = adapters_engine(line)
    for before, after in (
        (
            "alter table report add constraint canary check (category <> 'other') not valid",
            "alter table report drop constraint canary",
        ),
        ("alter table contact rename to contact_away", "alter table contact_away rename to contact"),
    ):
        with engine.begin() as connection:
            connection.execute(text(before))
        body = {**report_of_canaries(), "category": "other", "receipt_code": None}
        assert client.post("/api/v1/reports", json=body, headers=fresh()).status_code == 500
        client.post("/", data={"category": "other", "place": CANARIES["place"], "contact.name": CANARIES["name"]})
        with engine.begin() as connection:
            connection.execute(text(after))
    away = replace(settings, database_url=f"postgresql+psycopg://{CANARIES['operator']}@127.0.0.1:1/none")
    dead = put_on_faces(build(away, process="web", pool=1)).test_client()
    body = {**report_of_canaries(), "receipt_code": None}
    assert dead.post("/api/v1/reports", json=body, headers=fresh()).status_code == 503
    lost = threading.Thread(target=poison(ValueError(CANARIES["description"])), args=(None, None))
    lost.start()
    lost.join()
    logging.getLogger("somebody.else").error("%s", CANARIES["email"])
    logging.getLogger("somebody.else").error(CANARIES["email"])


if __name__ == "__main__":
    main()
