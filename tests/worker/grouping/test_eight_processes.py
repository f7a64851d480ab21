"""Eight worker processes and shuffled arrival make the same incidents as one worker in order.

Tolerance: where things stand well apart, the same to the last report. Where reports lie between two things, the first one to
arrive decides where an incident stands, so that shuffling may move single reports: of all pairs of reports in such a street
nine in ten are judged the same, together or apart.
"""

import json
import random
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import IO, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from reporting.cli.ground import environment_of
from reporting.config import Settings
from tests.cast import CITY_POINT, Cast, a_report, new_key
from worker.grouping.task import group
from worker.triage.task import triage

pytestmark = pytest.mark.db
PROCESSES = 8
PLACES = 24
ROOT = Path(__file__).resolve().parents[3]
BAGS = ("black rucksack", "grey holdall", "red suitcase", "brown parcel", "blue sports bag")
KEPT = 0.9


def batched(ids: list[str], size: int) -> list[list[str]]:
    """The ids in batches."""
    return [ids[start : start + size] for start in range(0, len(ids), size)]


class Hands:
    """The worker processes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def group(self, batches: list[list[str]]) -> int:
        """Deals the batches out to all processes at once; returns how many reports they grouped."""
        _pipe(self._process.stdin).write(json.dumps(batches) + "\n")
        _pipe(self._process.stdin).flush()
        return int(_pipe(self._process.stdout).readline())


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


@pytest.fixture(scope="module")
def hands(settings: Settings) -> Iterator[Hands]:
    """Eight processes, warm."""
    command = [sys.executable, "-m", "tests.worker.grouping.hand", str(PROCESSES)]
    environment = {**environment_of(settings), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    ) as process:
        assert _pipe(process.stdout).readline() == "ready\n"
        yield Hands(process)
        _pipe(process.stdin).close()


@dataclass(frozen=True)
class Day:
    """The reports of a day: the ids of those about things that stand well apart, and of those along one crowded street."""

    apart: list[str]
    street: list[str]

    @property
    def ids(self) -> list[str]:
        return [*self.apart, *self.street]


@pytest.fixture
def day(client: FlaskClient, cast: Cast, line_app: Flask) -> Day:
    """Bags in places of their own, each told of one to five times; and a street with a bag every seventy metres, where a report
    may be about either neighbour."""
    chance = random.Random(11)
    apart, street = [], []
    for place in range(PLACES):
        for _ in range(chance.randint(1, 5)):
            apart.append(
                _file(client, north_m=place * 700 + chance.uniform(-12, 12), said=f"A {BAGS[place % 5]} at door {place}")
            )
    for number in range(40):
        bag = number % 8
        street.append(_file(client, north_m=-2000 + bag * 70 + chance.uniform(-8, 8), said=f"A {BAGS[bag % 5]} by the wall"))
    with line_app.app_context():
        for batch in batched([*apart, *street], 50):
            triage([uuid.UUID(each) for each in batch])
    return Day(apart, street)


def _file(client: FlaskClient, north_m: float, said: str) -> str:
    point = {**CITY_POINT, "lat": CITY_POINT["lat"] + north_m / 111_195, "accuracy_m": 10}
    answer = client.post("/api/v1/reports", json=a_report(description=said, location=point), headers=new_key())
    assert answer.status_code == 201
    return str(answer.get_json()["id"])


def _forget(owner: Engine) -> None:
    """As if nothing had been grouped yet."""
    with owner.begin() as connection:
        for statement in (
            "update report set incident_id = null",
            *(f"delete from {table}" for table in ("suggestion", "joining", "timeline_event", "incident", "outbox")),
            "insert into outbox (job, subject_id, dispatched_at) select 'grouping', id, now() from report",
        ):
            connection.execute(text(statement))


def _partition(owner: Engine) -> dict[str, str]:
    with owner.connect() as connection:
        rows: Any = connection.execute(text("select id::text, incident_id::text from report"))
        return dict(rows.all())


def _sets(partition: dict[str, str], ids: list[str]) -> set[frozenset[str]]:
    found: dict[str, set[str]] = {}
    for each in ids:
        found.setdefault(partition[each], set()).add(each)
    return {frozenset(each) for each in found.values()}


def _pairs(partition: dict[str, str], ids: list[str]) -> set[frozenset[str]]:
    return {frozenset(pair) for pair in combinations(ids, 2) if partition[pair[0]] == partition[pair[1]]}


def test_eight_processes_make_the_incidents_of_one(
    hands: Hands, day: Day, line_app: Flask, owner: Engine, tmp_path: Path
) -> None:
    with line_app.app_context():
        for batch in batched(day.ids, 50):
            group([uuid.UUID(each) for each in batch])
    alone = _partition(owner)
    assert len(_sets(alone, day.apart)) == PLACES

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(st.randoms(use_true_random=False), st.sampled_from([1, 3, 10]))
    def shuffled(chance: random.Random, size: int) -> None:
        _forget(owner)
        order = list(day.ids)
        chance.shuffle(order)
        assert hands.group(batched(order, size)) == len(order)
        together = _partition(owner)
        assert _sets(together, day.apart) == _sets(alone, day.apart)
        _agrees(_pairs(alone, day.street), _pairs(together, day.street), len(day.street))
        _counts_are_right(owner, together)

    shuffled()


def _agrees(one: set[frozenset[str]], other: set[frozenset[str]], reports: int) -> None:
    differing = len(one ^ other)
    assert differing <= (1 - KEPT) * reports * (reports - 1) / 2, (differing, len(one), len(other))


def _counts_are_right(owner: Engine, partition: dict[str, str]) -> None:
    """Nothing is lost and nothing counted twice: every report on one incident, every count as many as there are."""
    with owner.connect() as connection:
        counted: Any = connection.execute(text("select id::text, report_count from incident"))
        assert dict(counted.all()) == Counter(partition.values())
        assert connection.execute(text("select count(*) from outbox where job = 'grouping'")).scalar() == 0
        assert connection.execute(text("select count(*) from joining")).scalar() == len(partition)
