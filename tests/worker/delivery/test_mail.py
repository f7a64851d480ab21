"""Mail over a real SMTP server: protected or not sent at all, plain and neutral, tried again or ended as the server says."""

import email
import email.policy
import smtplib
import socket
import threading
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from reporting.domain.languages import BY_CODE
from tests.outside import Authority
from tests.worker.delivery.conftest import Bench, Letterbox

pytestmark = pytest.mark.db


def read(letterbox: Letterbox) -> EmailMessage:
    (envelope,) = letterbox.letters
    content = envelope.original_content
    assert content is not None
    return email.message_from_bytes(content, policy=email.policy.default)  # type: ignore[return-value]


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_letter_arrives(bench: Bench, letterbox: Letterbox, mail_server: Callable[..., int], security: str) -> None:
    bench.town(mail_port=mail_server({"none": "plain"}.get(security, security)), mail_security=security)
    report = bench.mail()
    assert bench.sent(report) == ("sent", "smtp_250", 1)
    assert letterbox.letters[0].rcpt_tos == ["maija@example.org"] and letterbox.letters[0].mail_from == "no-reply@town-one.org"
    assert letterbox.protected == [security != "none"]
    assert bench.rows("select 1 from outbox where job = 'deliver'") == []


def test_a_letter_says_that_there_is_an_answer_and_nothing_else(
    bench: Bench, letterbox: Letterbox, mail_server: Callable[..., int]
) -> None:
    bench.town(mail_port=mail_server())
    report = bench.mail(description="A grey holdall by the ticket machine", place="Platform 3")
    bench.sent(report)
    message = read(letterbox)
    assert message.get_content_type() == "text/plain" and not message.is_multipart()
    words = message.get_content()
    assert "There is an answer to your report. Open the page and enter your code." in words
    assert "https://reports.town-one.org/follow-up" in words
    whole = (letterbox.letters[0].original_content or b"").decode()
    code = report["receipt_code"]
    for secret in (
        code,
        code.replace("-", ""),
        report["id"],
        report["reference"],
        "holdall",
        "Platform",
        "unattended",
        "http://",
    ):
        assert secret not in whole
    assert message["From"] == "no-reply@town-one.org" and message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "A message for you from City safety"


@pytest.mark.parametrize("language", sorted(BY_CODE))
def test_every_language_travels_whole(bench: Bench, letterbox: Letterbox, mail_server: Callable[..., int], language: str) -> None:
    bench.town(mail_port=mail_server(), deployer_name="Ασφάλεια مدينة Łódź")
    assert bench.sent(bench.mail(language=language))[0] == "sent"
    message = read(letterbox)
    assert message["Content-Language"] == language
    assert "Ασφάλεια مدينة Łódź" in message["Subject"] and "/follow-up" in message.get_content()


def test_one_tap_in_the_letter_stops_it(bench: Bench, letterbox: Letterbox, mail_server: Callable[..., int]) -> None:
    bench.town(mail_port=mail_server())
    report = bench.mail()
    bench.sent(report)
    link = read(letterbox)["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://reports.town-one.org/stop/") and link in read(letterbox).get_content()
    path = link.removeprefix("https://reports.town-one.org")
    assert bench.client.get(path).status_code == 200
    assert len(bench.rows("select 1 from subscription")) == 1, "looking, as scanners of mail do, stops nothing"
    one_click = bench.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert one_click.status_code == 200 and bench.rows("select 1 from subscription") == []
    assert bench.client.post(path).status_code == 200
    assert bench.tell(report) == []
    assert bench.client.post(f"{path[:-1]}0" if path[-1] != "0" else f"{path[:-1]}1").status_code == 404


def test_what_waited_for_a_way_that_was_stopped_is_not_sent(
    bench: Bench, letterbox: Letterbox, mail_server: Callable[..., int]
) -> None:
    bench.town(mail_port=mail_server())
    report = bench.mail()
    ids = bench.tell(report)
    bench.client.post("/api/v1/follow-up/channels/stop", json={"receipt_code": report["receipt_code"]})
    bench.send(*ids)
    assert bench.last()[0] == "stopped" and letterbox.commands == []
    assert bench.rows("select 1 from outbox where job = 'deliver'") == []


def test_a_server_that_stops_offering_protection_gets_nothing(
    bench: Bench, letterbox: Letterbox, mail_server: Callable[..., int]
) -> None:
    bench.town(mail_port=mail_server("plain"))
    assert bench.sent(bench.mail()) == ("waiting", "NotProtected", 1)
    assert letterbox.commands == []


def test_a_server_that_cannot_prove_its_name_gets_nothing(
    bench: Bench, letterbox: Letterbox, mail_server: Callable[..., int], tmp_path: Path
) -> None:
    for security in ("starttls", "tls"):
        port = mail_server(security, context=Authority.made(tmp_path).server_context())
        bench.town(mail_port=port, mail_security=security)
        assert bench.sent(bench.mail())[1] == "SSLCertVerificationError"
    assert letterbox.commands == []


@pytest.mark.parametrize(
    ("command", "answer", "state", "result"),
    [
        ("RCPT", "550 No such user", "refused", "smtp_550"),
        ("RCPT", "553 Nonsense", "refused", "smtp_553"),
        ("DATA", "554 We do not want this", "refused", "smtp_554"),
        ("RCPT", "450 Greylisted", "waiting", "smtp_450"),
        ("RCPT", "452 Full", "waiting", "smtp_452"),
        ("DATA", "451 Later", "waiting", "smtp_451"),
        ("MAIL", "421 Going down", "waiting", "smtp_421"),
        ("MAIL", "550 You may not send as this", "waiting", "smtp_550"),
    ],
)
def test_what_the_server_says_decides(  # noqa: PLR0917
    bench: Bench, letterbox: Letterbox, mail_server: Callable[..., int], command: str, answer: str, state: str, result: str
) -> None:
    letterbox.answers[command] = answer
    bench.town(mail_port=mail_server())
    assert bench.sent(bench.mail()) == (state, result, 1)
    assert letterbox.letters == []
    waits = bench.rows("select attempts, last_error from outbox where job = 'deliver'")
    assert waits == ([(1, result)] if state == "waiting" else [])


def test_signing_in_at_the_server(bench: Bench, letterbox: Letterbox, mail_server: Callable[..., int]) -> None:
    bench.town(mail_port=mail_server(password="right"), mail_user="town", mail_password="wrong")
    report = bench.mail()
    assert bench.sent(report) == ("waiting", "smtp_535", 1), "a wrong password is ours to mend"
    bench.town(mail_password="right")
    bench.hurry()
    bench.send(*[row.id for row in bench.rows("select id from delivery")])
    assert bench.last()[0] == "sent" and len(letterbox.letters) == 1


@pytest.mark.parametrize("manner", ["silent", "babbling", "closing"])
def test_a_server_that_only_holds_the_line_is_left(bench: Bench, monkeypatch: pytest.MonkeyPatch, manner: str) -> None:
    """It may say nothing, or a letter now and then for ever."""
    monkeypatch.setattr("worker.delivery.channels.mail.SECONDS", 0.6)
    monkeypatch.setattr("worker.delivery.channels.mail.STEP_SECONDS", 0.4)
    door = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def hold() -> None:
        caller, _address = door.accept()
        with caller:
            while manner != "closing" and not over.wait(0.05):
                try:
                    caller.sendall(b"2" if manner == "babbling" else b"")
                except OSError:
                    return

    holding = threading.Thread(target=hold, daemon=True)
    holding.start()
    bench.town(mail_port=door.getsockname()[1])
    state, result, attempts = bench.sent(bench.mail())
    over.set()
    holding.join()
    door.close()
    assert (state, attempts) == ("waiting", 1) and result in ("TimeoutError", "SMTPServerDisconnected", "OSError"), result


def test_the_same_letter_keeps_its_name(bench: Bench, letterbox: Letterbox, mail_server: Callable[..., int]) -> None:
    """Where a letter travels twice, because its sender died between sending and writing it down, one id shows it."""
    bench.town(mail_port=mail_server())
    report = bench.mail()
    (delivery,) = bench.tell(report)
    bench.send(delivery)
    assert read(letterbox)["Message-ID"] == f"<{delivery}@town-one.org>"


def test_addresses_cannot_add_receivers(bench: Bench, mail_server: Callable[..., int], letterbox: Letterbox) -> None:
    bench.town(mail_port=mail_server())
    report = bench.report(contact={"email": "maija@example.org\nBcc: x@example.org"})
    chosen = {"receipt_code": report.get("receipt_code", "x"), "channel": "mail"}
    answer = bench.client.post("/api/v1/follow-up/channels", json=chosen)
    assert answer.status_code in (404, 422) and smtplib and letterbox.letters == []
