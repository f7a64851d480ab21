"""Who gets a report, said before it is sent: what routing itself would choose, or nothing; and nothing of the place is kept."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.bootstrap import adapters
from reporting.domain.categories import CODES
from reporting.domain.facts import Point, RoutingFacts
from reporting.queries.responsible import Whereabouts, room_for, room_of_house
from reporting.queries.watching import forget
from reporting.services.unit_of_work import unit_of_work
from tests.cast import Cast
from worker.routing.choose import choose
from worker.routing.task import map_of

pytestmark = pytest.mark.db

INSIDE = {"lat": 60.169, "lon": 24.94, "accuracy_m": 18, "source": "gps"}


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    forget()
    yield
    forget()


def ask(client: FlaskClient, **said: object) -> dict:
    answer = client.post("/api/v1/room", json={"category": "other", **said})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def test_the_room_of_a_place_is_named(client: FlaskClient, cast: Cast) -> None:
    assert ask(client, location=INSIDE)["room"] == "City room"


def test_without_a_place_nothing_is_promised(client: FlaskClient, cast: Cast) -> None:
    assert ask(client) == {"room": "", "watched": "unknown", "phone": ""}
    assert ask(client, location={"lat": -33.0, "lon": 151.0}) == {"room": "", "watched": "unknown", "phone": ""}


def test_a_venues_own_room_is_named_but_not_for_a_report_about_its_staff(client: FlaskClient, cast: Cast) -> None:
    own = ask(client, venue="k7qd")["room"]
    about = ask(client, venue="k7qd", about_staff=True)["room"]
    assert own and own != about


@pytest.mark.parametrize("code", ["", "ZZZZ", "x" * 40, "k7qd\u0000", "'; drop table report"])
def test_an_unknown_code_changes_nothing(client: FlaskClient, cast: Cast, code: str) -> None:
    answer = client.post("/api/v1/room", json={"category": "other", "venue": code, "location": INSIDE})
    assert answer.status_code == 422 or answer.get_json()["room"] == "City room"


def test_what_is_said_is_what_routing_chooses(web_app: Flask, cast: Cast, owner: Engine) -> None:
    with web_app.app_context(), unit_of_work() as work:
        current = map_of(work.session)
        names = {room.id: room.name for room in current.rooms.organisations}
        said = 0
        for category in CODES:
            for step in range(25):
                point = Point(60.160 + step * 0.0009, 24.930 + step * 0.0011, 15.0, "gps")
                found = room_for(Whereabouts(category, point))
                chosen = _chosen(current, category, point, group_b=False)
                if found is not None:
                    said += 1
                    assert found.room == _public(owner, chosen), (category, step, names[chosen])
        assert said > 20


def _chosen(current, category: str, point: Point, *, group_b: bool) -> str:  # type: ignore[no-untyped-def]
    from_facts = _facts(category, point, group_b)
    return str(choose(from_facts, current.index, current.rooms.organisations).organisation_id)


def _facts(category: str, point: Point, group_b: bool) -> RoutingFacts:
    return RoutingFacts(category=category, at=adapters().clock(), point=point, group_b=group_b)


def _public(owner: Engine, key: str) -> str:
    with owner.connect() as connection:
        return str(connection.execute(text("select public_name from organisation where id = :key"), {"key": key}).scalar())


def test_the_place_travels_in_the_body_alone_and_nothing_is_kept(client: FlaskClient, cast: Cast, owner: Engine) -> None:
    assert client.get("/api/v1/room", query_string={"lat": 60.1}).status_code == 405
    with owner.connect() as connection:
        before = connection.execute(text("select count(*) from audit_event")).scalar()
    ask(client, location=INSIDE)
    with owner.connect() as connection:
        traces = connection.execute(text("select count(*) from trace")).scalar()
        events = connection.execute(text("select count(*) from audit_event")).scalar()
    assert (traces, events) == (0, before)


def test_a_forged_question_is_refused(client: FlaskClient) -> None:
    for said in (
        {},
        {"category": "bomb"},
        {"category": "other", "more": 1},
        {"category": "other", "location": {"lat": 91, "lon": 0}},
    ):
        assert client.post("/api/v1/room", json=said).status_code == 422


def test_a_house_names_the_room_that_gets_whatever_its_staff_flag(web_app: Flask, cast: Cast, owner: Engine) -> None:
    with web_app.app_context():
        found = room_of_house("K7QD")
        assert found is not None
        assert found.room == _public(owner, cast.organisations["mall"])
        assert room_of_house("ZZZZ") is None
