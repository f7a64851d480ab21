"""Second opinions are off by default, stand beside the assessment, and change nothing else whatever the plug-in does."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.config import Settings
from tests.cast import Cast, a_report, new_key
from tests.worker.second_opinion.conftest import Install
from worker.app import celery_app
from worker.line import run_line
from worker.second_opinion import task

pytestmark = pytest.mark.db

TELLING = (
    "select report_id, score, priority, relevant, lane, rule_set, findings from assessment",
    "select id, priority, status, due_at, version, summary, lane from incident",
    "select incident_id, kind, text from timeline_event",
    "select count(*) from live_event",
    "select count(*) from outbox",
)
SwitchOn = Callable[[str], None]


@pytest.fixture
def switch_on(line_app: Flask, monkeypatch: pytest.MonkeyPatch, install: Install) -> SwitchOn:
    """Sets the plug-in for the line."""
    ours = line_app.extensions["reporting"]

    def on(name: str) -> None:
        changed = replace(ours.settings, second_opinion=install(name), second_opinion_seconds=1)
        monkeypatch.setitem(line_app.extensions, "reporting", replace(ours, settings=changed))

    return on


def filed(client: FlaskClient, line_app: Flask, **told: Any) -> str:
    report_id = client.post("/api/v1/reports", json=a_report(**told), headers=new_key()).get_json()["id"]
    with line_app.app_context():
        run_line(jobs.TRIAGE, [uuid.UUID(report_id)])
    return str(report_id)


def taken(line_app: Flask) -> int:
    with line_app.app_context():
        return task.take_second_opinions()


def everything(owner: Engine) -> list[list[Any]]:
    with owner.connect() as connection:
        return [sorted(map(str, connection.execute(text(statement)).all())) for statement in TELLING]


def opinions(owner: Engine) -> list[Any]:
    with owner.connect() as connection:
        asked = "select report_id::text, plug_in, state, priority, sentence from second_opinion order by at, id"
        return [tuple(row) for row in connection.execute(text(asked)).all()]


def test_it_is_off_by_default(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    filed(client, line_app)
    assert Settings().second_opinion == ""
    assert taken(line_app) == 0 and opinions(owner) == []
    assert "second opinion" not in celery_app(Settings(redis_url="redis://127.0.0.1:1/0")).conf.beat_schedule


def test_the_clock_rings_where_it_is_on() -> None:
    on = Settings(redis_url="redis://127.0.0.1:1/0", second_opinion="any")
    assert celery_app(on).conf.beat_schedule["second opinion"]["task"] == jobs.SECOND_OPINION


def test_it_stands_beside_the_assessment(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, switch_on: SwitchOn
) -> None:
    switch_on("good")
    report = filed(client, line_app)
    assert taken(line_app) == 1
    assert opinions(owner) == [(report, "good", "given", 1, "Looks like unattended_item")]
    seen = client.get(f"/api/v1/reports/{report}", headers=cast.headers("aino")).get_json()
    wanted = {"plug_in": "good", "state": "given", "priority": 1, "sentence": "Looks like unattended_item"}
    assert seen["second_opinion"] == wanted
    assert seen["assessment"]["priority"] != 1


def test_nobody_is_asked_twice(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, switch_on: SwitchOn) -> None:
    switch_on("raises")
    filed(client, line_app)
    assert (taken(line_app), taken(line_app)) == (1, 0)
    assert len(opinions(owner)) == 1


@pytest.fixture(params=["good", "raises", "dies", "hangs", "nonsense", "endless", "cannot_be_loaded"])
def whatever(request: pytest.FixtureRequest, switch_on: SwitchOn) -> Callable[[], None]:
    """Switches on one plug-in after the other."""
    return lambda: switch_on(request.param)


def test_nothing_else_changes_whatever_it_does(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, whatever: Callable[[], None]
) -> None:
    filed(client, line_app, hot={"hidden": "yes", "obvious": "yes", "typical": "no"})
    filed(client, line_app, category="other", location=None, place="Somewhere else", description="A loud party")
    before, queue = everything(owner), client.get("/api/v1/incidents", headers=cast.headers("aino")).get_json()
    assert len(queue["items"]) == 2
    whatever()
    assert taken(line_app) >= 1
    assert everything(owner) == before
    assert client.get("/api/v1/incidents", headers=cast.headers("aino")).get_json() == queue


def test_the_same_report_is_judged_the_same_with_and_without(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, switch_on: SwitchOn
) -> None:
    told = {"category": "threat", "description": "He says he will burn the house down", "location": None, "place": "By telephone"}
    filed(client, line_app, **told)
    switch_on("good")
    filed(client, line_app, **told)
    taken(line_app)
    filed(client, line_app, **told)
    with owner.connect() as connection:
        judged = connection.execute(text("select score, priority, findings::text from assessment")).all()
    assert len(judged) == 3 and len({tuple(row) for row in judged}) == 1
