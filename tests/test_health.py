"""Is the line fit for work: silence, lateness and a missing duty desk are said in words."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.services.line import beat_pulse
from tests.cast import Cast, a_report, new_key

pytestmark = pytest.mark.db


def alive(line_app: Flask) -> None:
    with line_app.app_context():
        for process in ("relay", "worker", "worker-media", "worker-delivery"):
            beat_pulse(process)


def test_a_system_without_a_duty_desk_is_not_ready(client: FlaskClient, line_app: Flask) -> None:
    alive(line_app)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.get_json()["problems"]) == (503, ["no organisation is the duty desk"])


def test_a_line_that_beats_is_ready_and_a_silent_part_is_named(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine
) -> None:
    alive(line_app)
    assert client.get("/health/ready").get_json() == {"status": "ok", "problems": []}
    with owner.begin() as connection:
        connection.execute(text("update pulse set at = at - interval '26 seconds' where process = 'worker'"))
    assert client.get("/health/ready").get_json()["problems"] == ["worker is silent"]


def test_reports_that_wait_too_long_are_said(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    alive(line_app)
    client.post("/api/v1/reports", json=a_report(), headers=new_key())
    with owner.begin() as connection:
        connection.execute(text("update outbox set created_at = created_at - interval '20 seconds'"))
    assert client.get("/health/ready").get_json()["problems"] == ["reports wait too long"]
