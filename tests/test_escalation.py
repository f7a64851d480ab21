"""What nobody acknowledges climbs its ladder in the database: each step once, whoever looks, and none after somebody has."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting.policy import Actor
from reporting.services import casework, escalation, presence
from reporting.services.presence import Beat
from tests.cast import MALL_POINT, PEOPLE, Cast
from tests.test_line import file, rows, run
from worker.clocks import keep_clocks

pytestmark = pytest.mark.db

LADDER = """
    select e.kind, coalesce(d.name, o.slug, '') as target, e.reason from escalation e
    left join desk d on d.id = e.target_id left join organisation o on o.id = e.target_id order by e.position
"""
WORRYING = {"hot": {"hidden": "yes", "obvious": "yes", "typical": "no"}}


@dataclass
class Night:
    """The rooms of the cast at night: who comes, who goes, and how the time passes."""

    cast: Cast
    line: Flask
    owner: Engine
    client: FlaskClient

    def actor(self, name: str) -> Actor:
        role, slug = PEOPLE[name]
        return Actor(
            self.cast.people[name].account_id, role, name.title(), self.cast.organisations[slug or ""], duty_desk=slug == "city"
        )

    def comes(self, name: str, desk: str = "") -> uuid.UUID:
        """Opens a console, at a desk of that name."""
        page = uuid.uuid4()
        with self.line.app_context():
            presence.keep(self.actor(name), Beat(page, b"console", self.desk(desk) if desk else None))
        return page

    def desk(self, name: str) -> uuid.UUID:
        found: uuid.UUID = rows(self.owner, "select id from desk where name = :name", name=name)[0].id
        return found

    def opens(self, slug: str, *names: str) -> None:
        """Further desks of a room."""
        for name in names:
            self.does("insert into desk (id, organisation_id, name) values (gen_random_uuid(), :room, :name)",
                      room=self.cast.organisations[slug], name=name)  # fmt: skip

    def files(self, priority: int = 1, **told: Any) -> uuid.UUID:
        """A report that has become an incident of this priority, a moment ago."""
        report = file(self.client, **{**WORRYING, **told})
        run(self.line, report)
        (found,) = rows(self.owner, "select incident_id from report where id = :id", id=report)
        target = {1: "60 seconds", 2: "300 seconds"}.get(priority)
        due = f"opened_at + interval '{target or '900 seconds'}'"
        self.does(f"update incident set priority = {priority}, due_at = {due} where id = :id", id=found.incident_id)
        key: uuid.UUID = found.incident_id
        return key

    def passes(self, seconds: int) -> None:
        """So much time goes by, of the database's."""
        span = f"interval '{seconds} seconds'"
        self.does(f"update incident set opened_at = opened_at - {span}, due_at = due_at - {span}, clock_for = clock_for - {span},"
                  f" clock_at = clock_at - {span}")  # fmt: skip
        self.does(f"update escalation set at = at - {span}")

    def falls_silent(self, page: uuid.UUID) -> None:
        self.does("update presence set seen_at = seen_at - interval '31 seconds' where page = :page", page=page)

    def does(self, statement: str, **values: Any) -> None:
        with self.owner.begin() as connection:
            connection.execute(text(statement), values)

    def looks(self) -> int:
        with self.line.app_context():
            return keep_clocks()

    def ladder(self) -> list[tuple[str, str]]:
        return [(row.kind, row.target) for row in rows(self.owner, LADDER)]

    def told(self, incident_id: uuid.UUID) -> list[str]:
        """The lines of its timeline that tell of the ladder."""
        asked = "select text from timeline_event where incident_id = :id and kind = 'escalated' order by at"
        return [row.text for row in rows(self.owner, asked, id=incident_id)]


@pytest.fixture
def night(cast: Cast, line_app: Flask, owner: Engine, client: FlaskClient) -> Night:
    return Night(cast, line_app, owner, client)


def test_an_unacknowledged_incident_climbs_rung_by_rung(night: Night) -> None:
    night.opens("city", "Desk South")
    night.does("update organisation set escalates_to_id = :police where slug = 'city'", police=night.cast.organisations["police"])
    for name, desk in (("aino", ""), ("bo", "Desk South"), ("dora", "")):
        night.comes(name, desk)
    incident = night.files()
    night.looks()
    assert night.ladder() == []
    for expected in (("desk", "Desk South"), ("supervisor", ""), ("organisation", "police"), ("phone_list", "")):
        night.passes(40)
        night.looks()
        before = night.ladder()
        night.passes(21)
        night.looks()
        assert night.ladder() == [*before, expected]
        night.looks()
    night.passes(3600)
    assert night.looks() == 0 and len(night.ladder()) == 4
    assert night.told(incident)[1].startswith("Escalated to the supervisor: not acknowledged for ")


def test_a_desk_with_nobody_is_left_at_once_and_said(night: Night) -> None:
    night.opens("city", "Desk South")
    night.comes("aino", "Desk South")
    incident = night.files()
    night.looks()
    assert night.ladder() == [("desk", "Desk South")]
    assert night.told(incident) == ["Escalated to Desk South: nobody is at Front desk."]
    (item,) = night.client.get("/api/v1/incidents", headers=night.cast.headers("aino")).get_json()["items"]
    assert (item["desk"], item["version"]) == ("Desk South", 1)


def test_where_nobody_is_anywhere_the_ladder_ends_at_the_numbers(night: Night) -> None:
    incident = night.files()
    night.looks()
    assert night.ladder() == [("phone_list", "")]
    assert night.told(incident)[0].startswith("End of the ladder: nobody is at Front desk.")


def test_who_crashes_is_gone_after_thirty_seconds_and_the_ladder_climbs_at_once(night: Night) -> None:
    page, _bo = night.comes("aino"), night.comes("bo")
    night.files()
    night.looks()
    assert night.ladder() == []
    night.falls_silent(page)
    night.looks()
    assert night.ladder() == [("supervisor", "")]


def test_a_page_that_leaves_counts_five_more_seconds_and_a_reload_costs_nothing(night: Night) -> None:
    page = night.comes("aino")
    night.files()
    night.looks()
    with night.line.app_context():
        presence.leave(night.actor("aino"), page)
    night.looks()
    assert night.ladder() == []
    night.comes("aino")
    night.does("update presence set seen_at = seen_at - interval '6 seconds' where page = :page", page=page)
    night.looks()
    assert night.ladder() == []


def test_who_signs_out_is_gone_at_once(night: Night) -> None:
    night.comes("aino")
    night.files()
    night.looks()
    ended = (
        "insert into session (hash, account_id, expires_at, revoked_at) values (:hash, :aino, now() + interval '1 hour', now())"
    )
    night.does(ended, hash=b"console", aino=night.cast.people["aino"].account_id)
    night.looks()
    assert night.ladder() == [("phone_list", "")]


def test_acknowledging_ends_the_ladder(night: Night) -> None:
    night.comes("aino")
    night.comes("bo", "Front desk")
    incident = night.files()
    night.looks()
    with night.line.app_context():
        casework.acknowledge(night.actor("aino"), incident, None)
    night.passes(3600)
    assert night.looks() == 0 and night.ladder() == []


def test_what_becomes_urgent_later_is_looked_at_anew(night: Night) -> None:
    incident = night.files(priority=3)
    night.looks()
    assert night.ladder() == []
    with night.line.app_context():
        casework.change_priority(night.actor("aino"), incident, None, 1, "It ticks.")
    night.looks()
    assert night.ladder() == [("phone_list", "")]


@pytest.mark.parametrize("lookers", [2, 6])
def test_however_many_look_at_once_each_step_is_taken_once(night: Night, lookers: int) -> None:
    night.opens("city", "Desk South")
    night.comes("bo", "Desk South")
    incidents = [night.files(location={"lat": 60.16 + n * 0.004, "lon": 24.905 + n * 0.004}) for n in range(6)]
    start = threading.Barrier(lookers)

    def watch() -> None:
        start.wait()
        for _ in range(6):
            with night.line.app_context():
                escalation.look(limit=3)

    def everybody_looks() -> None:
        watchers = [threading.Thread(target=watch) for _ in range(lookers)]
        for each in watchers:
            each.start()
        for each in watchers:
            each.join()

    everybody_looks()
    night.passes(61)
    everybody_looks()
    assert sorted(night.ladder()) == sorted([("desk", "Desk South"), ("supervisor", "")] * len(incidents))
    assert all(len(night.told(incident)) == 2 for incident in incidents)


def test_a_look_that_comes_late_takes_one_step_and_goes_on_from_there(night: Night) -> None:
    night.opens("city", "Desk South")
    night.comes("aino")
    night.comes("bo", "Desk South")
    night.files()
    night.looks()
    night.passes(600)
    night.looks()
    night.looks()
    assert night.ladder() == [("desk", "Desk South")]
    night.passes(61)
    night.looks()
    assert night.ladder() == [("desk", "Desk South"), ("supervisor", "")]


def test_a_ladder_that_fails_holds_up_nobody(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = night.files(), night.files(location={"lat": 60.18, "lon": 24.96})
    real: Callable[..., Any] = escalation.next_step

    def next_step(incident: Any, *more: Any) -> Any:
        if incident.id == str(bad):
            raise ValueError("no good")
        return real(incident, *more)

    monkeypatch.setattr(escalation, "next_step", next_step)
    night.looks()
    assert (night.told(bad), len(night.told(good))) == ([], 1)
    assert night.looks() == 0
    monkeypatch.undo()
    night.passes(61)
    night.looks()
    assert len(night.told(bad)) == 1


def test_immediate_danger_alerts_the_own_room_and_the_duty_desk_together(night: Night) -> None:
    night.comes("carl")
    incident = night.files(location=MALL_POINT, description="There is a man with a gun, he is shooting at people", venue="K7QD")
    night.looks()
    assert night.ladder() == [("together", "city")]
    seen = night.client.get("/api/v1/incidents", headers=night.cast.headers("aino")).get_json()["items"]
    assert [item["id"] for item in seen] == [str(incident)]
    assert seen[0]["organisation"]["name"] == "Mall room"


def test_a_room_is_never_told_of_what_is_about_its_own_staff(night: Night) -> None:
    """The mall's incident climbs to the mall from nowhere: a report about its staff is the city's, and the mall lies above it."""
    night.does("update organisation set escalates_to_id = :mall where slug = 'city'", mall=night.cast.organisations["mall"])
    night.comes("carl")
    incident = night.files(location=MALL_POINT, venue="K7QD", about_staff=True)
    night.looks()
    assert "mall" not in {target for _kind, target in night.ladder()}
    answer = night.client.get(f"/api/v1/incidents/{incident}", headers=night.cast.headers("carl"))
    assert answer.status_code == 404


def test_lawful_behaviour_alone_climbs_to_no_police(night: Night) -> None:
    night.does("update organisation set escalates_to_id = :police where slug = 'city'", police=night.cast.organisations["police"])
    night.comes("dora")
    night.files(category="suspicious_behaviour", description="He takes pictures of the entrance", behaviours=["PHOTO"], hot={})
    night.looks()
    assert night.ladder() == [("phone_list", "")]


def test_an_exercise_wakes_nobody(night: Night) -> None:
    incident = night.files()
    night.does("update incident set exercise = true where id = :id", id=incident)
    assert night.looks() == 0
