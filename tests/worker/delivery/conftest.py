"""The sender on its bench: a town with channels, servers on this machine, and one report whose reporter wants to be told."""

import ssl
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.adapters.channels import channels_of, inner_places
from reporting.bootstrap import SENDER, build
from reporting.config import Settings
from reporting.services.deliveries import Told, deliver
from reporting.services.unit_of_work import unit_of_work
from tests.cast import a_report, new_key
from tests.confirming import say_yes
from tests.conftest import _let_go
from tests.outside import GATEWAY_HOST, OTHER_HOST, PUSH_HOST, Authority, World
from tests.receiver import Receiver
from worker.delivery.channel import Outside
from worker.delivery.task import Sender

PATIENCE_S = 20.0
TOWN = {
    "push": "on",
    "push_services": f"{PUSH_HOST},{OTHER_HOST}",
    "mail_server": "localhost",
    "mail_from": "no-reply@town-one.org",
    "sms_url": f"https://{GATEWAY_HOST}/send",
    "sms_headers": '{"Authorization": "Bearer gateway-key"}',
    "sms_body": '{"to": "{to}", "message": {"text": "{text}", "ref": "{id}"}}',
    "security_contact": "mailto:security@town-one.org",
    "public_url": "https://reports.town-one.org",
}


@dataclass
class Letterbox:
    """What a mail server was handed, and how it answers: words of SMTP by the command they answer."""

    answers: dict[str, str] = field(default_factory=dict)
    letters: list[Envelope] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    protected: list[bool] = field(default_factory=list)

    async def handle_MAIL(self, server: SMTP, _session: Any, envelope: Envelope, address: str, options: list[str]) -> str:
        self.commands.append("MAIL")
        self.protected.append(bool(server.transport.get_extra_info("ssl_object")))
        envelope.mail_from, envelope.mail_options = address, options
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            self.letters.append(envelope)
        return answer


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def mail_server(letterbox: Letterbox, authority: Authority) -> Iterator[Callable[..., int]]:
    """Starts mail servers; each call gives the port of one. `starttls`, `tls`, `plain`; `password` makes it ask for one."""
    running: list[Controller] = []

    def start(security: str = "starttls", password: str = "", context: ssl.SSLContext | None = None) -> int:
        context = context or authority.server_context()

        def judged(_server: Any, _session: Any, _envelope: Any, _mechanism: str, told: Any) -> AuthResult:
            return AuthResult(success=told.password == password.encode(), handled=False)

        class Own(Controller):
            def factory(self) -> SMTP:
                options: dict[str, Any] = {"hostname": "localhost"}
                if security == "starttls":
                    options |= {"tls_context": context, "require_starttls": True}
                if password:
                    options |= {"authenticator": judged, "auth_required": True}
                return SMTP(self.handler, **options)

        controller = Own(letterbox, hostname="127.0.0.1", port=0, ssl_context=context if security == "tls" else None)
        controller.port = _free_port()
        controller.start()
        running.append(controller)
        return int(controller.port)

    yield start
    for controller in running:
        controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@dataclass
class Bench:
    """A town, what its sender reaches the world with, and the database it all stands in."""

    client: FlaskClient
    app: Flask
    line: Flask
    owner: Engine
    settings: Settings
    authority: Authority
    world: World
    sender: Sender | None = None

    def town(self, **changes: Any) -> None:
        """Switches the town to these settings; its sender is a new one."""
        self.settings = replace(self.settings, **changes)
        channels = channels_of(self.settings)
        for app in (self.app, self.client.application):
            held = app.extensions["reporting"]
            app.extensions["reporting"] = replace(held, settings=self.settings, channels=channels)
        http = self.world.outbound(self.authority.ca_file, inner_places(self.settings))
        self.sender = Sender(self.app, Outside(channels, http, self.authority.ca_file))

    def report(self, **changes: Any) -> dict[str, Any]:
        answer = self.client.post("/api/v1/reports", json=a_report(**changes), headers=new_key())
        return answer.get_json()  # type: ignore[no-any-return]

    def choose(self, report: dict[str, Any], yes: bool = True, **choice: Any) -> dict[str, Any]:
        """Chooses, and says yes at the address unless the test is about that."""
        answer = self.client.post("/api/v1/follow-up/channels", json={"receipt_code": report["receipt_code"], **choice})
        assert answer.status_code == 200, answer.data
        if yes:
            say_yes(self.client)
        return answer.get_json()["chosen"][-1]  # type: ignore[no-any-return]

    def mail(self, address: str = "maija@example.org", language: str = "en", **more: Any) -> dict[str, Any]:
        """A new report whose reporter wants mail."""
        report = self.report(**more)
        self.choose(report, channel="mail", address=address, language=language)
        return report

    def push(self, receiver: Receiver, path: str = "x", host: str = PUSH_HOST) -> dict[str, Any]:
        """A new report whose reporter wants push."""
        report = self.report()
        self.choose(report, channel="push", language="en", subscription=receiver.subscription(f"https://{host}/{path}"))
        return report

    def tell(self, report: dict[str, Any], effect: str = "") -> list[uuid.UUID]:
        """Writes a letter; the ids of the letters that wait."""
        told = Told(effect=effect or f"message:{uuid.uuid4()}", template="answer", report_ids=[uuid.UUID(report["id"])])
        with self.line.app_context(), unit_of_work() as work:
            deliver(work, told)
        return [row.id for row in self.rows("select id from delivery where state = 'waiting' order by created_at")]

    def send(self, *ids: uuid.UUID) -> None:
        """Lets the sender work on these letters until it is done with them."""
        assert self.sender is not None
        self.sender.deliver(ids)
        assert self.sender.lanes.settle(PATIENCE_S)

    def sent(self, report: dict[str, Any], again: bool = False) -> Any:
        """Tells, sends, and gives the newest delivery's row."""
        self.send(*self.tell(report))
        return self.last()

    def last(self) -> Any:
        return self.rows("select state, result, attempts from delivery order by created_at desc limit 1")[0]

    def rows(self, statement: str) -> list[Any]:
        with self.owner.connect() as connection:
            return list(connection.execute(text(statement)).all())

    def hurry(self) -> None:
        """The time until the next attempt has passed, and the services have rested."""
        with self.owner.begin() as connection:
            connection.execute(text("update outbox set due_at = now(), dispatched_at = null where job = 'deliver'"))
        self.town()


@pytest.fixture(scope="session")
def sender_app(settings: Settings) -> Iterator[Flask]:
    """The ground of the sending process: it sees letters and no report."""
    app = build(settings, process="worker-delivery", reach=SENDER, pool=6)
    yield app
    _let_go(app)


@pytest.fixture
def bench(client: FlaskClient, sender_app: Flask, line_app: Flask, owner: Engine, authority: Authority) -> Iterator[Bench]:
    settings = client.application.extensions["reporting"].settings
    apps = (sender_app, client.application)
    held = [app.extensions["reporting"] for app in apps]
    bench = Bench(client, sender_app, line_app, owner, replace(settings, **TOWN), authority, World())
    bench.town()
    yield bench
    for app, before in zip(apps, held, strict=True):
        app.extensions["reporting"] = before
