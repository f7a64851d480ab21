"""When areas change: who is not yet seen moves and both rooms read why; what somebody works on is only pointed out."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.services import jurisdictions
from reporting.services.jurisdictions import NewArea
from tests.cast import Cast
from tests.test_line import file, run
from worker.line import run_errands

pytestmark = pytest.mark.db

AROUND = {
    "type": "Polygon",
    "coordinates": [[[24.939, 60.168], [24.941, 60.168], [24.941, 60.170], [24.939, 60.170], [24.939, 60.168]]],
}


def take_over(line_app: Flask, owner: Engine, **changes: Any) -> None:
    """The police gets a small area around the city's point, and the line looks at what that means."""
    with line_app.app_context():
        jurisdictions.replace_areas("police", [NewArea(key="square", name="The square", geometry=AROUND, **changes)])
        with owner.connect() as connection:
            letters = list(connection.execute(text("select subject_id from outbox where job = 'reroute'")).scalars())
        assert letters
        run_errands(jobs.REROUTE, letters)
    with owner.connect() as connection:
        assert connection.execute(text("select count(*) from outbox")).scalar() == 0


def shown(client: FlaskClient, cast: Cast, who: str, key: str) -> Any:
    return client.get(f"/api/v1/incidents/{key}", headers=cast.headers(who))


def incident(client: FlaskClient, cast: Cast, line_app: Flask) -> str:
    run(line_app, file(client))
    (item,) = client.get("/api/v1/incidents", headers=cast.headers("aino")).get_json()["items"]
    return str(item["id"])


def step(client: FlaskClient, cast: Cast, key: str, path: str, **said: Any) -> None:
    version = shown(client, cast, "aino", key).get_json()["version"]
    headers = cast.headers("aino")
    answer = client.post(f"/api/v1/incidents/{key}/{path}", json={"version": version, **said}, headers=headers)
    assert answer.status_code == 200, answer.data


def events(owner: Engine, key: str) -> list[tuple[str, str]]:
    with owner.connect() as connection:
        rows = connection.execute(text("select kind, text from timeline_event where incident_id = :id order by at"), {"id": key})
        return [tuple(row) for row in rows]


def test_what_nobody_has_seen_moves_with_its_history(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    key = incident(client, cast, line_app)
    before = shown(client, cast, "aino", key).get_json()["version"]
    take_over(line_app, owner)
    assert shown(client, cast, "aino", key).status_code == 404
    found = shown(client, cast, "dora", key).get_json()
    assert (found["organisation"]["name"], found["version"]) == ("Police room", before + 1)
    assert found["assignment"]["area"] == "The square"
    kind, said = events(owner, key)[-1]
    assert kind == "moved"
    assert said.startswith("Moved from City room to Police room because the areas were changed: The place lies in The square")
    with owner.connect() as connection:
        told = connection.execute(
            text(
                "select o.slug, e.kind from live_event e join organisation o on o.id = e.organisation_id"
                " where incident_id = :id order by e.id desc limit 2"
            ),
            {"id": key},
        )
        assert {tuple(row) for row in told} == {("city", "moved"), ("police", "opened")}
        assert connection.execute(text("select count(*) from assignment")).scalar() == 2, "the first one stays"


@pytest.mark.parametrize("deed", [("acknowledge", {}), ("take", {})])
def test_what_somebody_works_on_stays_and_is_pointed_out_once(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, deed: tuple[str, dict[str, Any]]
) -> None:
    key = incident(client, cast, line_app)
    step(client, cast, key, deed[0], **deed[1])
    take_over(line_app, owner)
    take_over(line_app, owner)
    found = shown(client, cast, "aino", key).get_json()
    assert found["organisation"]["name"] == "City room"
    pointed_out = [said for kind, said in events(owner, key) if kind == "would_move"]
    assert len(pointed_out) == 1
    assert "By now it would go to Police room" in pointed_out[0] and "Nothing was moved" in pointed_out[0]


def test_what_a_person_placed_stays(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    key = incident(client, cast, line_app)
    with owner.begin() as connection:
        connection.execute(
            text(
                "insert into timeline_event (id, incident_id, kind, actor_id, actor, text)"
                " values (:new, :id, 'assigned', :who, 'Aino', 'Given to Parks')"
            ),
            {"new": uuid.uuid4(), "id": key, "who": cast.people["aino"].account_id},
        )
    take_over(line_app, owner)
    assert shown(client, cast, "aino", key).status_code == 200
    assert [kind for kind, _said in events(owner, key)][-1] == "would_move"


def test_closed_ones_and_areas_that_change_nothing_leave_no_trace(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    key = incident(client, cast, line_app)
    take_over(line_app, owner, categories=("drone",))
    assert [kind for kind, _said in events(owner, key)] == ["opened", "routed"]
    step(client, cast, key, "acknowledge")
    step(client, cast, key, "close", outcome="nothing_found", text="Somebody looked at the place and found nothing.")
    with line_app.app_context():
        jurisdictions.replace_areas("police", [NewArea(key="square", name="The square", geometry=AROUND)])
    with owner.connect() as connection:
        assert connection.execute(text("select count(*) from outbox")).scalar() == 0, "nothing is open: nobody is rung for"


def test_within_a_room_it_moves_to_the_rows_own_desk(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    key = incident(client, cast, line_app)
    with line_app.app_context():
        jurisdictions.change_organisation("city", jurisdictions.OrganisationSettings(add_desks=("Parks",)))
        jurisdictions.replace_areas("city", [NewArea(key="square", name="The square", geometry=AROUND, desk="Parks")])
        with owner.connect() as connection:
            run_errands(jobs.REROUTE, list(connection.execute(text("select subject_id from outbox")).scalars()))
    assert shown(client, cast, "aino", key).get_json()["desk"] == "Parks"
    assert events(owner, key)[-1][1].startswith("Stays with City room, at another desk")
