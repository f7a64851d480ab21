"""QR links for reporting only, and keys of a venue's own systems: what they open, what they do not, and their end."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from tests.cast import Cast, a_report, new_key
from tests.venue.house import HTTPS, post, sign_in

pytestmark = pytest.mark.db
KEYS = "/venue/manage/keys"


def rows(owner: Engine, question: str) -> list[Any]:
    with owner.connect() as connection:
        return list(connection.execute(text(question)))


@pytest.fixture
def hana(client: FlaskClient, cast: Cast) -> FlaskClient:
    """A browser in which the manager of the mall is signed in."""
    sign_in(client, "hana@example.org", cast.people["hana"].password)
    return client


def link(hana: FlaskClient) -> str:
    shown = hana.get(post(hana, "/venue/manage/links", KEYS, label="Staff room").headers["Location"], **HTTPS)
    assert shown.status_code == 200 and "<svg" in shown.text
    found = re.search(r'href="[^"]*(/venue/open/[^"]+)"', shown.text)
    assert found
    return found[1]


def test_a_link_opens_the_form_and_nothing_else(hana: FlaskClient, web_app: Flask, owner: Engine) -> None:
    address, guest = link(hana), web_app.test_client()
    assert guest.get(address, **HTTPS).headers["Location"] == "/venue/"
    page = guest.get("/venue/", **HTTPS)
    assert page.status_code == 200 and "The Mall" in page.text and 'data-pass=""' in page.text
    assert "My reports" not in page.text and "From the control room" not in page.text and "Hana" not in page.text
    assert post(guest, "/venue/report", category="other", venue="K7QD").status_code == 303
    (filed,) = rows(owner, "select filer, filed_by, venue_id from report")
    assert (filed.filer, filed.filed_by) == ("public", None) and filed.venue_id
    for other in ("/venue/plan", "/venue/manage", "/venue/reports", "/venue/device", KEYS):
        assert guest.get(other, **HTTPS).status_code == 303
    assert guest.get("/venue/pass", **HTTPS).get_json()["pass"] == ""


def test_a_link_ends_when_it_is_revoked_or_too_old(hana: FlaskClient, web_app: Flask, owner: Engine) -> None:
    first, second, guest = link(hana), link(hana), web_app.test_client()
    guest.get(first, **HTTPS)
    held = re.search(r"/venue/manage/links/[0-9a-f-]{36}/end", hana.get(KEYS, **HTTPS).text)
    assert held
    for found in re.findall(r"/venue/manage/links/[0-9a-f-]{36}/end", hana.get(KEYS, **HTTPS).text):
        post(hana, found, KEYS)
    assert guest.get("/venue/", **HTTPS).headers["Location"] == "/venue/sign-in"
    assert guest.get(second, **HTTPS).headers["Location"] == "/"
    third = link(hana)
    with owner.begin() as connection:
        connection.execute(text("update venue_link set expires_at = now() - interval '1 second'"))
    assert guest.get(third, **HTTPS).headers["Location"] == "/"
    assert guest.get(third[:-3] + "abc", **HTTPS).headers["Location"] == "/"


def test_a_link_needs_its_own_form_and_leads_nowhere_else(hana: FlaskClient, web_app: Flask, owner: Engine) -> None:
    guest = web_app.test_client()
    answer = guest.get(link(hana) + "?next=https://example.org", **HTTPS)
    assert answer.headers["Location"] == "/venue/"
    refused = guest.post("/venue/report", data={"category": "other", "venue": "K7QD"}, **HTTPS)
    assert refused.status_code == 403 and rows(owner, "select 1 from report") == []


def key_of(answer: Any) -> str:
    found = re.search(r"rpv_[A-Za-z0-9_-]{40,}", answer.text)
    assert found, answer.text
    return found[0]


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_system_files_and_reads_its_own_and_nothing_else(hana: FlaskClient, cast: Cast, web_app: Flask, owner: Engine) -> None:
    key = key_of(post(hana, KEYS, KEYS, name="Door alarm"))
    assert key not in hana.get(KEYS, **HTTPS).text
    alarm = web_app.test_client()
    told = a_report(category="tampering", description="Door 4 forced", venue="K7QD")
    assert alarm.post("/api/v1/reports", json=told, headers={**new_key(), **bearer(key)}).status_code == 201
    assert [row.filer for row in rows(owner, "select filer from report")] == ["staff"]
    alarm.post("/api/v1/reports", json=a_report(description="somebody else's"), headers=new_key())
    (own,) = alarm.get("/api/v1/venue/reports", headers=bearer(key)).get_json()["items"]
    assert own["description"] == "Door 4 forced" and set(own) == {
        *("reference", "received_at", "category", "description", "place", "status", "outcome", "deletion_date"),
    }
    for closed in ("/api/v1/incidents", "/api/v1/notices", "/api/v1/venues", "/venue/plan", "/venue/manage"):
        assert alarm.get(closed, headers=bearer(key)).status_code == 403, closed
    assert re.search("used .* 20", hana.get(KEYS, **HTTPS).text)
    assert key not in str([list(row) for row in rows(owner, "select * from token")])


def system_of(owner: Engine, name: str) -> str:
    (found,) = [row.id for row in rows(owner, "select id::text, name from account") if row.name == name]
    return str(found)


def test_a_rotated_key_holds_for_the_overlap_and_not_longer(hana: FlaskClient, web_app: Flask, owner: Engine) -> None:
    client, keys = web_app.test_client(), [key_of(post(hana, KEYS, KEYS, name="Camera 3"))]
    rotate = f"/venue/manage/keys/{system_of(owner, 'Camera 3')}/rotate"

    def holding() -> list[bool]:
        return [client.get("/api/v1/venue/reports", headers=bearer(key)).status_code == 200 for key in keys]

    keys.append(key_of(post(hana, rotate, KEYS)))
    assert holding() == [True, True] and "holds until" in hana.get(KEYS, **HTTPS).text
    keys.append(key_of(post(hana, rotate, KEYS)))
    assert holding() == [False, True, True]
    with owner.begin() as connection:
        connection.execute(text("update token set expires_at = now() - interval '1 second' where expires_at is not null"))
    assert holding() == [False, False, True]


def test_a_systems_keys_end_at_once(hana: FlaskClient, cast: Cast, web_app: Flask) -> None:
    key = key_of(post(hana, KEYS, KEYS, name="Camera 3"))
    client = web_app.test_client()
    for end in re.findall(r"/venue/manage/keys/[0-9a-f-]{36}/end", hana.get(KEYS, **HTTPS).text):
        assert post(hana, end, KEYS).status_code == 303
    assert client.get("/api/v1/venue/reports", headers=bearer(key)).status_code == 401
    assert client.get("/api/v1/venue/reports", headers=cast.headers("otis")).status_code == 401


def test_two_systems_cannot_share_a_name(hana: FlaskClient) -> None:
    assert post(hana, KEYS, KEYS, name="Camera 3").status_code == 201
    assert post(hana, KEYS, KEYS, name=" Camera  3 ").status_code == 422
    assert post(hana, KEYS, KEYS, name="").status_code == 422
