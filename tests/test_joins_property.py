"""Whatever operators do about joins, in any order: every report stands on exactly one incident, nothing is lost or renamed."""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, text

from reporting import jobs
from tests.cast import Cast, a_report, new_key
from worker.line import run_line

pytestmark = pytest.mark.db

PLACES = tuple({"lat": 60.160 + n * 0.004, "lon": 24.91 + n * 0.008, "accuracy_m": 10, "source": "gps"} for n in range(3))
WORDS = ("Grey holdall by the ticket machine", "A red suitcase under the stairs", "A box with wires")
PICK = st.integers(0, 50)


@dataclass
class World:
    """The room, the tables, and how to empty them."""

    client: FlaskClient
    cast: Cast
    line: Flask
    owner: Engine
    numbers: dict[str, str] = field(default_factory=dict)

    def ask(self, statement: str, **values: Any) -> list[Any]:
        with self.owner.begin() as connection:
            return list(connection.execute(text(statement), values).all())

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(f"/api/v1/{path}", json=body, headers=self.cast.headers("aino"))


def machine(world: World) -> type[RuleBasedStateMachine]:
    """The steps of the room as a state machine over this world."""

    class Desk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.events: list[str] = []
            self.apart: set[tuple[str, str]] = set()

        @initialize()
        def empty(self) -> None:
            with world.owner.begin() as connection:
                connection.execute(text("truncate incident, report, outbox, trace, idempotency, live_event, audit_event cascade"))
            world.numbers.clear()
            for place in range(3):
                self.report(place, place)

        def incident(self, pick: int) -> Any:
            rows = world.ask("select id::text as id, version from incident order by opened_at, id")
            return rows[pick % len(rows)]

        def keep(self, answer: Any) -> Any:
            assert answer.status_code in (200, 409), answer.get_json()
            if answer.status_code == 200 and answer.get_json()["event_id"]:
                self.events.append(answer.get_json()["event_id"])
            return answer

        @rule(place=st.integers(0, 2), words=st.integers(0, 2))
        def report(self, place: int, words: int) -> None:
            told = a_report(description=WORDS[words], location=PLACES[place])
            answer = world.client.post("/api/v1/reports", json=told, headers=new_key())
            with world.line.app_context():
                run_line(jobs.TRIAGE, [uuid.UUID(answer.get_json()["id"])])

        @rule(first=PICK, second=PICK)
        def merge(self, first: int, second: int) -> None:
            one, other = self.incident(first), self.incident(second)
            if one.id != other.id:
                self.keep(world.post(f"incidents/{one.id}/merge", version=one.version, other=other.id))

        @rule(first=PICK, many=st.integers(1, 2), own=st.booleans())
        def split(self, first: int, many: int, own: bool) -> None:
            one = self.incident(first)
            reports = [row.id for row in world.ask("select id::text from report where incident_id = :id order by id", id=one.id)]
            if reports:
                into = "own" if own else "new"
                answer = world.post(f"incidents/{one.id}/split", version=one.version, reports=reports[:many], into=into)
                self.keep(answer)

        @rule(first=PICK, second=PICK)
        def not_same(self, first: int, second: int) -> None:
            one, other = self.incident(first), self.incident(second)
            if one.id != other.id:
                self.keep(world.post(f"incidents/{one.id}/not-same", other=other.id))

        @rule(pick=PICK)
        def undo(self, pick: int) -> None:
            if self.events:
                answer = world.post(f"undo/{self.events[pick % len(self.events)]}")
                assert answer.status_code in (200, 409), answer.get_json()

        @rule(pick=PICK)
        def group_again(self, pick: int) -> None:
            """A report is grouped anew by the real task; what a person said stands."""
            rows = world.ask("select id::text, incident_id::text from report order by id")
            report, before = rows[pick % len(rows)]
            company = world.ask("select count(*) from report where incident_id = :id", id=before)[0][0]
            if company < 2:
                return
            marks = "select distinct on (incident_id) incident_id::text, stands from not_same where report_id = :id"
            said = {row[0] for row in world.ask(f"{marks} order by incident_id, at desc", id=report) if row.stands}
            world.ask("delete from joining where report_id = :id returning 1", id=report)
            world.ask("update report set incident_id = null where id = :id returning 1", id=report)
            less = "report_count = report_count - 1, independent_sources = least(independent_sources, report_count - 1)"
            world.ask(f"update incident set {less} where id = :id returning 1", id=before)
            world.ask("insert into outbox (job, subject_id) values ('grouping', :id) returning 1", id=report)
            with world.line.app_context():
                run_line(jobs.GROUPING, [uuid.UUID(report)])
            now = world.ask("select incident_id::text from report where id = :id", id=report)[0][0]
            family = """with recursive up(id) as (select cast(:id as uuid) union all
                select incident.id from incident join up on incident.merged_into_id = up.id) select id::text from up"""
            assert now and not said & {row[0] for row in world.ask(family, id=now)}

        @invariant()
        def every_report_is_on_one_incident_that_is_not_merged(self) -> None:
            rows = world.ask("select r.id, i.merged_into_id from report r left join incident i on i.id = r.incident_id")
            assert rows and all(row.merged_into_id is None for row in rows)
            assert world.ask("select 1 from report where incident_id is null") == []

        @invariant()
        def counts_are_right(self) -> None:
            told = {str(row.id): row.report_count for row in world.ask("select id, report_count from incident")}
            true = Counter(str(row.incident_id) for row in world.ask("select incident_id from report"))
            assert {key: count for key, count in told.items() if count} == dict(true)
            wrong = "independent_sources > report_count or (report_count > 0 and independent_sources < 1)"
            assert world.ask(f"select 1 from incident where {wrong}") == []

        @invariant()
        def numbers_stay(self) -> None:
            now = {str(row.id): row.number for row in world.ask("select id, number from incident")}
            assert world.numbers.items() <= now.items()
            world.numbers.update(now)

        @invariant()
        def what_is_marked_is_not_suggested(self) -> None:
            for (key,) in world.ask("select id::text from incident where status <> 'closed'"):
                seen = world.client.get(f"/api/v1/incidents/{key}", headers=world.cast.headers("aino")).get_json()
                marked = {each["incident"]["id"] for each in seen["not_same"] if each["incident"]}
                assert not marked & {each["incident"]["id"] for each in seen["suggestions"]}

    return Desk


def test_any_sequence_of_steps_keeps_the_books(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> None:
    world = World(client, cast, line_app, owner)
    checked = settings(max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine(world), settings=checked)
