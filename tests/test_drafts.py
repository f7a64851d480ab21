"""Drafts of routing: changed by several hands, tried on the past, published, and gone back from."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from reporting import jobs
from reporting.domain.errors import NotFound, NotPossible, Refused, VersionConflict
from reporting.policy import Actor
from reporting.queries import drafts as query
from reporting.services import drafts, jurisdictions, publishing, trials
from reporting.services.jurisdictions import NewArea
from tests.cast import CITY_POINT, MALL_POINT, Cast, a_report, new_key
from tests.test_line import rows, run
from worker.line import run_errands

pytestmark = pytest.mark.db
ALL_KINDS = ["unattended_item", "suspicious_behaviour", "suspicious_vehicle", "drone", "threat", "tampering", "other"]


@dataclass
class Desk:
    """Bo's room: asks the services as the pages do, files reports, and lets the worker do what waits."""

    cast: Cast
    app: Flask
    owner: Engine
    client: FlaskClient
    bo: Actor

    def __call__(self, act: Callable[..., Any], *given: Any, who: Actor | None = None) -> Any:
        with self.app.app_context():
            return act(who or self.bo, *given)

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
        waiting = [uuid.UUID(str(row.subject_id)) for row in rows(self.owner, WAITING)]
        with self.app.app_context():
            run_errands(jobs.TRY_ROUTING, waiting)

    def rooms_of(self, reports: list[str]) -> list[tuple[str, str]]:
        """Organisation and row of each report's incident."""
        found = {row.id: (row.slug, row.key) for row in rows(self.owner, ROOMS, ids=reports)}
        return [found[each] for each in reports]


WAITING = "select subject_id from outbox where job = 'try_routing'"
ROOMS = """select r.id::text, o.slug, coalesce(j.key, '') as key from report r join incident i on i.id = r.incident_id
 join organisation o on o.id = i.organisation_id left join jurisdiction j on j.id = i.jurisdiction_id
 where r.id = any(cast(:ids as uuid[]))"""


@pytest.fixture
def desk(cast: Cast, client: FlaskClient, line_app: Flask, owner: Engine) -> Desk:
    bo = Actor(cast.people["bo"].account_id, "supervisor", "Bo", cast.organisations["city"], "City room")
    return Desk(cast, line_app, owner, client, bo)


def test_a_draft_is_begun_changed_and_published(desk: Desk) -> None:
    draft = desk(drafts.begin, "No drones")
    version = desk(drafts.change_row, draft, 0, "centre", {"categories": ["unattended_item"], "name": "City centre"})
    found = desk(query.detail, draft)
    assert (version, found.changed) == (1, 1)
    assert found.line("centre").difference.fields == ("categories",)
    assert [each.key for each in desk(publishing.publish, draft, 1)] == ["centre"]
    lines = desk(query.overview).lines
    assert [(line.key, line.row["categories"]) for line in lines] == [("centre", ["unattended_item"])]
    assert desk(query.detail, draft).summary.state == "published"


def test_a_trial_says_what_would_have_moved(desk: Desk) -> None:
    desk.file()
    desk.file(category="drone")
    draft = desk(drafts.begin)
    desk(drafts.change_row, draft, 0, "centre", {"categories": ["drone"]})
    told = desk.tried(draft)
    print(told)
    assert told["ours"] == [2, 1]
