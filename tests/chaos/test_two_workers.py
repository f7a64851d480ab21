"""Two workers, two reports about one bag, one moment: always one incident. Processes, because threads would share a lock."""

import multiprocessing
import random
import uuid
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.bootstrap import SYSTEM, build
from reporting.config import Settings
from reporting.extensions import db
from tests.cast import Cast, a_report, new_key
from tests.chaos.clients import spots
from worker.line import run_line

pytestmark = [pytest.mark.chaos, pytest.mark.db]

ROUNDS = 200
PATIENCE_SECONDS = 60


def work(settings: Settings, orders: Connection, gate: Barrier) -> None:
    """A worker process: takes (job, report id), waits at the gate for the other one, runs the line, says how it went."""
    app = build(settings, process="worker", reach=SYSTEM, pool=1)
    with app.app_context():
        orders.send("ready")
        while (order := orders.recv()) is not None:
            gate.wait(PATIENCE_SECONDS)
            orders.send(run_line(order[0], [order[1]]))


class Pair:
    """Two worker processes and the way to both."""

    def __init__(self, settings: Settings) -> None:
        spawn = multiprocessing.get_context("spawn")
        gate = spawn.Barrier(2)
        ends = [spawn.Pipe() for _ in range(2)]
        self._ways = [own for own, _ in ends]
        self._workers = [spawn.Process(target=work, args=(settings, other, gate), daemon=True) for _, other in ends]
        for worker in self._workers:
            worker.start()
        assert self._heard() == ["ready", "ready"]

    def do(self, job: str, reports: list[uuid.UUID]) -> list[Any]:
        """Each does its report, at the same moment; how many reached the end in each."""
        for way, report in zip(self._ways, reports, strict=True):
            way.send((job, report))
        return self._heard()

    def _heard(self) -> list[Any]:
        assert all(way.poll(PATIENCE_SECONDS) for way in self._ways), "a worker is stuck"
        return [way.recv() for way in self._ways]

    def close(self) -> None:
        for way, worker in zip(self._ways, self._workers, strict=True):
            way.send(None)
            worker.join(10)
            way.close()


def test_two_reports_about_one_bag_at_one_moment_are_one_incident(
    client: FlaskClient, cast: Cast, settings: Settings, line_app: Flask, owner: Engine
) -> None:
    chance = random.Random(7)
    places = list(spots(60.102, 24.804, 20, 10))
    pair = Pair(settings)
    try:
        for place in places[:ROUNDS]:
            reports = [file(client, nudged(place, chance)) for _ in range(2)]
            pair.do(jobs.TRIAGE, reports)
            finish(line_app)
    finally:
        pair.close()
    with owner.connect() as connection:
        counts = connection.execute(text("select report_count, count(*) as incidents from incident group by 1")).all()
        left = connection.execute(text("select count(*) from outbox")).scalar()
    assert {row.report_count: row.incidents for row in counts} == {2: ROUNDS}
    assert left == 0


def file(client: FlaskClient, place: dict[str, Any]) -> uuid.UUID:
    answer = client.post("/api/v1/reports", json=a_report(location=place), headers=new_key())
    assert answer.status_code == 201, answer.data
    return uuid.UUID(answer.get_json()["id"])


def finish(line_app: Flask) -> None:
    """What the relay is for: on a busy machine one of the two may wait too long for the other and leave its letter lying."""
    with line_app.app_context():
        while waiting := db.session.execute(text("select job, subject_id from outbox where dead_at is null")).all():
            db.session.rollback()
            for letter in waiting:
                run_line(letter.job, [letter.subject_id])
        db.session.rollback()


def nudged(place: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The place as another phone has it, up to some 12 m away, at times across the border of a locked square."""
    return {**place, "lat": place["lat"] + chance.uniform(-1e-4, 1e-4), "lon": place["lon"] + chance.uniform(-2e-4, 2e-4)}
