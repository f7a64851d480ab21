"""The question to an address, over real servers: one neutral message, nothing more before the yes, nothing ever after a no."""

import email
import json
import re
from collections.abc import Callable
from email.policy import default

import pytest

from reporting.services.addresses import stop_for_good
from tests.confirming import unconfirmed, word
from tests.outside import http_server
from tests.worker.delivery.conftest import Bench, Letterbox

pytestmark = pytest.mark.db
ORIGIN = "https://reports.town-one.org"
REVEALING = ("report", "seen", "police", "control", "incident", "code", "suspicious", "room")


def waiting(bench: Bench) -> list:  # type: ignore[type-arg]
    return [row.id for row in bench.rows("select id from delivery where state = 'waiting' order by created_at")]


def ask(bench: Bench, **choice: str) -> dict:  # type: ignore[type-arg]
    report = bench.report(description="A grey holdall behind the ticket machine", place="Platform 3")
    bench.choose(report, yes=False, language="en", **choice)
    bench.send(*waiting(bench))
    return report


def test_the_first_mail_says_nothing_of_what_it_is_about(
    bench: Bench, mail_server: Callable[..., int], letterbox: Letterbox
) -> None:
    bench.town(mail_port=mail_server())
    report = ask(bench, channel="mail", address="stranger@example.org")
    assert bench.tell(report) == [] and len(letterbox.letters) == 1
    mail = email.message_from_bytes(letterbox.letters[0].content or b"", policy=default)
    (way,) = unconfirmed(bench.client)
    text = mail.get_content()
    assert "Do you want messages from us at this address?" in text
    assert f"{ORIGIN}/s/{word(bench.client, way)}" in text
    told = re.sub(r"https://\S+", "", text + str(mail["Subject"])).lower()
    assert [each for each in REVEALING if re.search(rf"\b{each}", told)] == []
    assert report["reference"] not in letterbox.letters[0].content.decode()  # type: ignore[union-attr]
    (never,) = re.findall(r"/not-me/([0-9a-f]+)", text)
    assert mail["List-Unsubscribe"] == f"<{ORIGIN}/not-me/{never}>" and mail["List-Unsubscribe-Post"]


def test_after_the_yes_the_answer_follows_and_carries_its_own_stop(
    bench: Bench, mail_server: Callable[..., int], letterbox: Letterbox
) -> None:
    bench.town(mail_port=mail_server())
    report = ask(bench, channel="mail", address="maija@example.org")
    bench.tell(report)
    (way,) = unconfirmed(bench.client)
    bench.client.post(f"/s/{word(bench.client, way)}", data={"step": "yes"})
    bench.send(*waiting(bench))
    subjects = [email.message_from_bytes(each.content or b"", policy=default).get_content() for each in letterbox.letters]
    assert len(subjects) == 2 and "There is an answer to your report." in subjects[1] and f"{ORIGIN}/stop/" in subjects[1]


def test_that_was_not_me_stops_what_is_under_way_everywhere(
    bench: Bench, mail_server: Callable[..., int], letterbox: Letterbox
) -> None:
    bench.town(mail_port=mail_server())
    confirmed = bench.mail("stranger@example.org")
    ask(bench, channel="mail", address="Stranger@example.org")
    (letter,) = letterbox.letters
    (never,) = re.findall(r"/not-me/([0-9a-f]{64})>", (letter.content or b"").decode())
    ids = bench.tell(confirmed)
    with bench.client.application.app_context():
        stop_for_good(never)
    bench.send(*ids)
    assert len(letterbox.letters) == 1
    assert bench.rows("select state, result from delivery where template = 'answer'") == [("stopped", "left_alone")]
    assert bench.rows("select 1 from subscription where confirmed_at is not null") == [], "the address is deleted as well"


def test_the_first_text_message_is_one_message_with_yes_and_no(bench: Bench) -> None:
    with http_server(bench.authority.server_context()) as running:
        bench.world.leads_to, running.manner = running.port, 200
        report = ask(bench, channel="sms", address="+358 40 123 4567")
        (asked,) = running.asked
        (way,) = unconfirmed(bench.client)
        said = json.loads(asked.body)["message"]["text"]
        assert said == f"Do you want our messages? Yes or no: {ORIGIN}/s/{word(bench.client, way)}"
        bench.client.post(f"/s/{word(bench.client, way)}", data={"step": "never"})
        bench.send(*bench.tell(report))
        assert len(running.asked) == 1


def test_a_way_from_before_short_links_carries_the_long_one(bench: Bench) -> None:
    with http_server(bench.authority.server_context()) as running:
        bench.world.leads_to, running.manner = running.port, 200
        report = bench.report()
        bench.choose(report, channel="sms", address="+358401234567")
        with bench.owner.begin() as connection:
            connection.exec_driver_sql("update subscription set short_mark = null")
        assert bench.sent(report)[0] == "sent"
        (stop,) = re.findall(r"/stop/([0-9a-f]{64})$", json.loads(running.asked[0].body)["message"]["text"])
        assert bench.client.post(f"/stop/{stop}").status_code == 200
        assert bench.rows("select 1 from subscription") == []
