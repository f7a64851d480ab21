"""Signing in and out: one sentence for every mistake, a code counts once, sessions rotate and end."""

import re
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.adapters import passwords
from reporting.auth.guesses import FREE, SIGN_INS
from reporting.auth.sessions import COOKIE
from reporting.services import accounts
from tests.cast import Cast

pytestmark = pytest.mark.db


def form_token(client: FlaskClient, address: str = "/control/sign-in") -> str:
    page = client.get(address, base_url="https://localhost").get_data(as_text=True)
    return re.findall(r'name="csrf_token" value="([0-9a-f]+)"', page)[0]


def sign_in(client: FlaskClient, cast: Cast, name: str = "aino", **changes: Any) -> Any:
    person = cast.people[name]
    data = {
        "email": f"{name}@example.org",
        "password": person.password,
        "code": pyotp.TOTP(person.totp_secret).now(),
        "csrf_token": form_token(client),
        **changes,
    }
    return client.post("/control/sign-in", data=data, base_url="https://localhost")


def test_a_right_sign_in_opens_the_console(client: FlaskClient, cast: Cast) -> None:
    answer = sign_in(client, cast)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/control/")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith(COOKIE))
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie
    assert client.get("/control/", base_url="https://localhost").status_code == 200


@pytest.mark.parametrize(
    "changes", [{"password": "wrong"}, {"code": "000000"}, {"code": ""}, {"email": "nobody@example.org"}, {"email": ""}]
)
def test_every_mistake_gets_the_same_sentence(client: FlaskClient, cast: Cast, changes: dict[str, str]) -> None:
    answer = sign_in(client, cast, **changes)
    assert answer.status_code == 401
    assert accounts.WRONG in answer.get_data(as_text=True)
    assert not any(value.startswith(COOKIE) for value in answer.headers.getlist("Set-Cookie"))


def test_a_code_counts_once(web_app: Flask, client: FlaskClient, cast: Cast) -> None:
    code = pyotp.TOTP(cast.people["aino"].totp_secret).now()
    assert sign_in(client, cast, code=code).status_code == 303
    assert sign_in(web_app.test_client(), cast, code=code).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://127.0.0.1:8000"}, 401),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 401),
        ({}, 401),
    ],
)
def test_a_browser_says_where_a_form_comes_from(client: FlaskClient, cast: Cast, headers: dict[str, str], status: int) -> None:
    data = {"email": "aino@example.org", "password": "x", "csrf_token": form_token(client)}
    assert client.post("/control/sign-in", data=data, headers=headers, base_url="https://localhost").status_code == status
    assert (client.post("/", data={}, headers=headers).status_code == 403) == (status == 403)


def test_a_form_from_elsewhere_is_refused(client: FlaskClient, cast: Cast) -> None:
    assert sign_in(client, cast, csrf_token="0" * 64).status_code == 403
    assert sign_in(client, cast, csrf_token="").status_code == 403


def test_each_sign_in_makes_a_new_session_and_signing_out_ends_it(client: FlaskClient, cast: Cast, web_app: Flask) -> None:
    sign_in(client, cast)
    first = client.get_cookie(COOKIE, domain="localhost")
    assert first is not None
    page = client.get("/control/", base_url="https://localhost").get_data(as_text=True)
    token = re.findall(r'name="csrf_token" value="([0-9a-f]+)"', page)[0]
    gone = client.post("/control/sign-out", data={"csrf_token": token}, base_url="https://localhost")
    assert gone.status_code == 303
    thief = web_app.test_client()
    thief.set_cookie(COOKIE, first.value, domain="localhost", secure=True)
    assert thief.get("/api/v1/incidents", base_url="https://localhost").status_code == 401


def test_a_session_ends_when_idle_too_long(client: FlaskClient, cast: Cast, owner: Engine) -> None:
    sign_in(client, cast)
    with owner.begin() as connection:
        connection.execute(text("update session set seen_at = now() - interval '31 minutes'"))
    assert client.get("/api/v1/incidents", base_url="https://localhost").status_code == 401


def test_a_changing_request_of_a_session_needs_its_token(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast)
    answer = client.post(
        "/api/v1/incidents/00000000-0000-0000-0000-000000000000/take", json={"version": 1}, base_url="https://localhost"
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/control/\\evil", "javascript:alert(1)", "/control//x"]
)
def test_nobody_is_sent_elsewhere_after_signing_in(client: FlaskClient, cast: Cast, wanted: str) -> None:
    assert sign_in(client, cast, next=wanted).headers["Location"] == "/control/"


def test_nobody_without_the_password_locks_anybody_out(client: FlaskClient, cast: Cast) -> None:
    for _ in range(12):
        assert sign_in(client, cast, password="wrong").status_code in (401, 429)
    SIGN_INS.forget()
    assert sign_in(client, cast).status_code == 303


def test_wrong_codes_behind_a_right_password_have_to_wait(client: FlaskClient, cast: Cast, owner: Engine) -> None:
    for _ in range(6):
        assert sign_in(client, cast, code="000000").status_code == 401
    assert sign_in(client, cast).status_code == 401, "five are free, then each further one waits"
    with owner.begin() as connection:
        assert connection.execute(text("select failures from account where email = 'aino@example.org'")).scalar() == 6
        connection.execute(text("update account set blocked_until = now()"))
    assert sign_in(client, cast).status_code == 303


def test_a_new_sign_in_ends_the_session_before(client: FlaskClient, cast: Cast, web_app: Flask, owner: Engine) -> None:
    sign_in(client, cast)
    first = client.get_cookie(COOKIE, domain="localhost")
    assert first is not None
    page = client.get("/control/", base_url="https://localhost").get_data(as_text=True)
    token = re.findall(r'name="csrf_token" value="([0-9a-f]+)"', page)[0]
    assert sign_in(client, cast, "bo", csrf_token=token).status_code == 303
    thief = web_app.test_client()
    thief.set_cookie(COOKIE, first.value, domain="localhost", secure=True)
    assert thief.get("/api/v1/incidents", base_url="https://localhost").status_code == 401


def test_a_refusal_costs_the_same_writes_for_known_and_unknown(client: FlaskClient, cast: Cast, owner: Engine) -> None:
    def written() -> int:
        with owner.connect() as connection:
            return (
                connection.execute(text("select count(*) from audit_event where action = 'account.sign_in_refused'")).scalar()
                or 0
            )

    sign_in(client, cast, password="wrong")
    sign_in(client, cast, email="nobody@example.org")
    assert written() == 2


def test_a_revoked_token_is_dead_at_once(client: FlaskClient, cast: Cast, line_app: Flask) -> None:
    assert client.get("/api/v1/incidents", headers=cast.headers("aino")).status_code == 200
    with line_app.app_context():
        accounts.revoke_tokens(cast.people["aino"].account_id)
    assert client.get("/api/v1/incidents", headers=cast.headers("aino")).status_code == 401


def test_venue_staff_need_no_code_and_do_not_reach_the_console(client: FlaskClient, cast: Cast) -> None:
    sign_in(client, cast, "gil", code="")
    assert client.get("/control/", base_url="https://localhost").status_code == 403


@pytest.mark.parametrize("address", ["/control/sign-in", "/venue/sign-in"])
def test_a_crowd_at_the_door_is_sent_back_at_once(client: FlaskClient, cast: Cast, address: str) -> None:
    token = form_token(client, address)
    with passwords.AT_ONCE, passwords.AT_ONCE:
        data = {"email": "aino@example.org", "password": "x", "csrf_token": token}
        answer = client.post(address, data=data, base_url="https://localhost")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    page = answer.get_data(as_text=True)
    assert "Many people are signing in; try again in a moment." in page
    assert "aino@example.org" in page


@pytest.mark.parametrize("address", ["/control/sign-in", "/venue/sign-in"])
def test_a_network_that_tries_too_often_waits_and_costs_no_hash(
    client: FlaskClient, cast: Cast, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"email": "aino@example.org", "password": "x", "csrf_token": form_token(client, address)}
    asked: list[str] = []
    monkeypatch.setattr(passwords, "matches", lambda _stored, password: bool(asked.append(password)))
    answers = [client.post(address, data=data, base_url="https://localhost") for _ in range(FREE + 2)]
    assert [each.status_code for each in answers] == [401] * FREE + [429] * 2
    assert len(asked) == FREE
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert "wait a minute" in answers[-1].get_data(as_text=True)
