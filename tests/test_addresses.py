"""Addresses belong to whoever reads them: asked once, told nothing before their yes, left alone for good after their no."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.config import Settings
from reporting.domain.deliveries import ADDRESSES_A_DAY, ASKED_A_DAY
from reporting.services.addresses import is_stopped, never_word
from reporting.services.upkeep import clean_up
from tests.confirming import say_yes, unconfirmed, word
from tests.test_deliveries import MAIL, choose, file, push_choice, rows, stop, switched_on, tell

__all__ = ["switched_on"]
pytestmark = pytest.mark.db
SMS = {"channel": "sms", "address": "+358 40 123 4567"}


def ask(client: FlaskClient, **choice: Any) -> tuple[dict[str, Any], str]:
    """A report whose reporter named an address that nobody confirmed yet, and the word of its short link."""
    report = file(client)
    assert choose(client, report, yes=False, **(choice or MAIL)).status_code == 200
    return report, word(client, unconfirmed(client)[-1])


def letters(owner: Engine) -> list[tuple[str, str]]:
    return [tuple(row) for row in rows(owner, "select template, state from delivery order by created_at, template")]


def test_nothing_but_the_question_is_written_before_the_yes(
    client: FlaskClient, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    report, link = ask(client)
    assert [tell(line_app, report, f"message:{number}") for number in range(3)] == [0, 0, 0]
    assert letters(owner) == [("confirm", "waiting")] + [("answer", "held")] * 3
    assert rows(owner, "select count(*) from outbox where job = 'deliver'") == [(1,)]
    for _ in range(2):
        assert client.post(f"/s/{link}", data={"step": "yes"}).status_code == 200
    assert sorted(letters(owner)) == [("answer", "stopped")] * 2 + [("answer", "waiting"), ("confirm", "waiting")]
    assert rows(owner, "select count(*) from outbox where job = 'deliver'") == [(2,)], "what waited says the same: one leaves"
    assert tell(line_app, report, "message:4") == 1


def test_both_sides_see_whether_it_is_confirmed(client: FlaskClient, switched_on: Settings) -> None:
    report, link = ask(client)
    form = {"receipt_code": report["receipt_code"]}
    for path in ("/follow-up", "/follow-up/channels"):
        assert "We wrote to your mail address. Say yes there first." in client.post(path, data=form).text
    assert choose(client, report, yes=False, **push_choice()).get_json()["chosen"][0]["confirmed"] is False
    client.post(f"/s/{link}", data={"step": "yes"})
    assert "We tell you by mail when there is an answer." in client.post("/follow-up", data=form).text
    told = choose(client, report, yes=False, **push_choice()).get_json()["chosen"]
    assert {each["channel"]: each["confirmed"] for each in told} == {"mail": True, "push": True}


def test_who_tries_short_links_is_slowed_and_a_right_one_is_not(client: FlaskClient, switched_on: Settings) -> None:
    _report, link = ask(client)
    assert [client.get("/s/AAAAAAAAAA").status_code for _ in range(25)][-1] == 429
    assert client.get(f"/s/{link}").status_code == 200


def test_a_flood_of_reports_asks_nobody(client: FlaskClient, switched_on: Settings, owner: Engine) -> None:
    report = file(client)
    with owner.begin() as connection:
        connection.execute(text("update report set trust = 'low'"))
    for choice in (MAIL, SMS):
        assert choose(client, report, yes=False, **choice).status_code == 200
    assert letters(owner) == [] and rows(owner, "select count(*) from outbox where job = 'deliver'") == [(0,)]


def test_push_needs_no_question(client: FlaskClient, switched_on: Settings, line_app: Flask, owner: Engine) -> None:
    report = file(client)
    choose(client, report, yes=False, **push_choice())
    assert letters(owner) == [] and tell(line_app, report) == 1


def test_the_same_address_again_is_not_asked_again_and_a_new_one_is(
    client: FlaskClient, switched_on: Settings, owner: Engine
) -> None:
    report, _link = ask(client)
    choose(client, report, yes=False, **MAIL)
    assert len(letters(owner)) == 1
    choose(client, report, yes=False, channel="mail", address="other@example.org")
    assert len(letters(owner)) == 2 and rows(owner, "select count(*) from subscription") == [(1,)]


def test_an_address_that_nobody_confirmed_is_forgotten_after_three_days(
    client: FlaskClient, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    report, _link = ask(client)
    tell(line_app, report)
    for hours, left in ((71, 1), (73, 0)):
        with owner.begin() as connection:
            connection.execute(text(f"update subscription set chosen_at = now() - interval '{hours} hours'"))
        with line_app.app_context():
            clean_up()
        assert rows(owner, "select count(*) from subscription") == [(left,)]
    with line_app.app_context():
        clean_up()
    assert ("answer", "held") not in letters(owner)


def test_who_says_no_is_left_alone_for_good_and_nobody_learns_it(
    client: FlaskClient, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    for number, (choice, other) in enumerate(((MAIL, "Maija@Example.org"), (SMS, "00358401234567"))):
        report, link = ask(client, **choice)
        answer = choose(client, report, yes=False, **choice).get_json()
        assert client.post(f"/s/{link}", data={"step": "never"}).status_code == 200
        before = len(letters(owner))
        again = file(client)
        told = choose(client, again, yes=False, channel=choice["channel"], address=other).get_json()
        assert [each["confirmed"] for each in told["chosen"]] == [each["confirmed"] for each in answer["chosen"]] == [False]
        assert len(letters(owner)) == before
        with line_app.app_context():
            assert is_stopped(choice["channel"], other)
        assert rows(owner, "select count(*) from address_stopped") == [(number + 1,)]
    kept = "\n".join(row[0] for row in rows(owner, "select row_to_json(s)::text from address_stopped s"))
    assert "maija" not in kept and "401234567" not in kept


def test_that_was_not_me_works_when_the_report_is_long_gone(
    client: FlaskClient, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    with line_app.app_context():
        never = never_word("mail", MAIL["address"])
    assert client.get(f"/not-me/{never}").status_code == 200
    assert rows(owner, "select * from address_stopped") == [], "looking changes nothing"
    assert client.post(f"/not-me/{never}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    ask(client)
    assert letters(owner) == []
    for wrong in ("0" * 64, never[:-1] + ("0" if never[-1] != "0" else "1"), "nonsense", never[:32]):
        assert client.post(f"/not-me/{wrong}").status_code == 404


def test_nobody_is_flooded_by_reports_in_their_name(client: FlaskClient, switched_on: Settings, owner: Engine) -> None:
    for _ in range(5):
        report = file(client)
        assert choose(client, report, yes=False, **MAIL).get_json()["chosen"][0]["confirmed"] is False
    assert len(letters(owner)) == ASKED_A_DAY
    with owner.begin() as connection:
        assert connection.execute(text("select count, day = current_date from address_asked")).all() == [(ASKED_A_DAY, True)]


def test_the_days_before_count_as_well_and_are_forgotten(
    client: FlaskClient, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    with owner.begin() as connection:
        call = text("select may_ask_address(:marks, 2, 4)")
        days = [bytes([number]) * 32 for number in range(7)]
        said = [connection.execute(call, {"marks": days[at:]}).scalar() for at in (6, 6, 5, 5, 4, 3)]
        assert said == [True, True, True, True, False, False]
        connection.execute(text("update address_asked set day = current_date - 8"))
    with line_app.app_context():
        assert clean_up()["asked"] >= 2
    assert rows(owner, "select * from address_asked") == []


def test_one_report_names_no_end_of_strangers(client: FlaskClient, switched_on: Settings) -> None:
    report = file(client)
    choices = [{"channel": "mail", "address": f"stranger{number}@example.org"} for number in range(ADDRESSES_A_DAY + 1)]
    said = [choose(client, report, yes=False, **each).status_code for each in choices]
    assert said == [200] * ADDRESSES_A_DAY + [409]


def test_a_link_that_is_only_looked_at_does_nothing(client: FlaskClient, switched_on: Settings, owner: Engine) -> None:
    _report, link = ask(client)
    page = client.get(f"/s/{link}").text
    assert "Do you want messages from us?" in page and "report" not in page.partition("<h1>")[2].partition("</main>")[0].lower()
    assert client.get(f"/s/{link.lower()}").status_code == 200
    client.post(f"/s/{link}")
    assert rows(owner, "select confirmed_at from subscription") == [(None,)]
    for wrong in ("AAAAAAAAAA", "A", link[:-1], "%00", "x" * 300):
        assert client.get(f"/s/{wrong}").status_code == 404
        assert client.post(f"/s/{wrong}", data={"step": "never"}).status_code == 404
    assert rows(owner, "select count(*) from subscription") == [(1,)]


def test_a_confirmed_way_is_stopped_by_its_short_link(client: FlaskClient, switched_on: Settings, owner: Engine) -> None:
    report, link = ask(client, **SMS)
    say_yes(client)
    page = client.get(f"/s/{link}").text
    assert 'href="/follow-up"' in page and 'value="stop"' in page
    assert client.post(f"/s/{link}", data={"step": "stop"}).status_code == 200
    assert rows(owner, "select * from subscription") == rows(owner, "select * from address_stopped") == []
    assert client.get(f"/s/{link}").status_code == 404
    choose(client, report, yes=False, **SMS)
    assert letters(owner)[-1] == ("confirm", "waiting"), "who stopped may choose again"


def test_the_reporter_takes_it_back_before_anybody_confirmed(
    client: FlaskClient, switched_on: Settings, line_app: Flask, owner: Engine
) -> None:
    report, link = ask(client)
    tell(line_app, report)
    stop(client, report, channel="mail")
    assert client.post(f"/s/{link}", data={"step": "yes"}).status_code == 404
    assert rows(owner, "select * from subscription") == []


def test_the_address_one_signs_in_with_needs_no_question_and_another_does(
    client: FlaskClient, cast: Any, switched_on: Settings, owner: Engine
) -> None:
    gil = cast.headers("gil")
    told = client.post("/api/v1/channels", json={"channel": "mail"}, headers=gil).get_json()["chosen"]
    assert [each["confirmed"] for each in told] == [True] and letters(owner) == []
    told = client.post("/api/v1/channels", json={"channel": "mail", "address": "x@example.org"}, headers=gil).get_json()["chosen"]
    assert [each["confirmed"] for each in told] == [False] and letters(owner) == [("confirm", "waiting")]


def test_the_same_choice_many_times_at_once_is_one_way_and_one_question(
    client: FlaskClient, switched_on: Settings, owner: Engine
) -> None:
    report = file(client)
    asked = {"receipt_code": report["receipt_code"], **MAIL}
    app = client.application

    def once(_number: int) -> int:
        return app.test_client().post("/api/v1/follow-up/channels", json=asked).status_code

    with ThreadPoolExecutor(4) as many:
        assert set(many.map(once, range(8))) == {200}
    assert rows(owner, "select count(*) from subscription") == [(1,)] and letters(owner).count(("confirm", "waiting")) <= 2
