"""Several people and the line at once: nothing is lost, nothing blocks for good, and nobody overwrites anybody."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from reporting import jobs
from tests.cast import Cast, a_report, new_key
from tests.test_joins import NEAR, Desk
from worker.grouping.task import group
from worker.line import run_line
from worker.triage.task import triage

pytestmark = pytest.mark.db

ROUNDS = 6


@pytest.fixture
def desk(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> Desk:
    return Desk(client, cast, line_app, owner)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Starts the deeds together and returns what each came to; a deadlock would be an error or would never end."""
    gate = threading.Barrier(len(deeds))

    def begin(deed: Callable[[], Any]) -> Any:
        gate.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [each.result(timeout=60) for each in [pool.submit(begin, deed) for deed in deeds]]


def step(desk: Desk, web: Flask, action: str, incident: str, who: str = "aino", **body: Any) -> Callable[[], int]:
    """A step by a client of its own; its status."""

    def deed() -> int:
        path = f"/api/v1/incidents/{incident}/{action}"
        return web.test_client().post(path, json=body, headers=desk.cast.headers(who)).status_code

    return deed


def lined(desk: Desk, job: str, *reports: str) -> Callable[[], int]:
    """The line works on these reports."""

    def deed() -> int:
        with desk.line.app_context():
            return run_line(job, [uuid.UUID(each) for each in reports])

    return deed


def books(desk: Desk) -> None:
    """Every report is on an incident that is not merged, and every count is right."""
    wrong = (
        "select 1 from report r left join incident i on i.id = r.incident_id where i.id is null or i.merged_into_id is not null"
    )
    assert desk.ask(wrong) == []
    counted = "select 1 from incident i where report_count <> (select count(*) from report r where r.incident_id = i.id)"
    assert desk.ask(counted) == []


def waiting(desk: Desk, **changes: Any) -> str:
    """A report that triage has read and grouping has not."""
    report: str = desk.client.post("/api/v1/reports", json=a_report(**changes), headers=new_key()).get_json()["id"]
    with desk.line.app_context():
        assert triage([uuid.UUID(report)])
    return report


def test_two_who_merge_crosswise_wait_for_each_other_and_one_wins(desk: Desk, web_app: Flask) -> None:
    for _ in range(ROUNDS):
        pair = [desk.on(desk.filed(category="drone", description=f"Thing {uuid.uuid4()}", location=NEAR)) for _ in range(2)]
        desk.ask("update incident set status = 'closed' where id <> all(cast(:ids as uuid[])) returning 1", ids=pair)
        if pair[0] == pair[1]:
            continue
        one, other = pair
        told = at_once(
            step(desk, web_app, "merge", one, version=desk.see(one)["version"], other=other),
            step(desk, web_app, "merge", other, "bo", version=desk.see(other)["version"], other=one),
        )
        assert sorted(told) == [200, 409]
        books(desk)


def test_a_report_that_joins_while_its_incident_is_merged_is_on_the_survivor(desk: Desk, web_app: Flask) -> None:
    for _ in range(ROUNDS):
        desk.ask("update incident set status = 'closed' returning 1")
        joined = desk.on(desk.filed())
        survivor = desk.on(desk.filed(category="drone", description="A drone above the square", location=NEAR))
        late = waiting(desk, description="Grey holdall left beside the ticket machine")
        told = at_once(
            step(desk, web_app, "merge", survivor, version=desk.see(survivor)["version"], other=joined),
            lined(desk, jobs.GROUPING, late),
        )
        assert told[0] == 200
        lined(desk, jobs.GROUPING, late)()
        assert desk.see(joined)["merged_into"]["id"] == survivor
        assert desk.on(late) != joined
        books(desk)


def test_taking_out_while_the_line_routes_loses_nothing(desk: Desk, web_app: Flask) -> None:
    for _ in range(ROUNDS):
        desk.ask("update incident set status = 'closed' returning 1")
        first = desk.on(desk.filed())
        copy = waiting(desk, description="Grey holdall left beside the ticket machine")
        with desk.line.app_context():
            group([uuid.UUID(copy)])
        assert desk.on(copy) == first
        told = at_once(
            step(desk, web_app, "split", first, version=desk.see(first)["version"], reports=[copy]),
            lined(desk, jobs.ROUTING, copy),
        )
        assert told[0] == 200
        lined(desk, jobs.ROUTING, copy)()
        assert desk.on(copy) != first and desk.see(desk.on(copy))["organisation"]["name"] == "City room"
        assert desk.ask("select count(*) from outbox where dead_at is not null") == [(0,)]
        books(desk)


def test_two_who_undo_the_same_step_undo_it_once(desk: Desk, web_app: Flask) -> None:
    one = desk.on(desk.filed())
    other = desk.on(desk.filed(category="drone", description="A drone above the square", location=NEAR))
    event = desk.do("merge", one, other=other)["event_id"]

    def undo(who: str) -> Callable[[], int]:
        return lambda: web_app.test_client().post(f"/api/v1/undo/{event}", headers=desk.cast.headers(who)).status_code

    assert sorted(at_once(undo("aino"), undo("bo"))) == [200, 409]
    books(desk)
