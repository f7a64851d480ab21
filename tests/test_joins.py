"""What operators decide about joins: merging, taking out, "not the same", looking; and that every step can be taken back."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from tests.cast import MALL_POINT, Cast, a_report, new_key
from worker.line import run_line

pytestmark = pytest.mark.db

HERE = {"lat": 60.1690, "lon": 24.9400, "accuracy_m": 10, "source": "gps"}
NEAR = {"lat": 60.1720, "lon": 24.9500, "accuracy_m": 10, "source": "gps"}
"""Some 700 m away: another incident, in the same room."""
WORRYING = {"hidden": "yes", "obvious": "yes", "typical": "no"}
HARMLESS = {"hidden": "no", "obvious": "no", "typical": "yes"}


class Desk:
    """A desk of the city's room: reports come in, somebody does steps."""

    def __init__(self, client: FlaskClient, cast: Cast, line: Flask, owner: Engine) -> None:
        self.client, self.cast, self.line, self.owner = client, cast, line, owner

    def filed(self, **changes: Any) -> str:
        """A report through the whole line; returns its id."""
        report: str = self.client.post("/api/v1/reports", json=a_report(**changes), headers=new_key()).get_json()["id"]
        with self.line.app_context():
            run_line(jobs.TRIAGE, [uuid.UUID(report)])
        return report

    def on(self, report: str) -> str:
        """The incident a report is on."""
        return str(self.ask("select incident_id from report where id = :id", id=report)[0][0])

    def ask(self, statement: str, **values: Any) -> list[Any]:
        with self.owner.begin() as connection:
            return list(connection.execute(text(statement), values).all())

    def see(self, incident: str, who: str = "aino") -> Any:
        return self.client.get(f"/api/v1/incidents/{incident}", headers=self.cast.headers(who)).get_json()

    def try_to(self, action: str, incident: str, who: str = "aino", **body: Any) -> Any:
        """A step with the version as it stands, unless the test names one; returns the answer."""
        if "version" not in body:
            body["version"] = self.see(incident)["version"]
        return self.client.post(f"/api/v1/incidents/{incident}/{action}", json=body, headers=self.cast.headers(who))

    def do(self, action: str, incident: str, who: str = "aino", **body: Any) -> Any:
        """A step that must succeed; returns what it answers."""
        answer = self.try_to(action, incident, who, **body)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    def undo(self, event: str, who: str = "aino", **headers: str) -> Any:
        return self.client.post(f"/api/v1/undo/{event}", headers={**self.cast.headers(who), **headers})


@pytest.fixture
def desk(client: FlaskClient, cast: Cast, line_app: Flask, owner: Engine) -> Desk:
    return Desk(client, cast, line_app, owner)


@pytest.fixture
def two(desk: Desk) -> tuple[str, str]:
    """Two incidents: a bag here with two reports, another thing near."""
    first = desk.filed()
    desk.filed(description="Grey holdall left beside the ticket machine")
    other = desk.filed(description="A red suitcase under the stairs", location=NEAR, hot=WORRYING)
    assert desk.on(first) != desk.on(other)
    return desk.on(first), desk.on(other)


UNTOLD = ("updated_at", "version", "timeline", "timeline_count", "links", "not_same", "checks")


def state(desk: Desk, incident: str) -> Any:
    """Everything about an incident but what only grows."""
    seen = desk.see(incident)
    for report in seen["reports"]:
        report["join"]["moved"] = None
    return {key: value for key, value in seen.items() if key not in UNTOLD}


def test_a_merge_moves_the_reports_and_leaves_number_and_address(desk: Desk, two: tuple[str, str]) -> None:
    first, second = two
    numbers = desk.see(first)["number"], desk.see(second)["number"]
    due = desk.see(second)["due_at"]
    answer = desk.do("merge", first, other=second, reason="One person saw both")
    assert answer["other"] == {"id": second, "number": numbers[1]} and answer["event_id"]
    kept, gone = desk.see(first), desk.see(second)
    assert (kept["number"], gone["number"]) == numbers
    assert (kept["report_count"], kept["priority"], kept["due_at"]) == (3, 2, due)
    assert kept["hot"] == WORRYING and kept["status"] == "new" and kept["independent_sources"] == 3
    assert (gone["status"], gone["merged_into"], gone["reports"]) == ("closed", {"id": first, "number": numbers[0]}, [])
    assert [each["link"] for each in kept["links"]] == ["REPLACING"] and [each["link"] for each in gone["links"]] == ["REPLACED"]
    assert kept["timeline"][-1]["kind"] == "merged" and numbers[1] in kept["timeline"][-1]["text"]
    assert gone["timeline"][-1]["kind"] == "replaced" and "One person saw both" in gone["timeline"][-1]["text"]
    assert [each["id"] for each in desk.client.get("/api/v1/incidents", headers=desk.cast.headers("aino")).get_json()["items"]] == [first]


def test_undoing_a_merge_restores_exactly(desk: Desk, two: tuple[str, str]) -> None:
    first, second = two
    before = state(desk, first), state(desk, second)
    event = desk.do("merge", first, other=second)["event_id"]
    answer = desk.undo(event, "bo")
    assert answer.status_code == 200 and answer.get_json()["id"] == first and answer.get_json()["event_id"]
    assert (state(desk, first), state(desk, second)) == before
    assert desk.see(first)["timeline"][-1]["kind"] == desk.see(second)["timeline"][-1]["kind"] == "undone"
    assert desk.see(first)["links"] == []


def test_both_lines_of_a_merge_lead_to_its_undoing_once(desk: Desk, two: tuple[str, str]) -> None:
    desk.do("merge", two[0], other=two[1])
    replaced = desk.see(two[1])["timeline"][-1]["id"]
    assert desk.undo(replaced).status_code == 200
    again = desk.undo(replaced)
    assert again.status_code == 409 and "already" in again.get_json()["detail"]
    undone = desk.see(two[0])["timeline"][-1]["id"]
    assert desk.undo(undone).status_code == 409
