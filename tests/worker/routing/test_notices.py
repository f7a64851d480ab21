"""Who is told of an incident that is not theirs, what they read of it, and when that ends."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.services import accounts, notices, venues
from reporting.services.accounts import NewAccount
from reporting.services.unit_of_work import unit_of_work
from reporting.services.venues import NewVenue
from tests.cast import MALL_POINT, Cast
from tests.test_line import file, run

pytestmark = pytest.mark.db

WORD = "marmoset"
SAID = {"description": f"A bag with a {WORD} on it", "place": f"under the {WORD} poster"}
DANGER = {"hidden": "yes", "obvious": "yes", "typical": "no"}


def told(client: FlaskClient, cast: Cast, who: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/notices", headers=cast.headers(who))
    assert answer.status_code == 200
    assert WORD not in answer.get_data(as_text=True)
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def a_library(cast: Cast, line_app: Flask) -> str:
    """Premises without a room, where Lea signs in; their code."""
    with line_app.app_context():
        code = venues.add_venue(NewVenue(key="library", name="City Library", lat=60.1690, lon=24.9400))
        with_people = venues.listed()
        assert with_people[0]["people"] == 0
    return code


def employ_lea(cast: Cast, line_app: Flask, owner: Engine) -> None:
    with owner.connect() as connection:
        venue = str(connection.execute(text("select id from venue where key = 'library'")).scalar())
    with line_app.app_context():
        lea = accounts.create_account(NewAccount(role="venue_staff", name="Lea", email="lea@example.org", venue_id=venue))
        cast.tokens["lea"] = accounts.issue_token(lea.account_id, "tests")


Library = tuple[Cast, Flask, str]


@pytest.fixture
def library(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> Library:
    """The library with Lea in it; its code."""
    code = a_library(cast, line_app)
    employ_lea(cast, line_app, owner)
    return cast, line_app, code


def test_the_town_is_told_of_a_venues_incident_and_cannot_open_it(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    run(line_app, file(client, **SAID, venue="K7QD", location=MALL_POINT))
    (notice,) = told(client, cast, "aino")
    assert (notice["kind"], notice["held_by"], notice["category"]) == ("for_information", "Mall room", "unattended_item")
    assert notice["location"]["label"] == "The Mall, North door"
    assert told(client, cast, "eve") == [notice]
    assert told(client, cast, "dora") == told(client, cast, "carl") == told(client, cast, "gil") == []
    with owner.connect() as connection:
        key = connection.execute(text("select id from incident")).scalar()
    assert client.get(f"/api/v1/incidents/{key}", headers=cast.headers("aino")).status_code == 404
    page = client.get("/control/", headers=cast.headers("aino")).get_data(as_text=True)
    assert "For information" in page and "The Mall, North door" in page and WORD not in page
    mine = client.get(f"/api/v1/incidents/{key}", headers=cast.headers("carl")).get_json()
    assert [each["organisation"] for each in mine["assignment"]["informed"]] == ["City room"]
    assert any(event["kind"] == "informed" and "City room" in event["text"] for event in mine["timeline"])


def test_a_notice_follows_its_incident_and_ends_with_it(client: FlaskClient, cast: Cast, line_app: Flask) -> None:
    run(line_app, file(client, **SAID, venue="K7QD", location=MALL_POINT))
    assert told(client, cast, "aino")[0]["priority"] == 3
    run(line_app, file(client, **SAID, venue="K7QD", location=MALL_POINT, hot=DANGER))
    assert told(client, cast, "aino")[0]["priority"] == 2
    (item,) = client.get("/api/v1/incidents", headers=cast.headers("carl")).get_json()["items"]
    address, carl = f"/api/v1/incidents/{item['id']}", cast.headers("carl")
    raised = client.post(f"{address}/priority", json={"version": item["version"], "priority": 1, "reason": "Wires"}, headers=carl)
    assert told(client, cast, "aino")[0]["priority"] == 1
    done = {
        "version": raised.get_json()["version"],
        "outcome": "nothing_found",
        "text": "Looked at the bag and found nothing in it.",
    }
    assert client.post(f"{address}/close", json=done, headers=carl).status_code == 200
    assert told(client, cast, "aino") == []


def test_staff_of_a_venue_without_a_room_is_asked_to_look(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    code = a_library(cast, line_app)
    employ_lea(cast, line_app, owner)
    run(line_app, file(client, **SAID, venue=code))
    (notice,) = told(client, cast, "lea")
    assert (notice["kind"], notice["number"], notice["location"]["lat"]) == ("please_look", None, None)
    assert notice["location"]["label"] == "City Library"
    page = client.get("/venue/", headers=cast.headers("lea")).get_data(as_text=True)
    assert "<strong>Please look</strong>" in page and "City Library" in page and WORD not in page
    assert "From the control room" not in client.get("/venue/", headers=cast.headers("gil")).get_data(as_text=True)
    assert told(client, cast, "gil") == []


def test_nobody_is_sent_near_a_danger_to_life(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    code = a_library(cast, line_app)
    employ_lea(cast, line_app, owner)
    run(line_app, file(client, category="threat", description="He has a gun and is shooting at people right now", venue=code))
    (notice,) = told(client, cast, "lea")
    assert (notice["kind"], notice["priority"]) == ("keep_away", 1)
    page = client.get("/venue/", headers=cast.headers("lea")).get_data(as_text=True)
    assert "<strong>Keep away, and keep others away</strong>" in page and "<strong>Please look" not in page


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({"hot": DANGER}, ("keep_away", "Keep away, and keep others away")),
        ({"hot": {"hidden": "yes", "obvious": "no", "typical": "no"}}, ("keep_away", "Keep away, and keep others away")),
        ({"description": "Somebody has a large knife in his belt"}, ("keep_away", "Keep away, and keep others away")),
        (
            {"category": "suspicious_behaviour", "behaviours": ["TESTSEC"]},
            ("for_information", "Do not follow or photograph people."),
        ),
        ({"category": "suspicious_vehicle", "description": "A van stands there"}, ("for_information", "Stay away from it.")),
    ],
)
def test_nobody_is_asked_to_look_at_what_may_be_dangerous_or_at_people(
    library: Library, client: FlaskClient, owner: Engine, said: dict[str, Any], read: tuple[str, str]
) -> None:
    (kind, words), (cast, line_app, code) = read, library
    run(line_app, file(client, **{**SAID, **said}, venue=code))
    (notice,) = told(client, cast, "lea")
    assert notice["kind"] == kind and notice["priority"] > 1 and "Please look" not in notice["reason"]
    page = client.get("/venue/", headers=cast.headers("lea")).get_data(as_text=True)
    assert words in page and "<strong>Please look" not in page
    with owner.connect() as connection:
        line = connection.execute(text("select text from timeline_event where kind = 'informed'")).scalar()
    assert "asked to look" not in str(line)


def test_who_was_asked_to_look_is_told_to_keep_away_when_it_gets_worse(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    code = a_library(cast, line_app)
    employ_lea(cast, line_app, owner)
    run(line_app, file(client, **SAID, venue=code))
    assert told(client, cast, "lea")[0]["kind"] == "please_look"
    run(line_app, file(client, **SAID, venue=code, hot=DANGER))
    (notice,) = told(client, cast, "lea")
    assert notice["kind"] == "keep_away" and "Do not go near" in notice["reason"]


@pytest.mark.parametrize(
    "said", [{"about_staff": True}, {"description": "He looked foreign", "category": "suspicious_behaviour"}]
)
def test_what_is_about_staff_or_only_about_looks_is_told_to_nobody(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, said: dict[str, Any]
) -> None:
    code = a_library(cast, line_app)
    employ_lea(cast, line_app, owner)
    run(line_app, file(client, **{**SAID, **said}, venue=code))
    run(line_app, file(client, **{**SAID, **said}, venue="K7QD"))
    for who in ("lea", "gil", "aino", "carl", "dora"):
        assert told(client, cast, who) == []


def test_without_people_at_the_venue_nobody_is_asked(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    run(line_app, file(client, **SAID, venue=a_library(cast, line_app)))
    with owner.connect() as connection:
        assert connection.execute(text("select count(*) from notice where venue_id is not null")).scalar() == 0


def test_a_notice_comes_back_with_its_incident_and_not_when_others_are_told(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    run(line_app, file(client, **SAID, venue="K7QD", location=MALL_POINT))
    (item,) = client.get("/api/v1/incidents", headers=cast.headers("carl")).get_json()["items"]
    address, carl = f"/api/v1/incidents/{item['id']}", cast.headers("carl")
    done = {"version": item["version"], "outcome": "nothing_found", "text": "Looked at the bag and found nothing in it."}
    closed = client.post(f"{address}/close", json=done, headers=carl).get_json()["version"]
    assert told(client, cast, "aino") == []
    assert (
        client.post(f"{address}/reopen", json={"version": closed, "text": "It is there again"}, headers=carl).status_code == 200
    )
    assert len(told(client, cast, "aino")) == 1
    with line_app.app_context(), unit_of_work() as work:
        notices.tell(work.session, [uuid.UUID(item["id"])], [])
        notices.follow(work.session, [uuid.UUID(item["id"])])
    assert told(client, cast, "aino") == []


def test_a_notice_ends_when_its_incident_turns_out_to_be_about_the_house(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    run(line_app, file(client, **SAID, venue="K7QD", location=MALL_POINT))
    with owner.begin() as connection:
        hidden = text("update incident set hidden_from = array[cast(:city as uuid)] returning id")
        key = connection.execute(hidden, {"city": cast.organisations["city"]}).scalar_one()
    with line_app.app_context(), unit_of_work() as work:
        notices.follow(work.session, [key])
    assert told(client, cast, "aino") == []
