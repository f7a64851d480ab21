"""The sender: each letter once, tried again with patience, given up in the open, and nobody waits for somebody else's server."""

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner

from reporting.domain.deliveries import TEMPLATES, wait_after
from reporting.services import letters
from reporting.services.line import claim_new, claim_stale
from reporting.services.sending import Result, keep, put_off, take
from tests.outside import OTHER_HOST, PUSH_HOST, Server, http_server
from tests.receiver import Receiver
from tests.worker.delivery.conftest import Bench, Letterbox
from worker.delivery.channels import CHANNELS
from worker.delivery.lanes import LONGEST_REST, Lanes, Rests
from worker.delivery.task import Sender

pytestmark = pytest.mark.db


@pytest.fixture
def service(bench: Bench) -> Iterator[Server]:
    with http_server(bench.authority.server_context()) as running:
        bench.world.leads_to = running.port
        yield running


def waits(bench: Bench) -> float:
    ((seconds,),) = bench.rows("select extract(epoch from due_at - now())::float from outbox where job = 'deliver'")
    return seconds  # type: ignore[no-any-return]


def test_waits_grow_from_five_seconds_to_half_an_hour() -> None:
    assert [wait_after(number).total_seconds() for number in (1, 2, 3, 4, 5, 50)] == [5, 40, 320, 1800, 1800, 1800]


def test_five_attempts_and_then_a_dead_letter_that_can_be_sent_again(bench: Bench, service: Server) -> None:
    service.manner = 500
    (delivery,) = bench.tell(bench.push(Receiver()))
    for attempt, wait in enumerate((5, 40, 320, 1800), start=1):
        bench.send(delivery)
        assert bench.last() == ("waiting", "status_500", attempt)
        assert wait - 10 < waits(bench) <= wait
        bench.send(delivery)
        assert len(service.asked) == attempt, "before its time it is not tried"
        bench.hurry()
    bench.send(delivery)
    assert bench.last() == ("dead", "status_500", 5)
    with bench.line.app_context():
        (dead,) = letters.dead_letters()
        assert (dead["job"], dead["error"], dead["report_id"]) == ("deliver", "status_500", str(delivery))
    metrics = bench.client.get("/metrics").text
    assert 'reporting_deliveries{channel="push",result="dead"} 1.0' in metrics
    bench.hurry()
    bench.send(delivery)
    assert len(service.asked) == 5, "nobody tries a dead letter by himself"
    service.manner = 201
    with bench.line.app_context():
        assert letters.replay(str(delivery)) == 1
    bench.town()
    bench.send(delivery)
    assert bench.last()[0] == "sent"
    assert 'reporting_deliveries{channel="push",result="sent"} 1.0' in bench.client.get("/metrics").text


def test_a_letter_is_sent_once_whoever_is_rung_for_it(bench: Bench, service: Server) -> None:
    ids = bench.tell(bench.push(Receiver()))
    senders = [Sender(bench.app, bench.sender._outside) for _ in range(4)]  # type: ignore[union-attr]
    for _ in range(3):
        for each in senders:
            each.deliver(ids)
    assert all(each.lanes.settle(20) for each in senders)
    assert len(service.asked) == 1 and bench.last()[0] == "sent"
    bench.send(*ids)
    assert len(service.asked) == 1


def test_a_letter_whose_sender_died_is_sent_by_the_next(bench: Bench, service: Server) -> None:
    (delivery,) = bench.tell(bench.push(Receiver()))
    with bench.app.app_context():
        assert take(delivery) is not None and take(delivery) is None
        rung = [*claim_new(10), *claim_stale(timedelta(seconds=3), 10)]
        assert delivery not in [letter.subject_id for letter in rung]
    bench.send(delivery)
    assert service.asked == [], "somebody is at it"
    bench.hurry()
    bench.send(delivery)
    assert bench.last()[0] == "sent"


def test_a_hanging_service_holds_up_nobody_else(bench: Bench, mail_server: Callable[..., int], letterbox: Letterbox) -> None:
    """R19: while one hangs, the letters of the others leave."""
    with (
        http_server(bench.authority.server_context()) as dark,
        http_server(bench.authority.server_context()) as well,
    ):
        dark.manner = "hangs"
        real = bench.world.connect
        bench.world.addresses = {PUSH_HOST: ["93.184.215.1"], OTHER_HOST: ["93.184.215.2"]}

        def connect(address: str, port: int, seconds: float):  # type: ignore[no-untyped-def]
            bench.world.leads_to = {"93.184.215.1": dark.port, "93.184.215.2": well.port}[address]
            return real(address, port, seconds)

        bench.world.connect = connect  # type: ignore[method-assign]
        bench.town(mail_port=mail_server())
        dark_ones = [bench.push(Receiver(), str(number)) for number in range(6)]
        good = [bench.push(Receiver(), str(number), OTHER_HOST) for number in range(3)]
        mails = [bench.mail(f"maija{number}@example.org") for number in range(3)]
        ids: list[uuid.UUID] = []
        for report in (*dark_ones, *good, *mails):
            ids = bench.tell(report)
        assert len(ids) == 12 and bench.sender is not None
        bench.sender.deliver(ids)
        for _ in range(200):
            if len(well.asked) == 3 and len(letterbox.letters) == 3:
                break
            threading.Event().wait(0.05)
        assert (len(well.asked), len(letterbox.letters)) == (3, 3)
        assert not bench.sender.lanes.settle(0), "the dark one still hangs"
        dark.ends.set()
        assert bench.sender.lanes.settle(20)
    assert bench.rows("select count(*) from delivery where state = 'sent'") == [(6,)]


def test_a_service_that_was_away_rests_and_its_letters_count_nothing(bench: Bench, service: Server) -> None:
    service.manner = 503
    for number in range(12):
        ids = bench.tell(bench.push(Receiver(), str(number)))
    bench.send(*ids)
    tried = len(service.asked)
    assert 1 <= tried <= 8, "those under way, and no more"
    assert bench.rows("select count(*) from delivery where attempts = 0") == [(12 - tried,)]
    assert bench.rows("select count(*) from outbox where dispatched_at is null and due_at > now() and dead_at is null") == [(12,)]


def test_what_waits_a_day_for_a_resting_service_is_a_dead_letter(bench: Bench) -> None:
    (delivery,) = bench.tell(bench.push(Receiver()))
    with bench.owner.begin() as connection:
        from sqlalchemy import text

        connection.execute(text("update delivery set created_at = now() - interval '25 hours'"))
    with bench.app.app_context():
        put_off(delivery, timedelta(seconds=5))
    assert bench.last() == ("dead", "too_old", 0)


def test_an_error_of_ours_counts_and_says_where(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> Result:
        raise ValueError("maija@example.org")

    monkeypatch.setitem(CHANNELS, "push", broken)
    state, result, attempts = bench.sent(bench.push(Receiver()))
    assert (state, attempts) == ("waiting", 1)
    assert result.startswith("ValueError at ") and "maija" not in result


def test_a_seal_that_does_not_open_counts_too(bench: Bench, service: Server) -> None:
    report = bench.push(Receiver())
    with bench.owner.begin() as connection:
        from sqlalchemy import text

        connection.execute(text("update subscription set sealed = sealed || '\\x00'::bytea"))
    state, result, _attempts = bench.sent(report)
    assert state == "waiting" and result.startswith("SealBroken") and service.asked == []


def test_a_channel_that_was_switched_off_keeps_its_letters(bench: Bench, service: Server) -> None:
    report = bench.push(Receiver())
    bench.town(push="off")
    assert bench.sent(report) == ("waiting", "switched_off", 1)
    bench.town(push="on")
    bench.hurry()
    bench.send(*[row.id for row in bench.rows("select id from delivery")])
    assert bench.last()[0] == "sent"


def test_letters_of_nothing_are_thrown_away(bench: Bench) -> None:
    ids = bench.tell(bench.push(Receiver()))
    with bench.owner.begin() as connection:
        from sqlalchemy import text

        connection.execute(text("delete from report"))
    bench.send(*ids, uuid.uuid4())
    assert bench.rows("select 1 from outbox where job = 'deliver'") == []


def test_keeping_a_result_twice_does_no_harm(bench: Bench) -> None:
    (delivery,) = bench.tell(bench.push(Receiver()))
    with bench.app.app_context():
        parcel = take(delivery)
        assert parcel is not None
        for _ in range(2):
            keep(parcel, Result("sent", "status_201"))
    assert bench.last()[0] == "sent"


def test_the_command_names_letters_to_people_outside(bench: Bench) -> None:
    from reporting.cli.letters import line_of

    letter = {"id": 7, "dead_at": "2026-11-22", "job": "deliver", "report_id": "x", "error": "status_500"}
    assert "letter x" in line_of(letter) and CliRunner


def test_every_template_is_neutral() -> None:
    for template in TEMPLATES.values():
        for words in (template.text, template.short, template.sms):
            assert len(words.split()) <= 15 and "suspicious" not in words
            assert "%" not in words.replace("%(place)s", "" if template.named else "%")


def test_lanes_take_each_key_once_and_end() -> None:
    lanes, done, gate = Lanes(width=2), [], threading.Event()
    key = uuid.uuid4()

    def slow() -> None:
        gate.wait(10)
        done.append("slow")

    assert lanes.put("a", key, slow) and not lanes.put("a", key, slow)
    assert lanes.put("b", uuid.uuid4(), lambda: done.append("b"))
    for _ in range(100):
        if done:
            break
        threading.Event().wait(0.02)
    assert done == ["b"], "another lane is not held up"
    gate.set()
    assert lanes.settle(10) and done == ["b", "slow"] and lanes.put("a", key, lambda: None) and lanes.settle(10)


def test_rests_grow_and_end_with_an_answer() -> None:
    now = [100.0]
    rests = Rests(lambda: now[0])
    lengths = []
    for _ in range(6):
        assert rests.left("a") is None
        rests.away("a")
        rests.away("a")
        left = rests.left("a")
        assert left is not None and rests.left("b") is None
        lengths.append(left.total_seconds())
        now[0] += left.total_seconds()
    assert lengths == [5.0, 10.0, 20.0, 40.0, LONGEST_REST, LONGEST_REST]
    rests.there("a")
    rests.away("a")
    left = rests.left("a")
    assert left is not None and left.total_seconds() == 5.0
