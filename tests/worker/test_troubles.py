"""Troubles that pass are not the report's fault: they count no attempt, and the letter stays."""

import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.services.line import work_off
from reporting.services.unit_of_work import Work
from tests.cast import Cast, a_report, new_key

pytestmark = pytest.mark.db


def sleep_too_long(work: Work, _ids: Any) -> None:
    """What a worker does that was stopped and goes on later: the server has thrown it out meanwhile."""
    work.session.execute(text("set local idle_in_transaction_session_timeout = 100"))
    time.sleep(0.4)
    work.session.execute(text("select 1"))


def wait_for_a_held_lock(work: Work, _ids: Any) -> None:
    work.session.execute(text("set local lock_timeout = 50"))
    work.session.execute(text("select pg_advisory_xact_lock(77)"))


@pytest.mark.parametrize("trouble", [sleep_too_long, wait_for_a_held_lock])
def test_a_trouble_that_passes_counts_no_attempt(
    client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine, trouble: Any
) -> None:
    for _ in range(2):
        assert client.post("/api/v1/reports", json=a_report(), headers=new_key()).status_code == 201
    with owner.connect() as connection, line_app.app_context():
        connection.execute(text("select pg_advisory_lock(77)"))
        ids = list(connection.execute(text("select subject_id from outbox")).scalars())
        assert work_off(jobs.TRIAGE, ids, trouble) == []
        left = connection.execute(text("select attempts, last_error, dead_at from outbox")).all()
        connection.execute(text("select pg_advisory_unlock(77)"))
        assert left == [(0, None, None)] * 2
        assert set(work_off(jobs.TRIAGE, ids, lambda _work, _ids: None)) == set(ids)
