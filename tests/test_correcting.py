"""Correcting kind and place: told, undone exactly, and routed anew without anything moving silently."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from tests.cast import MALL_POINT, Cast
from tests.test_line import file, rows, run
from tests.worker.routing.test_reroute import events, incident, shown, step
from worker.line import run_errands

pytestmark = pytest.mark.db


def look(line_app: Flask, owner: Engine) -> None:
    """The line looks again at what was corrected."""
    with line_app.app_context():
        letters = [row.subject_id for row in rows(owner, "select subject_id from outbox where job = 'look_again'")]
        assert letters and run_errands(jobs.LOOK_AGAIN, letters) == len(letters)
    assert rows(owner, "select count(*) from outbox") == [(0,)]


def correct(client: FlaskClient, cast: Cast, key: str, **said: Any) -> Any:
    version = shown(client, cast, "aino", key).get_json()["version"]
    return client.post(f"/api/v1/incidents/{key}/correct", json={"version": version, **said}, headers=cast.headers("aino"))


def test_what_nobody_has_seen_moves_to_whose_place_it_is(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    key = incident(client, cast, line_app)
    at = {"lat": MALL_POINT["lat"], "lon": MALL_POINT["lon"]}
    assert correct(client, cast, key, **at, place="Mall, north door", text="The phone was wrong").status_code == 200
    kind, said = events(owner, key)[-1]
    assert kind == "corrected" and said.endswith("to “Mall, north door”. The phone was wrong")
    look(line_app, owner)
    assert shown(client, cast, "aino", key).status_code == 404
    assert rows(owner, "select o.slug from incident i join organisation o on o.id = i.organisation_id") == [("mall",)]
    (said,) = [said for kind, said in events(owner, key) if kind == "moved"]
    assert "because its kind or place was corrected" in said


def test_what_somebody_works_on_stays_and_says_where_it_would_go(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    key = incident(client, cast, line_app)
    step(client, cast, key, "take")
    assert correct(client, cast, key, lat=MALL_POINT["lat"], lon=MALL_POINT["lon"]).status_code == 200
    look(line_app, owner)
    assert shown(client, cast, "aino", key).status_code == 200
    kind, said = events(owner, key)[-1]
    assert kind == "would_move" and said.startswith("Its kind or place was corrected. By now it would go to")


def test_the_kind_is_told_by_its_name_and_undone_exactly(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    key = incident(client, cast, line_app)
    before = rows(owner, "select category, lat, lon, cell, place from incident")
    done = correct(client, cast, key, category="drone", lat=60.2, lon=24.9).get_json()
    assert rows(owner, "select category, lat, lon from incident") == [("drone", 60.2, 24.9)]
    assert "kind from “" in events(owner, key)[-1][1]
    undone = client.post(f"/api/v1/undo/{done['event_id']}", json={}, headers=cast.headers("aino"))
    assert undone.status_code == 200, undone.data
    assert rows(owner, "select category, lat, lon, cell, place from incident") == before
    look(line_app, owner)


def test_what_it_is_already_is_no_change(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    key = incident(client, cast, line_app)
    stands = shown(client, cast, "aino", key).get_json()
    told = correct(client, cast, key, category=stands["category"], place=stands["location"]["label"]).get_json()
    assert (told["version"], told["event_id"]) == (stands["version"], None)
    assert rows(owner, "select count(*) from outbox") == [(0,)]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"category": "ufo"}, "category"),
        ({"lat": 60.0}, "lon"),
        ({"lon": 24.0}, "lat"),
        ({"lat": 91, "lon": 0}, "lat"),
        ({"place": "x" * 201}, "place"),
        ({"text": "x" * 501}, "text"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_fields_are_named(client: FlaskClient, cast: Cast, line_app: Flask, said: dict[str, Any], field: str) -> None:
    refused = correct(client, cast, incident(client, cast, line_app), **said)
    assert refused.status_code == 422 and [each["field"] for each in refused.get_json()["errors"]] == [field]


def test_a_closed_incident_is_not_corrected(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    key = incident(client, cast, line_app)
    step(client, cast, key, "close", outcome="nothing_found", text="Somebody looked, and there was nothing.")
    assert correct(client, cast, key, category="drone").status_code == 409


def test_what_is_about_staff_stays_hidden_from_their_house_wherever_it_is_put(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    run(line_app, file(client, about_staff=True, location=MALL_POINT))
    with owner.begin() as connection:
        before = connection.execute(text("select id, venue_id, hidden_from from incident")).one()
    held_by = next(name for name in ("aino", "dora") if shown(client, cast, name, str(before.id)).status_code == 200)
    version = shown(client, cast, held_by, str(before.id)).get_json()["version"]
    told = client.post(
        f"/api/v1/incidents/{before.id}/correct",
        json={"version": version, "lat": 60.1699, "lon": 24.9384},
        headers=cast.headers(held_by),
    )
    assert told.status_code == 200, told.data
    look(line_app, owner)
    assert rows(owner, "select venue_id, hidden_from from incident") == [(before.venue_id, before.hidden_from)]
