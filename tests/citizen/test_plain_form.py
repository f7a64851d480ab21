"""The public page without scripting: one short plain form that files once, names what is missing and loses nothing."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from reporting.app import put_on_faces
from reporting.bootstrap import build
from reporting.config import Settings
from reporting.domain.receipts import normalised
from reporting.queries.watching import forget
from tests.cast import Cast

pytestmark = pytest.mark.db

ANSWERS = {
    "category": "unattended_item",
    "place": "platform 3",
    "description": "A grey holdall",
    "unattended_item.hot_hidden": "yes",
    "contact.name": "Maija",
}


def key_of(page: TestResponse) -> str:
    found = re.search(r'name="idempotency_key" value="([^"]+)"', page.text)
    assert found
    return found[1]


def code_of(page: TestResponse) -> str:
    found = re.search(r'id="receipt-code">([^<]+)<', page.text)
    assert found
    return found[1]


def filed(owner: Engine) -> list[dict]:
    with owner.connect() as connection:
        return [dict(row) for row in connection.execute(text("select * from report order by received_at")).mappings()]


def test_a_report_is_filed_and_answered_with_its_receipt(client: FlaskClient, owner: Engine) -> None:
    key = key_of(client.get("/"))
    answer = client.post("/", data={**ANSWERS, "idempotency_key": key})
    assert answer.status_code == 201
    assert normalised(code_of(answer)) == code_of(answer)
    (report,) = filed(owner)
    assert (report["category"], report["place"], report["hot_hidden"]) == ("unattended_item", "platform 3", "yes")
    assert (report["language"], report["filer"], report["filed_by"]) == ("en", "public", None)


def test_sending_the_same_form_twice_gives_one_report_and_one_code(client: FlaskClient, owner: Engine) -> None:
    form = {**ANSWERS, "idempotency_key": key_of(client.get("/"))}
    assert code_of(client.post("/", data=form)) == code_of(client.post("/", data=form))
    assert len(filed(owner)) == 1


def test_other_answers_under_a_used_key_are_kept_and_sent_with_the_next_press(client: FlaskClient, owner: Engine) -> None:
    key = key_of(client.get("/"))
    client.post("/", data={**ANSWERS, "idempotency_key": key})
    again = client.post("/", data={**ANSWERS, "place": "platform 4", "idempotency_key": key})
    assert again.status_code == 422
    assert "platform 4" in again.text and "sent a report from this page already" in again.text
    assert client.post("/", data={**ANSWERS, "place": "platform 4", "idempotency_key": key_of(again)}).status_code == 201
    assert len(filed(owner)) == 2


def test_what_is_missing_is_named_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    answer = client.post("/", data={"description": "someone & <b>something</b>", "contact.phone": "040 1", "about_staff": "yes"})
    assert answer.status_code == 422
    assert '<a href="#what">Choose what it is.</a>' in answer.text
    assert '<a href="#place">Tell us where it is. One word helps.</a>' in answer.text
    assert "someone &amp; &lt;b&gt;something&lt;/b&gt;</textarea>" in answer.text
    assert 'value="040 1"' in answer.text
    assert re.search(r'id="about_staff" value="yes" checked', answer.text)


def test_a_forged_answer_is_refused_at_its_question(client: FlaskClient) -> None:
    answer = client.post("/", data={**ANSWERS, "unattended_item.hot_hidden": "perhaps"})
    assert answer.status_code == 422
    assert 'href="#unattended_item-hot_hidden"' in answer.text


def test_a_form_sent_by_another_site_is_only_shown(client: FlaskClient, owner: Engine) -> None:
    answer = client.post("/", data=ANSWERS, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "platform 3" in answer.text
    assert filed(owner) == []


def test_a_poster_code_is_the_place(client: FlaskClient, cast: Cast, owner: Engine) -> None:
    page = client.get("/v/k7qd")
    assert "The Mall, North door" in page.text
    assert 'id="where"' not in page.text
    assert client.post("/", data={"category": "other", "venue": "K7QD"}).status_code == 201
    (report,) = filed(owner)
    assert report["place_code"] == "K7QD" and report["venue_id"]


LOOKS = {"category": "suspicious_behaviour", "place": "platform 3", "description": "a tall man with a beard"}


def test_a_text_of_looks_alone_is_asked_back_once(client: FlaskClient, owner: Engine) -> None:
    key = key_of(client.get("/"))
    asked = client.post("/", data={**LOOKS, "idempotency_key": key})
    assert asked.status_code == 422
    assert 'href="#suspicious_behaviour-behaviours"' in asked.text and "You can also send it like this." in asked.text
    assert 'name="asked_for_act" value="yes"' in asked.text and "a tall man with a beard</textarea>" in asked.text
    assert filed(owner) == []
    assert client.post("/", data={**LOOKS, "idempotency_key": key_of(asked), "asked_for_act": "yes"}).status_code == 201
    assert len(filed(owner)) == 1


def test_the_receipt_never_names_the_houses_number_where_its_staff_are_meant(
    client: FlaskClient, cast: Cast, owner: Engine
) -> None:
    number = "+358 000 555 061"
    with owner.begin() as connection:
        told = {"number": number, "key": cast.organisations["mall"]}
        connection.execute(text("update organisation set phone = :number where id = :key"), told)
    forget()
    plain = {"category": "unattended_item", "venue": "K7QD"}
    usual = client.post("/", data={**plain, "idempotency_key": key_of(client.get("/"))})
    apart = client.post("/", data={**plain, "about_staff": "yes", "idempotency_key": key_of(client.get("/"))})
    assert (usual.status_code, apart.status_code) == (201, 201)
    assert number in usual.text and number not in apart.text


@pytest.mark.parametrize("more", [{"suspicious_behaviour.behaviours": "watched"}, {"description": "a tall man films the guards"}])
def test_an_act_is_not_asked_back(client: FlaskClient, owner: Engine, more: dict[str, str]) -> None:
    assert client.post("/", data={**LOOKS, **more}).status_code == 201


def test_the_receipt_names_the_room_of_the_place(client: FlaskClient, cast: Cast) -> None:
    page = client.post("/", data={"category": "other", "venue": "K7QD"}).text
    assert "Your report goes to " in page and "the control room in charge there" not in page
    assert "the control room in charge there" in client.post("/", data={"category": "other", "place": "somewhere"}).text


def test_minutes_ago_say_the_same_when_send_is_pressed_twice(client: FlaskClient, owner: Engine) -> None:
    page = client.get("/")
    opened = re.search(r'name="opened_at" value="(\d+)"', page.text)
    assert opened
    form = {
        "category": "drone", "place": "x", "drone.still_there": "no", "unattended_item.last_seen": "30",
        "idempotency_key": key_of(page), "opened_at": opened[1],
    }  # fmt: skip
    assert code_of(client.post("/", data=form)) == code_of(client.post("/", data=form))
    (report,) = filed(owner)
    assert report["observed_at"] and report["clock_plausible"]


def test_an_unknown_poster_code_asks_for_the_place(client: FlaskClient, cast: Cast) -> None:
    page = client.get("/v/ZZZZ")
    assert page.status_code == 200
    assert "We do not know this place code" in page.text and 'id="where"' in page.text


def test_an_unknown_code_on_a_sign_is_accepted_and_said(client: FlaskClient, cast: Cast, owner: Engine) -> None:
    answer = client.post("/", data={**ANSWERS, "venue": "ZZZZ"})
    assert answer.status_code == 201
    assert "We do not know this place code" in answer.text
    assert len(filed(owner)) == 1


def test_without_a_database_the_form_is_kept_and_asks_to_send_again(settings: Settings) -> None:
    away = Settings(database_url="postgresql+psycopg://nobody@127.0.0.1:9/none", master_key=settings.master_key)
    client = put_on_faces(build(away, process="web")).test_client()
    answer = client.post("/", data={**ANSWERS, "idempotency_key": "k" * 32})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "platform 3" in answer.text and key_of(answer) == "k" * 32
