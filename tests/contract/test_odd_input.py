"""Odd bytes in addresses, headers, cookies and forms are answered, by API and pages alike, and never with a fault of ours."""

import base64
import json

import pytest
from flask.testing import FlaskClient

from reporting.auth.sessions import COOKIE
from tests.cast import Cast, a_report, new_key
from tests.test_sign_in import form_token

pytestmark = pytest.mark.db

ODD = ["%00", "%ff%fe", "%ed%a0%80", "a%00b", "%F0%9F%98%80", "..%2f..%2fetc%2fpasswd", "%2f%2f", "'", "%25", "x" * 5000]
PATHS = ["/api/v1/venues/{}", "/api/v1/incidents/{}", "/api/v1/reports/{}", "/v/{}", "/control/incidents/{}", "/static/{}", "/{}"]
QUERIES = ["/api/v1/incidents?q={}", "/api/v1/incidents?cursor={}", "/api/v1/incidents?assignee={}", "/api/v1/incidents?bbox={}"]
QUERIES += [
    "/api/v1/places?q={}",
    "/api/v1/categories?lang={}",
    "/?lang={}",
    "/control/?incident={}",
    "/venue/?sent={}",
    "/api/v1/venues/X?{}=1",
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd[:12])
def test_odd_addresses(client: FlaskClient, cast: Cast, odd: str) -> None:
    for address in (*PATHS, *QUERIES):
        for name in ("aino", "hana"):
            answer = client.get(address.format(odd), headers=cast.headers(name))
            assert answer.status_code < 500, address
            if answer.status_code >= 400 and address.startswith("/api"):
                assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("odd", ["\x01", "ü", "\x80\xff", " ", "x" * 5000, "Bearer", "Basic eDp5", "Bearer \x00", "bearer  "])
def test_odd_headers(client: FlaskClient, odd: str) -> None:
    for name in ("Authorization", "Device-Key", "Accept-Language", "X-CSRF-Token", "Sec-Fetch-Site", "X-Forwarded-For", "Cookie"):
        assert client.post("/api/v1/reports", json=a_report(), headers={**new_key(), name: odd}).status_code == 201, name
    for name in ("Authorization", "Cookie", "Last-Event-ID", "Accept-Language", "Range", "If-None-Match", "If-Modified-Since"):
        assert client.get("/api/v1/incidents", headers={name: odd}).status_code == 401, name
        for page in ("/", "/control/", "/venue/", "/health/live"):
            assert client.get(page, headers={name: odd}).status_code < 500, (name, page)


def test_the_scheme_of_a_token_may_be_written_in_any_case(client: FlaskClient, cast: Cast) -> None:
    for scheme in ("bearer", "BEARER", "Bearer "):
        assert client.get("/api/v1/incidents", headers={"Authorization": f"{scheme} {cast.tokens['aino']}"}).status_code == 200


@pytest.mark.parametrize("odd", ["\x00", "a\x00b", "\ud800", "\U0001f600", "x" * 10_000, "%00", "\r\n"])
def test_odd_forms(client: FlaskClient, cast: Cast, odd: str) -> None:
    safe = odd.encode("utf-8", "surrogatepass")
    form = {"email": safe, "password": safe, "code": safe, "next": safe, "receipt_code": safe, "category": safe, "place": safe}
    form |= {"csrf_token": safe, "idempotency_key": safe, "description": safe, "venue": safe, "text": safe, "version": safe}
    for page in ("/", "/follow-up", "/control/sign-in", "/venue/sign-in"):
        assert client.post(page, data=form).status_code < 500, page
    for door in ("/control/sign-in", "/venue/sign-in"):
        right = {**form, "csrf_token": form_token(client, door)}
        assert client.post(door, data=right, base_url="https://localhost").status_code == 401
    assert client.post("/venue/report", data=form, headers=cast.headers("gil")).status_code == 422
    for action in ("note", "close", safe.decode("utf-8", "replace").strip() or "x"):
        address = (
            f"/control/incidents/{'0' * 8}-0000-4000-8000-{'0' * 12}/note" if action == "note" else "/control/incidents/x/close"
        )
        assert client.post(address, data=form, headers=cast.headers("aino")).status_code < 500


def test_an_odd_session_cookie_is_none(client: FlaskClient) -> None:
    for odd in ("\udcff", "é", '"', "a" * 4000, "%00"):
        client.set_cookie(COOKIE, odd.encode("utf-8", "surrogateescape").decode("latin-1"), domain="localhost", secure=True)
        assert client.get("/api/v1/incidents", base_url="https://localhost").status_code == 401


@pytest.mark.parametrize(
    "told",
    [
        ["priority", 1, "infinity", "infinity", "x"],
        ["priority", True, "2026-01-01", "2026-01-01", "x"],
        {},
        1,
        None,
        "x",
        [],
        [[[]]],
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(client: FlaskClient, cast: Cast, told: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(told).encode()).decode()
    answer = client.get("/api/v1/incidents", query_string={"cursor": cursor}, headers=cast.headers("aino"))
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "cursor")
    endless = client.get("/api/v1/incidents", query_string={"cursor": "W" * 3000}, headers=cast.headers("aino"))
    assert endless.status_code == 422


@pytest.mark.parametrize("raw", ['{"\\ud800": 1}', '{"category": "\\udfff"}'])
def test_half_a_character_in_a_name_is_a_problem_like_any_other(client: FlaskClient, raw: str) -> None:
    answer = client.post("/api/v1/reports", data=raw, content_type="application/json", headers=new_key())
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.get_json()["errors"]


def test_json_is_read_to_a_depth(client: FlaskClient) -> None:
    def sent(depth: int) -> int:
        raw = '{"more": ' + "[" * (depth - 1) + "]" * (depth - 1) + "}"
        return client.post("/api/v1/reports", data=raw, content_type="application/json", headers=new_key()).status_code

    assert (sent(32), sent(33), sent(20_000)) == (422, 400, 400)


@pytest.mark.parametrize(
    "moment", ["2026-01-01", "2026-01-01T00:00:00", "2026-01-01\x0000:00:00+00:00", "2026-01-01é00:00:00+00:00"]
)
@pytest.mark.parametrize("place", [2, 3])
def test_a_cursor_is_ours_or_refused(client: FlaskClient, cast: Cast, moment: str, place: int) -> None:
    parts = ["priority", 3, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", "00000000-0000-0000-0000-000000000000"]
    parts[place] = moment
    cursor = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")
    assert client.get(f"/api/v1/incidents?cursor={cursor}", headers=cast.headers("aino")).status_code in (200, 422)


@pytest.mark.parametrize("place", [2, 3])
def test_a_cursor_beyond_the_calendar_is_refused(client: FlaskClient, cast: Cast, place: int) -> None:
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        test_a_cursor_is_ours_or_refused(client, cast, moment, place)
