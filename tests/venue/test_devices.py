"""A device of staff: signed in once by a code, opened by a PIN, reporting while it is locked, and ended at once."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.auth.devices import CODES
from reporting.services.upkeep import clean_up
from tests.cast import Cast, a_report, new_key
from tests.venue.house import HTTPS, PIN, actor_of, code_for, pair, post, sign_in, token_of

pytestmark = pytest.mark.db


@pytest.fixture(autouse=True)
def _nobody_guessed_codes() -> None:
    CODES.forget()


def rows(owner: Engine, question: str) -> list[Any]:
    with owner.connect() as connection:
        return list(connection.execute(text(question)))


def cookie(client: FlaskClient, name: str) -> str:
    found = client.get_cookie(name, domain="localhost")
    return found.value if found else ""


def lock(client: FlaskClient) -> None:
    assert post(client, "/venue/sign-out").headers["Location"] == "/venue/"


@pytest.fixture
def till(client: FlaskClient, cast: Cast, web_app: Flask) -> FlaskClient:
    """A browser that Gil signed in as a device."""
    answer = pair(client, code_for(web_app, cast))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/venue/")
    return client


def test_a_code_signs_one_device_in_and_only_once(till: FlaskClient, cast: Cast, web_app: Flask, owner: Engine) -> None:
    assert "My reports" in till.get("/venue/", **HTTPS).text
    code = code_for(web_app, cast)
    other = web_app.test_client()
    assert pair(other, code.lower().replace("-", " ")).status_code == 303
    again = pair(web_app.test_client(), code)
    assert again.status_code == 401 and "was used, or is too old" in again.text
    assert len(rows(owner, "select 1 from venue_device")) == 2


def test_the_key_is_a_host_cookie_and_stands_in_no_table(till: FlaskClient, owner: Engine, client: FlaskClient) -> None:
    key = cookie(till, "__Host-device")
    assert len(key) > 40
    everything = json.dumps([list(map(str, row)) for row in rows(owner, "select * from venue_device")])
    assert key not in everything and PIN not in everything and "argon2id" in everything


def test_wrong_used_and_expired_codes_read_the_same(cast: Cast, web_app: Flask, owner: Engine) -> None:
    used = code_for(web_app, cast)
    pair(web_app.test_client(), used)
    old = code_for(web_app, cast, "hana")
    with owner.begin() as connection:
        connection.execute(text("update device_code set expires_at = now() - interval '1 second' where used_at is null"))
    pages = set()
    for code in (used, old, "ABCD-EFGH", ""):
        answer = pair(web_app.test_client(), code)
        assert answer.status_code == 401
        pages.add(re.sub(r'value="[^"]*"', "", answer.text))
    assert len(pages) == 1


def test_a_second_code_ends_the_first(cast: Cast, web_app: Flask) -> None:
    first, second = code_for(web_app, cast), code_for(web_app, cast)
    assert pair(web_app.test_client(), first).status_code == 401
    assert pair(web_app.test_client(), second).status_code == 303


def test_a_network_that_guesses_waits_before_anything_is_looked_up(cast: Cast, web_app: Flask) -> None:
    for _ in range(20):
        assert pair(web_app.test_client(), "AAAA-AAAA").status_code == 401
    answer = pair(web_app.test_client(), code_for(web_app, cast))
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("pin", ["", "123", "1234", "0000", "98765432", "12a4", "123456789"])
def test_a_pin_that_is_none_or_too_easy_does_not_spend_the_code(cast: Cast, web_app: Flask, pin: str) -> None:
    code = code_for(web_app, cast)
    assert pair(web_app.test_client(), code, pin=pin).status_code == 422
    assert pair(web_app.test_client(), code).status_code == 303


def test_signing_in_takes_no_key_that_was_there_before(client: FlaskClient, cast: Cast, web_app: Flask) -> None:
    for name in ("__Host-device", "__Host-session"):
        client.set_cookie(name, "chosen-by-somebody-else", domain="localhost", secure=True)
    pair(client, code_for(web_app, cast))
    assert "chosen-by-somebody-else" not in (cookie(client, "__Host-device"), cookie(client, "__Host-session"))


def test_a_form_from_elsewhere_signs_nothing_in(client: FlaskClient, cast: Cast, web_app: Flask) -> None:
    answer = client.post("/venue/device", data={"code": code_for(web_app, cast), "pin": PIN}, **HTTPS)
    assert answer.status_code == 403 and not cookie(client, "__Host-device")
    client.get("/venue/sign-in", **HTTPS)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/venue/device", data={"code": "x"}, headers=headers, **HTTPS).status_code == 403


def test_a_locked_device_reports_as_its_person_and_shows_nothing(till: FlaskClient, cast: Cast, owner: Engine) -> None:
    post(till, "/venue/report", category="other", venue="K7QD", description="A first thing")
    lock(till)
    page = till.get("/venue/", **HTTPS)
    assert "This device is locked" in page.text
    assert "A first thing" not in page.text and "Gil" not in page.text and "My reports" not in page.text
    assert post(till, "/venue/report", category="other", venue="K7QD").status_code == 303
    filed = rows(owner, "select filer, filed_by::text as by from report")
    assert {(row.filer, row.by) for row in filed} == {("staff", cast.people["gil"].account_id)}
    for address in ("/venue/plan", "/venue/device", "/venue/reports", "/venue/manage"):
        answer = till.get(address, **HTTPS)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/venue/")
    assert till.get("/api/v1/venue/reports", **HTTPS).status_code == 401
    assert till.get("/control/", **HTTPS).headers["Location"].startswith("/control/sign-in")


def test_the_pin_opens_it_and_idling_locks_it_again(till: FlaskClient, owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("update session set seen_at = now() - interval '2 hours'"))
    assert "This device is locked" in till.get("/venue/", **HTTPS).text
    before = cookie(till, "__Host-session")
    assert post(till, "/venue/unlock", pin=PIN).status_code == 303
    assert "My reports" in till.get("/venue/", **HTTPS).text
    assert cookie(till, "__Host-session") != before


def test_five_wrong_pins_leave_only_a_new_code(till: FlaskClient, cast: Cast, web_app: Flask, owner: Engine) -> None:
    lock(till)
    for _ in range(4):
        answer = post(till, "/venue/unlock", pin="7777")
        assert answer.status_code == 401 and "This PIN is not right." in answer.text
    post(till, "/venue/unlock", pin="7777")
    spent = post(till, "/venue/unlock", pin=PIN)
    assert spent.status_code == 401 and "Ask your manager for a new code" in spent.text
    assert post(till, "/venue/report", category="other", venue="K7QD").status_code == 303
    old = cookie(till, "__Host-device")
    assert pair(till, code_for(web_app, cast), pin="5028").status_code == 303
    assert cookie(till, "__Host-device") != old
    assert [row.ended for row in rows(owner, "select revoked_at is not null as ended from venue_device order by created_at")] == [
        True,
        False,
    ]


def test_a_right_pin_forgives_the_wrong_ones(till: FlaskClient) -> None:
    lock(till)
    for _ in range(2):
        for _ in range(4):
            post(till, "/venue/unlock", pin="7777")
        assert post(till, "/venue/unlock", pin=PIN).status_code == 303
        lock(till)


def test_the_manager_ends_a_device_at_once(till: FlaskClient, cast: Cast, web_app: Flask, owner: Engine) -> None:
    given = till.get("/venue/pass", **HTTPS).get_json()["pass"]
    hana = web_app.test_client()
    sign_in(hana, "hana@example.org", cast.people["hana"].password)
    page = hana.get("/venue/manage/staff", **HTTPS).text
    assert "Till 2" in page
    device = re.search(r"/venue/manage/devices/([0-9a-f-]{36})/end", page)
    assert device
    assert post(hana, device[0], "/venue/manage/staff").status_code == 303
    assert till.get("/venue/", **HTTPS).headers["Location"] == "/venue/sign-in"
    till.post("/api/v1/reports", json=a_report(), headers={**new_key(), "Staff-Pass": given})
    assert [row.filer for row in rows(owner, "select filer from report")] == ["public"]


def test_somebody_who_leaves_is_out_on_every_device(till: FlaskClient, cast: Cast, web_app: Flask) -> None:
    hana = web_app.test_client()
    sign_in(hana, "hana@example.org", cast.people["hana"].password)
    waiting = code_for(web_app, cast)
    gone = post(hana, f"/venue/manage/staff/{cast.people['gil'].account_id}/end", "/venue/manage/staff")
    assert gone.status_code == 303 and "Gil" not in hana.get("/venue/manage/staff", **HTTPS).text
    assert till.get("/venue/", **HTTPS).headers["Location"] == "/venue/sign-in"
    assert pair(web_app.test_client(), waiting).status_code == 401
    assert sign_in(web_app.test_client(), "gil@example.org", cast.people["gil"].password).status_code == 401
    herself = post(hana, f"/venue/manage/staff/{cast.people['hana'].account_id}/end", "/venue/manage/staff")
    assert herself.status_code == 422


def test_a_report_that_waited_is_staffs_without_cookie_or_session(
    till: FlaskClient, cast: Cast, web_app: Flask, owner: Engine
) -> None:
    given = till.get("/venue/pass", **HTTPS).get_json()
    assert (given["house"], given["places"]) == ("The Mall", [["K7QD", "North door"]])
    lock(till)
    headers = {**new_key(), "Staff-Pass": given["pass"]}
    nobody = web_app.test_client()
    for status in (201, 200):
        assert nobody.post("/api/v1/reports", json=a_report(), headers=headers).status_code == status
    (filed,) = rows(owner, "select filer, filed_by::text as by from report")
    assert (filed.filer, filed.by) == ("staff", cast.people["gil"].account_id)
    assert nobody.get("/api/v1/venue/reports", headers={"Staff-Pass": given["pass"]}).status_code == 401


@pytest.mark.parametrize("given", ["", "nothing", "WyJkZXZpY2UiXQ.aaaa.bbbb"])
def test_a_forged_pass_files_like_the_public(client: FlaskClient, cast: Cast, owner: Engine, given: str) -> None:
    assert client.post("/api/v1/reports", json=a_report(), headers={**new_key(), "Staff-Pass": given}).status_code == 201
    assert [row.filer for row in rows(owner, "select filer from report")] == ["public"]


def test_who_signed_in_by_mail_has_a_pass_for_a_day(client: FlaskClient, cast: Cast, owner: Engine) -> None:
    sign_in(client, "hana@example.org", cast.people["hana"].password)
    given = client.get("/venue/pass", **HTTPS).get_json()["pass"]
    client.post("/api/v1/reports", json=a_report(), headers={**new_key(), "Staff-Pass": given})
    assert [row.by for row in rows(owner, "select filed_by::text as by from report")] == [cast.people["hana"].account_id]


def test_a_device_that_nobody_used_for_long_is_forgotten(till: FlaskClient, owner: Engine) -> None:
    lock(till)
    with owner.begin() as connection:
        connection.execute(text("update venue_device set seen_at = now() - interval '91 days'"))
    assert till.get("/venue/", **HTTPS).headers["Location"] == "/venue/sign-in"


def test_a_device_keeps_its_place_and_can_be_given_up(till: FlaskClient, owner: Engine) -> None:
    post(till, "/venue/device/place", "/venue/device", place="K7QD")
    post(till, "/venue/device/place", "/venue/device", place="nowhere")
    post(till, "/venue/device/place", "/venue/device", place="K7QD")
    assert till.get("/venue/pass", **HTTPS).get_json()["place"] == "K7QD"
    assert post(till, "/venue/device/give-up", "/venue/device").headers["Location"] == "/venue/sign-in"
    assert not cookie(till, "__Host-device")
    assert rows(owner, "select 1 from venue_device where revoked_at is null") == []


def test_what_is_about_staff_is_on_no_list_and_gets_a_code_instead(till: FlaskClient, cast: Cast, web_app: Flask) -> None:
    sent = post(till, "/venue/report", category="other", venue="K7QD", description="The wombat guard", about_staff="yes")
    assert sent.status_code == 201 and re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", sent.text)
    hana = web_app.test_client()
    sign_in(hana, "hana@example.org", cast.people["hana"].password)
    for page in (till.get("/venue/", **HTTPS), hana.get("/venue/reports", **HTTPS)):
        assert "wombat" not in page.text
    answer = till.get("/api/v1/venue/reports", headers=cast.headers("gil")).get_json()
    assert answer == {"items": []}


def test_the_manager_reads_what_the_house_filed_and_nothing_else(till: FlaskClient, cast: Cast, web_app: Flask) -> None:
    post(till, "/venue/report", category="other", venue="K7QD", description="of the till")
    till.post("/api/v1/reports", json=a_report(description="of a passer-by", venue="K7QD"), headers=new_key())
    hana = web_app.test_client()
    sign_in(hana, "hana@example.org", cast.people["hana"].password)
    page = hana.get("/venue/reports", **HTTPS).text
    assert "of the till" in page and "passer-by" not in page
    assert "of the till" not in hana.get("/venue/", **HTTPS).text


def test_a_code_is_made_for_ones_own_people_alone(cast: Cast, web_app: Flask, client: FlaskClient) -> None:
    sign_in(client, "hana@example.org", cast.people["hana"].password)
    for stranger in (cast.people["carl"].account_id, cast.people["otis"].account_id, cast.organisations["mall"]):
        answer = post(client, f"/venue/manage/staff/{stranger}/code", "/venue/manage/staff")
        assert answer.status_code == 404
    assert actor_of(web_app, cast, "gil").role == "venue_staff"
    assert token_of(client.get("/venue/manage/staff", **HTTPS))


def test_what_ended_long_ago_is_swept_and_names_of_who_left_go(
    till: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    with owner.begin() as connection:
        connection.execute(text("update venue_device set revoked_at = now() - interval '91 days'"))
        connection.execute(text("update device_code set expires_at = now() - interval '2 days'"))
        connection.execute(text("update account set disabled_at = now() - interval '91 days' where name = 'Gil'"))
    with line_app.app_context():
        swept = clean_up()
    assert (swept["devices"], swept["device_codes"], swept["former_staff"]) == (1, 1, 1)
    (left,) = rows(owner, f"select name, email, password_hash from account where id = '{cast.people['gil'].account_id}'")
    assert tuple(left) == ("Former staff", None, None)
