"""What operators do with an incident, and that nobody's step overwrites another's."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.auth.guesses import FREE
from reporting.domain.outcomes import OUTCOMES
from reporting.domain.statuses import MOVES, STATUSES
from tests.cast import Cast, a_report, new_key
from worker.line import run_line

pytestmark = pytest.mark.db


class Room:
    """One operator's hands on one incident."""

    def __init__(self, client: FlaskClient, cast: Cast, incident: str) -> None:
        self.client, self.cast, self.incident = client, cast, incident

    def do(self, action: str, who: str = "aino", headers: dict[str, str] | None = None, **body: Any) -> Any:
        address = f"/api/v1/incidents/{self.incident}/{action}"
        return self.client.post(address, json=body, headers={**self.cast.headers(who), **(headers or {})})

    def see(self, who: str = "aino") -> Any:
        return self.client.get(f"/api/v1/incidents/{self.incident}", headers=self.cast.headers(who)).get_json()


@pytest.fixture
def room(client: FlaskClient, cast: Cast, line_app: Flask) -> Room:
    answer = client.post("/api/v1/reports", json=a_report(), headers=new_key()).get_json()
    with line_app.app_context():
        run_line(jobs.TRIAGE, [uuid.UUID(answer["id"])])
    items = client.get("/api/v1/incidents", headers=cast.headers("aino")).get_json()["items"]
    return Room(client, cast, items[0]["id"])


def test_acknowledging_stops_the_clock(room: Room) -> None:
    before = room.see()
    assert before["due_at"] is not None
    answer = room.do("acknowledge", version=before["version"])
    assert (answer.status_code, answer.get_json()["version"]) == (200, before["version"] + 1)
    after = room.see()
    assert (after["status"], after["due_at"]) == ("acknowledged", None)
    assert after["timeline"][-1]["kind"] == "acknowledged" and after["timeline"][-1]["actor"] == "Aino"


def test_the_version_may_come_as_if_match(room: Room) -> None:
    assert room.do("take", headers={"If-Match": '"1"'}).status_code == 200
    assert room.do("close", headers={"If-Match": "9"}, outcome="nothing_found").status_code == 409
    assert room.do("close", headers={"If-Match": "soon"}, outcome="nothing_found").status_code == 400
    assert room.do("close", headers={"If-Match": "2"}, version=3, outcome="nothing_found").status_code == 422


def test_a_step_on_an_old_version_tells_both_and_changes_nothing(room: Room) -> None:
    room.do("take", version=1)
    answer = room.do("priority", "bo", version=1, priority=1, reason="I think so")
    told = answer.get_json()
    assert (answer.status_code, told["yours"], told["current"]) == (409, 1, 2)
    assert room.see()["priority"] != 1


def test_a_step_without_a_version_is_refused_and_a_note_is_not(room: Room) -> None:
    answer = room.do("acknowledge")
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, "version")
    assert room.do("note", text="Guard is on the way").status_code == 200
    assert room.do("acknowledge", version=1).status_code == 200, "a note changes no decision"


def test_taking_makes_it_mine_and_in_progress(room: Room) -> None:
    room.do("take", version=1)
    seen = room.see()
    assert (seen["status"], seen["assignee"]["name"]) == ("in_progress", "Aino")
    room.do("take", "bo", version=2)
    assert room.see()["assignee"]["name"] == "Bo"


@pytest.mark.parametrize("outcome", sorted(set(OUTCOMES) - {"malicious_false"}))
def test_each_outcome_closes(room: Room, outcome: str) -> None:
    assert room.do("close", version=1, outcome=outcome).status_code == 200
    seen = room.see()
    assert (seen["status"], seen["outcome"]) == ("closed", outcome)
    assert room.do("acknowledge", version=2).status_code == 409
    assert room.client.get("/api/v1/incidents", headers=room.cast.headers("aino")).get_json()["items"] == []
    closed = room.client.get("/api/v1/incidents?status=closed", headers=room.cast.headers("aino")).get_json()["items"]
    assert [item["id"] for item in closed] == [room.incident]


def test_knowingly_false_needs_a_supervisor_and_the_evidence(room: Room) -> None:
    assert room.do("close", version=1, outcome="malicious_false", text="He said so").status_code == 403
    assert room.do("close", "bo", version=1, outcome="malicious_false").status_code == 422
    assert room.do("close", "bo", version=1, outcome="malicious_false", text="He said so").status_code == 200


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("close", {"outcome": "fine"}, "outcome"),
        ("close", {}, "outcome"),
        ("priority", {"priority": 5}, "priority"),
        ("priority", {"priority": "1"}, "priority"),
        ("note", {"text": ""}, "text"),
        ("note", {"text": "a\x00"}, "text"),
        ("take", {"whom": "me"}, "whom"),
    ],
)
def test_each_wrong_field_of_a_step_is_named(room: Room, action: str, body: dict[str, Any], field: str) -> None:
    answer = room.do(action, version=1, **body)
    assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("who", ["carl", "dora"])
def test_others_cannot_tell_that_it_exists(room: Room, who: str) -> None:
    for action, body in (("acknowledge", {}), ("note", {"text": "x"}), ("close", {"outcome": "confirmed"})):
        mine = room.do(action, who, version=1, **body)
        room_of_nobody = Room(room.client, room.cast, str(uuid.uuid4()))
        absent = room_of_nobody.do(action, who, version=1, **body)
        assert (mine.status_code, mine.data) == (404, absent.data)
    assert room.see()["version"] == 1


@pytest.mark.parametrize(("who", "status"), [("eve", 403), ("fred", 403), ("gil", 403), ("jun", 403), ("kim", 403), ("ivo", 403)])
def test_other_roles_do_not_work_incidents(room: Room, who: str, status: int) -> None:
    assert room.do("acknowledge", who, version=1).status_code == status


def test_every_step_leaves_an_audit_row_and_a_live_event(room: Room, owner: Engine) -> None:
    room.do("acknowledge", version=1)
    room.do("note", text="Looked")
    with owner.connect() as connection:
        actions = (
            connection.execute(text("select action from audit_event where action like 'incident.%' order by at")).scalars().all()
        )
        kinds = connection.execute(text("select kind from live_event order by id")).scalars().all()
    assert actions == ["incident.acknowledged", "incident.note"]
    assert kinds == ["opened", "changed", "changed"]


def test_the_life_of_an_incident_knows_every_status() -> None:
    assert set(MOVES) == set(STATUSES)
    assert all(wanted in STATUSES for moves in MOVES.values() for wanted in moves)


def test_the_reporter_follows_in_calm_words(client: FlaskClient, cast: Cast, line_app: Flask) -> None:
    told = client.post("/api/v1/reports", json=a_report(), headers=new_key()).get_json()

    def status() -> Any:
        return client.post("/api/v1/follow-up", json={"receipt_code": told["receipt_code"].lower()}).get_json()

    assert status()["status"] == "received"
    with line_app.app_context():
        run_line(jobs.TRIAGE, [uuid.UUID(told["id"])])
    room = Room(client, cast, client.get("/api/v1/incidents", headers=cast.headers("aino")).get_json()["items"][0]["id"])
    room.do("take", version=1)
    assert (status()["status"], status()["recipients"]) == ("being_looked_at", ["The city's safety room"])
    room.do("close", version=2, outcome="lost_property")
    assert (status()["status"], status()["outcome"]) == ("closed", OUTCOMES["lost_property"].sentence)


def test_a_wrong_code_opens_nothing(client: FlaskClient) -> None:
    assert client.post("/api/v1/follow-up", json={"receipt_code": "0000-0000-0000-0000"}).status_code == 404
    assert client.post("/api/v1/follow-up", json={"receipt_code": "what"}).status_code == 404


def test_guessing_is_slowed_and_a_right_code_never(client: FlaskClient) -> None:
    told = client.post("/api/v1/reports", json=a_report(), headers=new_key()).get_json()
    wrong = [client.post("/api/v1/follow-up", json={"receipt_code": "0000-0000-0000-0000"}) for _ in range(FREE + 1)]
    assert {answer.status_code for answer in wrong[:FREE]} == {404}
    assert (wrong[FREE].status_code, int(wrong[FREE].headers["Retry-After"]) > 0) == (429, True)
    assert client.post("/api/v1/follow-up", json={"receipt_code": told["receipt_code"]}).status_code == 200
    assert client.post("/follow-up", data={"receipt_code": told["receipt_code"]}).status_code == 200
