"""What rooms write to venues: whom it reaches, who may say "all clear", who has read it, and what is taken back."""

import uuid
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.looking import Looking

pytestmark = pytest.mark.db

WORDS = "A march passes the square. Keep your doors free."
HOSTILE = '<img src=x onerror="alert(1)"> \u202e {{ 7*7 }}'


def write(looking: Looking, client: FlaskClient, who: str = "aino", **body: Any) -> Any:
    told = {"kind": "information", "text": WORDS, "venues": [looking.actors["gil"].venue_id], **body}
    return client.post("/api/v1/notices", json=told, headers=looking.cast.headers(who))


def read(looking: Looking, client: FlaskClient, who: str) -> dict[str, Any]:
    told: dict[str, Any] = client.get("/api/v1/notices", headers=looking.cast.headers(who)).get_json()
    return told


def acknowledge(looking: Looking, client: FlaskClient, who: str, key: str) -> Any:
    return client.post(f"/api/v1/notices/{key}/read", headers=looking.cast.headers(who))


def test_a_venue_reads_it_and_the_room_sees_who_and_when(looking: Looking, client: FlaskClient) -> None:
    key = write(looking, client).get_json()["id"]
    (told,) = read(looking, client, "gil")["told"]
    assert (told["text"], told["held_by"], told["state"], told["read_at"]) == (WORDS, "City room", "standing", None)
    assert acknowledge(looking, client, "gil", key).status_code == 200
    assert acknowledge(looking, client, "gil", key).status_code == 200, "a second tap changes nothing"
    assert read(looking, client, "gil")["told"][0]["read_at"]
    assert read(looking, client, "ida")["told"][0]["read_at"] is None
    (sent,) = read(looking, client, "aino")["sent"]
    assert [(each["name"], [one["name"] for one in each["read"]]) for each in sent["venues"]] == [("The Mall", ["Gil"])]
    assert sent["written_by"] == "Aino" and looking.one("select count(*) from room_notice_read") == 1


def test_no_notice_asks_anybody_to_look_at_what_may_be_dangerous(looking: Looking, client: FlaskClient) -> None:
    assert write(looking, client, kind="please_look", incident=looking.incident).status_code == 201
    looking.change("update incident set hot_obvious = 'yes' where id = :id", id=looking.incident)
    refused = write(looking, client, kind="please_look", incident=looking.incident)
    assert refused.status_code == 422 and refused.get_json()["errors"][0]["code"] == "dangerous"
    assert write(looking, client, incident=looking.incident).status_code == 201


def test_an_area_stands_for_its_venues(looking: Looking, client: FlaskClient) -> None:
    assert write(looking, client, venues=[], areas=["centre"]).status_code == 201
    assert [each["name"] for each in read(looking, client, "aino")["sent"][0]["venues"]] == ["The Mall"]


def test_a_room_reaches_its_own_venues_and_those_in_its_areas_alone(looking: Looking, client: FlaskClient) -> None:
    far = str(uuid.uuid4())
    looking.change("insert into venue (id, key, name, lat, lon) values (:id, 'far', 'Far', 10, 10)", id=far)
    for venue in (far, str(uuid.uuid4())):
        answer = write(looking, client, venues=[venue])
        assert answer.status_code == 404
    assert write(looking, client, "carl").status_code == 201, "the mall's own room"
    assert write(looking, client, venues=[], areas=["police"]).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": " \u200b "},
        {"text": "x" * 501},
        {"text": "a\u0000b"},
        {"kind": "keep_away"},
        {"minutes": 1},
        {"minutes": 100000},
        {"venues": []},
        {"venues": ["K7QD"]},
        {"more": 1},
    ],
    ids=str,
)
def test_what_is_no_notice_is_refused(looking: Looking, client: FlaskClient, wrong: dict[str, Any]) -> None:
    assert write(looking, client, **wrong).status_code == 422
    assert looking.one("select count(*) from room_notice") == 0


def test_the_all_clear_is_the_responsible_rooms_alone(looking: Looking, client: FlaskClient) -> None:
    nothing = write(looking, client, kind="all_clear")
    assert nothing.status_code == 422 and "Say it from an incident" in nothing.get_json()["detail"]
    assert write(looking, client, kind="all_clear", incident=looking.incident).status_code == 201
    assert looking.one("select text from timeline_event where kind = 'notice_written'").startswith("All clear to The Mall:")
    for who in ("carl", "dora"):
        assert write(looking, client, who, kind="all_clear", incident=looking.incident).status_code == 404


def test_a_room_that_was_only_given_sight_is_told_why_it_may_not(looking: Looking, client: FlaskClient) -> None:
    looking.change(
        "insert into sight_grant (id, incident_id, organisation_id, from_organisation_id, reason, until, kept)"
        " values (gen_random_uuid(), :incident, :to, :by, 'a test', now() + interval '1 hour', true)",
        incident=looking.incident,
        to=looking.cast.organisations["police"],
        by=looking.cast.organisations["city"],
    )
    answer = write(looking, client, "dora", kind="all_clear", incident=looking.incident)
    assert answer.status_code == 422 and answer.get_json()["detail"] == "Only the room that works on it may give the all clear."
    assert write(looking, client, "dora", incident=looking.incident).status_code == 201


def test_a_house_is_told_nothing_of_what_is_about_its_people(looking: Looking, client: FlaskClient) -> None:
    looking.change(
        "update incident set about_staff = true, venue_id = :venue where id = :id",
        id=looking.incident,
        venue=looking.actors["gil"].venue_id,
    )
    answer = write(looking, client, incident=looking.incident)
    assert answer.status_code == 422 and "told nothing" in answer.get_json()["detail"]
    assert read(looking, client, "gil")["told"] == []


def test_where_nobody_knows_whose_people_it_is_about_no_house_is_told(looking: Looking, client: FlaskClient) -> None:
    looking.change("update incident set about_staff = true, venue_id = null where id = :id", id=looking.incident)
    answer = write(looking, client, incident=looking.incident)
    assert answer.status_code == 422 and "told nothing" in answer.get_json()["detail"]
    assert read(looking, client, "gil")["told"] == []


def test_what_is_taken_back_says_so_without_its_words(looking: Looking, client: FlaskClient) -> None:
    key = write(looking, client).get_json()["id"]
    address = f"/api/v1/notices/{key}/withdraw"
    assert client.post(address, headers=looking.cast.headers("carl")).status_code == 404
    assert client.post(address, headers=looking.cast.headers("bo")).status_code == 200
    (told,) = read(looking, client, "gil")["told"]
    assert (told["state"], told["text"]) == ("withdrawn", "")
    assert acknowledge(looking, client, "gil", key).status_code == 409
    assert client.post(address, headers=looking.cast.headers("aino")).status_code == 409
    assert read(looking, client, "aino")["sent"][0]["state"] == "withdrawn"


def test_what_has_expired_asks_nobody_any_more(looking: Looking, client: FlaskClient) -> None:
    write(looking, client)
    looking.change("update room_notice set expires_at = now() - interval '1 minute'")
    assert read(looking, client, "gil")["told"] == []
    assert read(looking, client, "aino")["sent"][0]["state"] == "expired"
    looking.change("update room_notice set expires_at = now() - interval '2 days'")
    assert read(looking, client, "aino")["sent"] == []


def test_other_houses_and_rooms_read_nothing_of_it(looking: Looking, client: FlaskClient) -> None:
    key = write(looking, client).get_json()["id"]
    elsewhere = str(uuid.uuid4())
    looking.change("insert into venue (id, key, name, lat, lon) values (:id, 'other', 'Other', 10, 10)", id=elsewhere)
    looking.change("update account set venue_id = :venue where name = 'Hana'", venue=elsewhere)
    assert read(looking, client, "hana") == {"items": [], "sent": [], "told": []}
    assert acknowledge(looking, client, "hana", key).status_code == 404
    for who in ("carl", "dora"):
        assert read(looking, client, who)["sent"] == []


def test_hostile_words_stay_words(looking: Looking, client: FlaskClient) -> None:
    assert write(looking, client, text=HOSTILE).status_code == 201
    page = client.get("/venue/", headers=looking.cast.headers("gil")).text
    assert "<img src=x" not in page and "&lt;img" in page and "{{ 7*7 }}" in page
