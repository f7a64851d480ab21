"""The venue's one screen: who gets in, flagging in two taps, one's own reports and nobody else's."""

import re

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from tests.cast import Cast, a_report, new_key
from tests.site import Visits, barriers, sideways, small_targets

pytestmark = pytest.mark.db

HTTPS = {"base_url": "https://localhost"}


def token_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return found[1]


def sign_in(client: FlaskClient, email: str, password: str) -> TestResponse:
    token = token_of(client.get("/venue/sign-in", **HTTPS))
    return client.post("/venue/sign-in", data={"email": email, "password": password, "csrf_token": token}, **HTTPS)


@pytest.fixture
def gil(client: FlaskClient, cast: Cast) -> FlaskClient:
    """A browser in which Gil of the mall is signed in."""
    answer = sign_in(client, "gil@example.org", cast.people["gil"].password)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/venue/")
    return client


def flag(client: FlaskClient, **answers: str) -> TestResponse:
    token = token_of(client.get("/venue/", **HTTPS))
    return client.post("/venue/report", data={"csrf_token": token, "venue": "K7QD", **answers}, **HTTPS)


def filed(owner: Engine) -> list[dict]:
    with owner.connect() as connection:
        return [dict(row) for row in connection.execute(text("select * from report order by received_at")).mappings()]


def test_strangers_are_sent_to_the_door(client: FlaskClient, clean: None) -> None:
    for answer in (client.get("/venue/", **HTTPS), client.post("/venue/report", **HTTPS)):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/venue/sign-in")


def test_a_wrong_password_and_an_unknown_address_read_the_same(client: FlaskClient, cast: Cast) -> None:
    wrong = sign_in(client, "gil@example.org", "not the password")
    unknown = sign_in(client, "nobody@example.org", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    sentence = "The e-mail address, password or code is not right."
    assert sentence in wrong.text and sentence in unknown.text
    assert 'value="gil@example.org"' in wrong.text


def test_a_sign_in_form_from_elsewhere_is_refused(client: FlaskClient, cast: Cast) -> None:
    form = {"email": "gil@example.org", "password": cast.people["gil"].password}
    assert client.post("/venue/sign-in", data=form, **HTTPS).status_code == 403


def test_staff_flag_something_and_find_it_in_their_list(gil: FlaskClient, cast: Cast, owner: Engine) -> None:
    answer = flag(gil, category="unattended_item", **{"unattended_item.owner_looked_for": "yes"})
    (report,) = filed(owner)
    assert answer.headers["Location"] == f"/venue/?sent={report['reference']}"
    assert (report["filer"], str(report["filed_by"])) == ("staff", cast.people["gil"].account_id)
    assert (report["place_code"], report["owner_looked_for"]) == ("K7QD", "yes")
    page = gil.get("/venue/", **HTTPS)
    assert report["reference"] in page.text and "<strong>Received</strong>" in page.text


def test_the_page_names_the_room_that_gets_it(gil: FlaskClient, cast: Cast, owner: Engine) -> None:
    with owner.connect() as connection:
        asked = text("select public_name from organisation where id = :key")
        room = connection.execute(asked, {"key": cast.organisations["mall"]}).scalar_one()
    page = gil.get("/venue/", **HTTPS).text
    assert page.count(f"This goes to {room}. It may be passed to police.") == 2
    assert page.count("This goes to the control room in charge there. It may be passed to police.") == 2


def test_the_reports_of_others_are_not_in_the_list(gil: FlaskClient, cast: Cast) -> None:
    gil.post("/api/v1/reports", json=a_report(description="of a passer-by", venue="K7QD"), headers=new_key())
    assert "of a passer-by" not in gil.get("/venue/", **HTTPS).text


def test_a_report_without_a_choice_comes_back_with_its_words(gil: FlaskClient, owner: Engine) -> None:
    answer = flag(gil, description="<b>odd</b>")
    assert answer.status_code == 422
    assert '<a href="#what">Choose what it is.</a>' in answer.text and "&lt;b&gt;odd&lt;/b&gt;" in answer.text
    assert filed(owner) == []


def test_a_form_without_its_token_files_nothing(gil: FlaskClient, owner: Engine) -> None:
    answer = gil.post("/venue/report", data={"category": "other", "place": "x"}, **HTTPS)
    assert answer.status_code == 403
    assert filed(owner) == []


def test_a_form_from_an_older_page_comes_back_as_it_was_filled_in(gil: FlaskClient, owner: Engine) -> None:
    form = {"category": "other", "description": "Two men on the roof", "csrf_token": "of yesterday"}
    answer = gil.post("/venue/report", data=form, **HTTPS)
    assert answer.status_code == 403 and "Two men on the roof</textarea>" in answer.text
    assert filed(owner) == []
    assert gil.post("/venue/report", data={**form, "csrf_token": token_of(answer), "venue": "K7QD"}, **HTTPS).status_code == 303


def test_what_was_typed_outlives_the_session_and_is_never_sent_by_itself(gil: FlaskClient, cast: Cast, owner: Engine) -> None:
    form = {"category": "other", "description": "Two <men> on the roof", "csrf_token": token_of(gil.get("/venue/", **HTTPS))}
    gil.post("/venue/sign-out", data={"csrf_token": form["csrf_token"]}, **HTTPS)
    kept = gil.post("/venue/report", data=form, **HTTPS)
    assert kept.status_code == 401 and "Two &lt;men&gt; on the roof</textarea>" in kept.text and "csrf_token" not in kept.text
    sign_in(gil, "gil@example.org", cast.people["gil"].password)
    again = gil.post("/venue/report", data={name: value for name, value in form.items() if name != "csrf_token"}, **HTTPS)
    assert again.status_code == 403 and "Two &lt;men&gt; on the roof</textarea>" in again.text
    assert filed(owner) == []


def test_pressing_send_twice_files_once(gil: FlaskClient, owner: Engine) -> None:
    key = "k" * 32
    for _ in range(2):
        assert flag(gil, category="other", idempotency_key=key).status_code == 303
    assert len(filed(owner)) == 1


def test_other_words_under_a_used_key_are_kept_and_sent_with_the_next_press(gil: FlaskClient, owner: Engine) -> None:
    key = "k" * 32
    flag(gil, category="other", description="A first thing", idempotency_key=key)
    again = flag(gil, category="other", description="A second thing", idempotency_key=key)
    assert again.status_code == 422
    assert "A second thing</textarea>" in again.text and "sent a report from this page already" in again.text
    fresh = re.search(r'name="idempotency_key" value="([^"]+)"', again.text)
    assert fresh and fresh[1] != key
    assert flag(gil, category="other", description="A second thing", idempotency_key=fresh[1]).status_code == 303
    assert [report["description"] for report in filed(owner)] == ["A first thing", "A second thing"]


def test_a_made_up_reference_in_the_address_is_not_repeated(gil: FlaskClient) -> None:
    assert "SENT-BY-ME" not in gil.get("/venue/?sent=SENT-BY-ME", **HTTPS).text


def test_after_signing_out_the_old_cookie_opens_nothing(gil: FlaskClient) -> None:
    cookie = gil.get_cookie("__Host-session", domain="localhost")
    assert cookie
    gil.post("/venue/sign-out", data={"csrf_token": token_of(gil.get("/venue/", **HTTPS))}, **HTTPS)
    gil.set_cookie("__Host-session", cookie.value, domain="localhost", secure=True)
    assert gil.get("/venue/", **HTTPS).status_code == 303


def enter(page: Page, cast: Cast) -> None:
    page.goto("/venue/")
    page.get_by_text("Sign in with e-mail and password").click()
    page.get_by_label("E-mail").fill("gil@example.org")
    page.get_by_label("Password").fill(cast.people["gil"].password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Flag something")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("scripting", [True, False], ids=["scripting", "plain"])
def test_two_taps_flag_something(visit: Visits, cast: Cast, owner: Engine, scripting: bool) -> None:
    page = visit(java_script_enabled=scripting)
    enter(page, cast)
    page.get_by_text("Item without an owner", exact=True).click()
    send = page.get_by_role("button", name="Send now")
    expect(send).to_be_in_viewport()
    send.click()
    expect(page.get_by_text("Sent. Thank you.")).to_be_visible()
    assert [report["category"] for report in filed(owner)] == ["unattended_item"]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("size", [(320, 640), (1366, 800)], ids=["narrow", "desk"])
def test_the_screen_is_free_of_barriers(visit: Visits, cast: Cast, size: tuple[int, int], lang: str, scheme: str) -> None:
    page = visit(*size, color_scheme=scheme)
    enter(page, cast)
    page.get_by_text("Item without an owner", exact=True).click()
    page.get_by_role("button", name="Send with answers").click()
    expect(page.get_by_text("Sent. Thank you.")).to_be_visible()
    page.goto(f"/venue/?lang={lang}")
    page.locator("#category-suspicious_behaviour ~ .face").click()
    for summary in page.locator("#flag summary:visible").all():
        summary.click()
    assert (barriers(page), small_targets(page)) == ([], [])
    assert sideways(page) <= 0
