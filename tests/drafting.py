"""A desk from which routing is drafted in tests: Bo's room, a worker that does what waits, rows by chance."""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from reporting import jobs
from reporting.policy import Actor
from reporting.queries import drafts as query
from reporting.services.jurisdictions import NewArea
from tests.cast import Cast, a_report, new_key
from tests.test_line import rows, run
from worker.line import run_errands

NIGHT = [{"weekday": day, "from": "06:00", "until": "22:00"} for day in range(7)]
PARK_POINT = {"lat": 60.1660, "lon": 24.9300, "accuracy_m": 10, "source": "gps"}
KINDS = ("unattended_item", "suspicious_behaviour", "drone", "tampering")


@dataclass
class Desk:
    """Bo's room: asks the services as the pages do, files reports, and lets the worker do what waits."""

    cast: Cast
    app: Flask
    owner: Engine
    client: FlaskClient
    bo: Actor

    def __call__(self, act: Callable[..., Any], *given: Any, who: Actor | None = None, plain: bool = False) -> Any:
        """`plain`: the service asks for nobody."""
        with self.app.app_context():
            return act(*given) if plain else act(who or self.bo, *given)

    def actor(self, name: str, role: str, slug: str) -> Actor:
        """Somebody else, as the guard would let them in."""
        return Actor(self.cast.people[name].account_id, role, name.title(), self.cast.organisations[slug], f"{slug} room")

    def file(self, **told: Any) -> str:
        """A report that went through the whole line; its id."""
        report = uuid.UUID(self.client.post("/api/v1/reports", json=a_report(**told), headers=new_key()).get_json()["id"])
        run(self.app, report)
        return str(report)

    def tried(self, draft: str) -> dict[str, Any]:
        """What the latest trial of the draft says, once the worker has done what waits."""
        self.work()
        trial = self(query.detail, draft).trial
        assert trial is not None and trial.state == "done"
        return trial.answer

    def work(self) -> None:
        """Does the errands that wait."""
        waiting = [uuid.UUID(str(row.subject_id)) for row in rows(self.owner, WAITING, job="try_routing")]
        with self.app.app_context():
            run_errands(jobs.TRY_ROUTING, waiting)

    def settle(self) -> None:
        """Lets open incidents follow the areas, as a worker does after a switch."""
        waiting = [uuid.UUID(str(row.subject_id)) for row in rows(self.owner, WAITING, job="reroute")]
        with self.app.app_context():
            run_errands(jobs.REROUTE, waiting)

    def rooms_of(self, reports: list[str]) -> list[tuple[str, str]]:
        """Organisation and row of each report's incident."""
        found = {row.id: (row.slug, row.key) for row in rows(self.owner, ROOMS, ids=reports)}
        return [found[each] for each in reports]


WAITING = "select subject_id from outbox where job = :job"
ROOMS = """select r.id::text, o.slug, coalesce(j.key, '') as key from report r join incident i on i.id = r.incident_id
 join organisation o on o.id = i.organisation_id left join jurisdiction j on j.id = i.jurisdiction_id
 where r.id = any(cast(:ids as uuid[]))"""


@pytest.fixture
def desk(cast: Cast, client: FlaskClient, line_app: Flask, owner: Engine) -> Desk:
    bo = Actor(cast.people["bo"].account_id, "supervisor", "Bo", cast.organisations["city"], "City room")
    return Desk(cast, line_app, owner, client, bo)


def any_row(chance: random.Random) -> dict[str, Any]:
    """Values of a row by chance; hours hold this moment or are far from it."""
    now = datetime.now(ZoneInfo("Europe/Helsinki"))
    elsewhere = f"{(now.hour + 4) % 24:02d}:00", f"{(now.hour + 6) % 24:02d}:00"
    around = f"{(now.hour - 2) % 24:02d}:00", f"{(now.hour + 3) % 24:02d}:00"
    spans = [
        {"weekday": day, "from": start, "until": until}
        for day in range(7)
        for start, until in [chance.choice([around, elsewhere])]
    ]
    return {
        "categories": chance.choice([None, chance.sample(KINDS, 2)]),
        "hours": chance.choice([None, spans]),
        "rank": chance.choice([0, 0, 5]),
        "part": chance.choice(["responsible", "responsible", "informed"]),
        "enabled": chance.random() < 0.8,
        "holidays": "as_usual",
    }


def area(key: str, values: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A further area, as the worker reads it from a file."""
    west = chance.choice([24.925, 24.9395])
    ring = [[west, 60.1655], [west + 0.01, 60.1655], [west + 0.01, 60.1725], [west, 60.1725], [west, 60.1655]]
    row = {"key": key, "name": "The quay", "level": "municipal", "timezone": "", "days": None, "desk": None}
    return {**row, **values, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def content(desk: Desk) -> dict[str, Any]:
    """The rows in force as they are shown."""
    return {line.key: line.row for line in desk(query.overview).lines}


def loaded(name: str) -> tuple[str, list[NewArea]]:
    """The city's row as an administrator loads it anew."""
    ring = [[24.90, 60.15], [24.97, 60.15], [24.97, 60.19], [24.90, 60.19], [24.90, 60.15]]
    return "city", [NewArea(key="centre", name=name, geometry={"type": "Polygon", "coordinates": [ring]})]
