"""What operators decide over the rules is kept with what it was decided over, and can be counted for each rule."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from reporting import jobs
from reporting.config import Settings
from tests.cast import Cast, a_report, new_key
from worker.line import run_line

pytestmark = pytest.mark.db

SUSPICIOUS = {"hidden": "yes", "obvious": "yes", "typical": "no"}


class Room:
    """Hands on the incidents of the city's room."""

    def __init__(self, client: FlaskClient, cast: Cast, line_app: Flask) -> None:
        self.client, self.cast, self.line_app = client, cast, line_app

    def opened(self, **told: Any) -> str:
        answer = self.client.post("/api/v1/reports", json=a_report(**told), headers=new_key()).get_json()
        with self.line_app.app_context():
            run_line(jobs.TRIAGE, [uuid.UUID(answer["id"])])
        items = self.client.get("/api/v1/incidents?sort=-opened_at", headers=self.cast.headers("aino")).get_json()["items"]
        return str(items[0]["id"])

    def do(self, incident: str, action: str, who: str = "aino", **body: Any) -> Any:
        sent = body if action == "note" else {"version": self.see(incident)["version"], **body}
        return self.client.post(f"/api/v1/incidents/{incident}/{action}", json=sent, headers=self.cast.headers(who))

    def undo(self, event_id: str, who: str = "aino") -> Any:
        return self.client.post(f"/api/v1/undo/{event_id}", json={}, headers=self.cast.headers(who))

    def see(self, incident: str) -> Any:
        return self.client.get(f"/api/v1/incidents/{incident}", headers=self.cast.headers("aino")).get_json()

    def rules(self, who: str = "aino", days: int = 90) -> dict[str, Any]:
        answer = self.client.get(f"/api/v1/figures/rules?days={days}", headers=self.cast.headers(who))
        assert answer.status_code == 200, answer.data
        return {item["rule"]: item for item in answer.get_json()["items"]}


@pytest.fixture
def room(client: FlaskClient, cast: Cast, line_app: Flask) -> Room:
    return Room(client, cast, line_app)


def kept(owner: Engine) -> list[dict[str, Any]]:
    with owner.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(text("select * from override order by at, id")).all()]


def test_an_override_stands_with_the_assessment_it_overrules(room: Room, owner: Engine) -> None:
    incident = room.opened(hot=SUSPICIOUS)
    report = room.see(incident)["reports"][0]
    answer = room.do(incident, "priority", priority=3, reason="The owner waves at me").get_json()
    (row,) = kept(owner)
    assert (row["kind"], row["priority_before"], row["priority_after"]) == ("priority", 2, 3)
    assert (str(row["event_id"]), str(row["report_id"]), row["actor"]) == (answer["event_id"], report["id"], "Aino")
    assert (row["rule_set"], row["score"]) == (report["assessment"]["version"], report["assessment"]["score"])
    found = [(finding["rule"], finding["weight"]) for finding in report["assessment"]["findings"]]
    assert [(each["rule"], each["weight"]) for each in row["rules"]] == found
    assert row["reason"] == "The owner waves at me"


def test_the_outcome_is_kept_too(room: Room, owner: Engine) -> None:
    incident = room.opened()
    room.do(incident, "close", outcome="lost_property", text="A school bag, its owner came back")
    (row,) = kept(owner)
    assert (row["kind"], row["outcome"], row["reason"]) == ("outcome", "lost_property", "A school bag, its owner came back")


def test_the_priority_it_has_already_is_no_step(room: Room, owner: Engine) -> None:
    incident = room.opened()
    before = room.see(incident)
    answer = room.do(incident, "priority", priority=before["priority"], reason="It is as it is")
    assert (answer.status_code, answer.get_json()["event_id"], answer.get_json()["version"]) == (200, None, before["version"])
    assert room.see(incident)["timeline"] == before["timeline"] and kept(owner) == []


def test_the_reason_may_come_later(room: Room, owner: Engine) -> None:
    incident = room.opened()
    event = room.do(incident, "priority", priority=2).get_json()["event_id"]
    answer = room.do(incident, "note", text="It ticks", about=event)
    assert answer.status_code == 200
    line = room.see(incident)["timeline"][-1]
    assert line["text"] == "Why priority 2: It ticks" and line["detail"] == {"about": event}
    assert [(row["kind"], row["reason"]) for row in kept(owner)] == [("priority", ""), ("reason", "It ticks")]
    assert room.do(incident, "note", text="About nothing", about=str(uuid.uuid4())).status_code == 404
    note = room.do(incident, "note", text="A note").get_json()["event_id"]
    assert room.do(incident, "note", text="About a note", about=note).status_code == 404


def test_a_change_can_be_taken_back_with_its_clock(room: Room, owner: Engine) -> None:
    incident = room.opened()
    before = room.see(incident)
    event = room.do(incident, "priority", priority=1).get_json()["event_id"]
    assert room.see(incident)["due_at"] != before["due_at"]
    assert room.undo(event, "bo").status_code == 200
    after = room.see(incident)
    assert (after["priority"], after["due_at"]) == (before["priority"], before["due_at"])
    assert after["timeline"][-1]["kind"] == "undone" and after["timeline"][-1]["detail"]["undoes"] == event
    assert [row["kind"] for row in kept(owner)] == ["priority", "undone"]
    assert room.undo(event).status_code == 409, "once"


def test_a_change_that_was_changed_since_is_not_taken_back(room: Room) -> None:
    incident = room.opened()
    first = room.do(incident, "priority", priority=2).get_json()["event_id"]
    room.do(incident, "priority", "bo", priority=1)
    assert room.undo(first).status_code == 409
    assert room.see(incident)["priority"] == 1


def test_an_immediate_incident_is_closed_with_a_sentence_only(room: Room) -> None:
    incident = room.opened()
    room.do(incident, "priority", priority=1)
    for words in ("", "ok", "- - - - -", "false alarm"):
        refused = room.do(incident, "close", outcome="nothing_found", text=words)
        assert refused.status_code == 422 and refused.get_json()["errors"][0]["field"] == "text", words
    assert room.see(incident)["status"] == "new"
    assert room.do(incident, "close", outcome="nothing_found", text="The guard looked, it is a lamp").status_code == 200


def test_taking_over_says_from_whom_and_taking_twice_says_nothing(room: Room) -> None:
    incident = room.opened()
    room.do(incident, "take")
    again = room.do(incident, "take").get_json()
    assert again["event_id"] is None
    room.do(incident, "take", "bo")
    seen = room.see(incident)
    assert seen["assignee"] == {"id": room.cast.people["bo"].account_id, "name": "Bo"}
    line = seen["timeline"][-1]
    assert line["text"] == "Taken over from Aino" and line["detail"]["from"]["name"] == "Aino"
    assert [event["kind"] for event in seen["timeline"]].count("taken") == 2


def test_rules_are_counted_by_what_became_of_their_incidents(room: Room) -> None:
    far_apart = ({"lat": 61.0 + n, "lon": 25.0, "accuracy_m": 10, "source": "gps"} for n in range(5))
    kept_one, raised, lowered, undone, waiting = (room.opened(category="drone", location=point) for point in far_apart)
    room.do(kept_one, "close", outcome="confirmed", text="It filmed the stage")
    room.do(raised, "priority", priority=1)
    room.do(lowered, "priority", priority=4)
    room.do(lowered, "close", outcome="explained_harmless")
    room.undo(room.do(undone, "priority", priority=1).get_json()["event_id"])
    figure = room.rules()["category.usual"]
    assert {name: figure[name] for name in ("fired", "judged", "kept", "raised", "lowered", "harmless")} == {
        "fired": 5,
        "judged": 3,
        "kept": 1,
        "raised": 1,
        "lowered": 1,
        "harmless": 1,
    }
    assert figure["example"] and room.see(waiting)["status"] == "new"


def test_there_and_back_is_kept(room: Room) -> None:
    incident = room.opened(category="drone", location=None, place="Roof")
    before = room.see(incident)["priority"]
    room.do(incident, "priority", priority=1)
    room.do(incident, "priority", priority=before)
    room.do(incident, "close", outcome="nothing_found")
    figure = room.rules()["category.usual"]
    assert (figure["judged"], figure["kept"], figure["raised"], figure["lowered"]) == (1, 1, 0, 0)


def test_each_room_counts_its_own(room: Room) -> None:
    incident = room.opened()
    room.do(incident, "close", outcome="lost_property")
    assert room.rules("aino") and room.rules("carl") == {}
    assert room.rules("aino", days=30)["category.usual"]["judged"] == 1
    assert room.client.get("/api/v1/figures/rules?days=7", headers=room.cast.headers("aino")).status_code == 422


def test_history_is_only_added_to(room: Room, settings: Settings) -> None:
    room.do(room.opened(), "priority", priority=1)
    engine = create_engine(settings.database_url)
    for statement in ("update override set reason = ''", "delete from override", "update second_opinion set sentence = ''"):
        with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()
