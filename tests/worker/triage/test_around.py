"""What lies around a report reaches triage: events of the calendar, urgent incidents nearby, the kind of venue, the hour."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from reporting import jobs
from reporting.cli import calendar
from reporting.domain.errors import Refused
from reporting.extensions import db
from reporting.queries import facts
from reporting.queries.around import with_surroundings
from reporting.services.calendar import NewEvent, replace_events
from tests.cast import CITY_POINT, Cast, a_report, new_key
from worker.line import run_line

pytestmark = pytest.mark.db

NOW = datetime.now(UTC)
FAR = {**CITY_POINT, "lat": CITY_POINT["lat"] - 0.008}


def concert(**changes: Any) -> NewEvent:
    told: dict[str, Any] = {
        "key": "c1", "name": "Harbour concert", "lat": CITY_POINT["lat"], "lon": CITY_POINT["lon"], "radius_m": 300.0,
        "starts_at": NOW - timedelta(hours=1), "ends_at": NOW + timedelta(hours=2),
    }  # fmt: skip
    return NewEvent(**{**told, **changes})


def file(client: FlaskClient, **changes: Any) -> uuid.UUID:
    answer = client.post("/api/v1/reports", json=a_report(**changes), headers=new_key())
    assert answer.status_code == 201, answer.data
    return uuid.UUID(answer.get_json()["id"])


def run(line_app: Flask, *ids: uuid.UUID) -> None:
    with line_app.app_context():
        run_line(jobs.TRIAGE, ids)


def findings(owner: Engine, report: uuid.UUID) -> dict[str, str]:
    with owner.connect() as connection:
        told = connection.scalar(text("select findings from assessment where report_id = :id"), {"id": report})
    return {each["rule"]: each["reason"] for each in told}


def test_an_event_of_the_calendar_counts_at_its_place_and_hour(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    with line_app.app_context():
        assert replace_events("city", [concert(), concert(key="c2", name="Over", ends_at=NOW - timedelta(minutes=70),
                                                          starts_at=NOW - timedelta(hours=9))]) == 2  # fmt: skip
    there, elsewhere = file(client), file(client, location=FAR)
    run(line_app, there, elsewhere)
    assert findings(owner, there)["context.event"] == "During an event at this place: Harbour concert."
    assert "context.event" not in findings(owner, elsewhere)


def test_an_urgent_incident_nearby_counts_and_does_not_tell_what_it_is(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    near = {**CITY_POINT, "lat": CITY_POINT["lat"] + 0.002}
    run(line_app, file(client, category="other", description="Shots fired in the square, people running", hot={}))
    after = file(client, location=near, category="suspicious_behaviour", description="Somebody tries the doors", hot={})
    far = file(client, location=FAR, category="suspicious_behaviour", description="Somebody tries the doors", hot={})
    run(line_app, after, far)
    said = findings(owner, after)["context.threat"]
    assert said.startswith("Something urgent was reported about 200 m away") and "shot" not in said.lower()
    assert "context.threat" not in findings(owner, far)


def test_one_device_does_not_raise_its_own_next_report(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    bad = {"hidden": "yes", "obvious": "yes", "typical": "no"}
    run(line_app, file(client, hot=bad))
    after = file(client, category="suspicious_behaviour", description="Somebody tries the doors", hot={})
    run(line_app, after)
    assert "context.threat" not in findings(owner, after), "priority 2 from one source, seen by nobody"


def test_a_venue_code_tells_the_kind_of_place(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    with owner.begin() as connection:
        code = connection.scalar(text("select code from place_code limit 1"))
        connection.execute(text("update venue set kind = 'station'"))
    report = file(client, venue=code, description="Box with tape on it")
    run(line_app, report)
    assert "context.place" in findings(owner, report)


def test_a_whole_batch_costs_one_statement(client: FlaskClient, cast: Cast, line_app: Flask) -> None:
    ids = [file(client) for _ in range(5)]
    with line_app.app_context():
        reports = facts.reports(db.session(), ids)
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: asked.append(statement))
        around = with_surroundings(db.session(), reports, "Europe/Helsinki")
        db.session.rollback()
    assert len(asked) == 1
    assert [each.id for each in around] == [each.id for each in reports]
    assert all(each.hour is not None for each in around)


@pytest.mark.parametrize(
    "wrong",
    [{"lat": 91.0}, {"radius_m": 0.0}, {"radius_m": 9_000.0}, {"ends_at": NOW - timedelta(hours=3)}],
    ids=lambda each: next(iter(each)),
)
def test_an_event_that_cannot_be_is_refused(line_app: Flask, wrong: dict[str, Any]) -> None:
    with line_app.app_context(), pytest.raises(Refused, match="Event c1"):
        replace_events("city", [concert(**wrong)])


def test_a_calendar_that_is_not_one_is_refused_with_its_line(tmp_path: Path) -> None:
    table = tmp_path / "events.csv"
    table.write_text("id,name,lat,lon,radius_m,starts_at,ends_at\n1,Fair,here,24.9,100,2026-12-01T10:00,2026-12-01T20:00\n")
    told = CliRunner().invoke(calendar.calendar, ["load", str(table), "--organisation", "city"])
    assert isinstance(told.exception, Refused) and "events.csv line 2" in str(told.exception)
    table.write_text("id,name\n1,Fair\n")
    told = CliRunner().invoke(calendar.calendar, ["load", str(table), "--organisation", "city"])
    assert "lacks lat, lon" in str(told.exception)
