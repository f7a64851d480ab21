"""What operators decide about joins: merging, taking out, "not the same", looking; and that every step can be taken back."""

import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.services.shelving import bring_back
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
            for job in (jobs.TRIAGE, *jobs.LINE):
                run_line(job, [uuid.UUID(report)])
        return report

    def on(self, report: str) -> str:
        """The incident a report is on."""
        return str(self.ask("select incident_id from report where id = :id", id=report)[0][0])

    def ask(self, statement: str, **values: Any) -> list[Any]:
        with self.owner.begin() as connection:
            return list(connection.execute(text(statement), values).all())

    def see(self, incident: str, who: str = "aino") -> Any:
        return self.client.get(f"/api/v1/incidents/{incident}", headers=self.cast.headers(who)).get_json()

    def queue(self, who: str = "aino", **asked: str) -> Any:
        """The items of the queue's first page."""
        answer = self.client.get("/api/v1/incidents", query_string=asked, headers=self.cast.headers(who))
        return answer.get_json()["items"]

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
    assert [
        each["id"] for each in desk.client.get("/api/v1/incidents", headers=desk.cast.headers("aino")).get_json()["items"]
    ] == [first]


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


def test_a_merge_that_the_world_has_moved_past_is_not_undone(desk: Desk, two: tuple[str, str]) -> None:
    event = desk.do("merge", two[0], other=two[1])["event_id"]
    desk.do("take", two[0])
    answer = desk.undo(event)
    told = answer.get_json()
    assert (answer.status_code, told["current"] - told["yours"]) == (409, 1)
    assert desk.see(two[0])["report_count"] == 3


def test_reports_that_came_after_a_merge_stay_when_it_is_undone(desk: Desk, two: tuple[str, str]) -> None:
    event = desk.do("merge", two[0], other=two[1])["event_id"]
    late = desk.filed(description="Grey holdall left beside the ticket machine")
    assert desk.on(late) == two[0] and desk.see(two[0])["report_count"] == 4
    assert desk.undo(event).status_code == 200
    assert (desk.see(two[0])["report_count"], desk.see(two[1])["report_count"]) == (3, 1)


def test_chains_of_merges_lead_to_the_last_survivor_and_come_apart_again(desk: Desk, two: tuple[str, str]) -> None:
    third = desk.on(desk.filed(category="drone", description="A drone above the square", location=NEAR))
    inner = desk.do("merge", two[0], other=two[1])["event_id"]
    outer = desk.do("merge", third, other=two[0])["event_id"]
    assert desk.see(two[1])["merged_into"]["id"] == desk.see(two[0])["merged_into"]["id"] == third
    assert desk.see(third)["report_count"] == 4
    assert desk.undo(inner).status_code == 409, "what was merged on is not taken apart from inside"
    assert desk.undo(outer).status_code == 200 and desk.undo(inner).status_code == 200
    assert [desk.see(each)["report_count"] for each in (*two, third)] == [2, 1, 1]


def test_nothing_is_done_to_what_was_merged(desk: Desk, two: tuple[str, str]) -> None:
    number = desk.see(two[0])["number"]
    desk.do("merge", two[0], other=two[1])
    for action, body in (("take", {}), ("note", {"text": "x"}), ("reopen", {"text": "x"}), ("merge", {"other": two[0]})):
        answer = desk.try_to(action, two[1], **body)
        assert answer.status_code == 409 and number in answer.get_json()["detail"], action


def test_the_reporter_of_a_moved_report_follows_on(desk: Desk) -> None:
    first = desk.on(desk.filed())
    told = desk.client.post(
        "/api/v1/reports", json=a_report(description="A red bag", location=NEAR), headers=new_key()
    ).get_json()
    with desk.line.app_context():
        run_line(jobs.TRIAGE, [uuid.UUID(told["id"])])
    desk.do("merge", first, other=desk.on(told["id"]))
    desk.do("take", first)
    answer = desk.client.post("/api/v1/follow-up", json={"receipt_code": told["receipt_code"]}).get_json()
    assert (answer["status"], answer["outcome"]) == ("being_looked_at", None)
    desk.do("close", first, outcome="lost_property", text="The owner came and fetched it.")
    answer = desk.client.post("/api/v1/follow-up", json={"receipt_code": told["receipt_code"]}).get_json()
    assert answer["status"] == "closed" and "lost property" in answer["outcome"]


def test_a_number_is_found_whatever_became_of_it(desk: Desk, two: tuple[str, str]) -> None:
    number = desk.see(two[1])["number"]
    desk.do("merge", two[0], other=two[1])
    for asked in (number, number.lower(), f"#{number}", f"# {number}"):
        answer = desk.client.get("/api/v1/incidents", query_string={"q": asked}, headers=desk.cast.headers("aino")).get_json()
        assert [(each["id"], each["merged_into"]["id"]) for each in answer["items"]] == [(two[1], two[0])]
        assert (
            desk.client.get("/api/v1/incidents", query_string={"q": asked}, headers=desk.cast.headers("dora")).get_json()["items"]
            == []
        )


@pytest.mark.parametrize("who", ["carl", "dora"])
def test_nobody_merges_with_what_is_not_theirs(desk: Desk, two: tuple[str, str], who: str) -> None:
    mall = desk.on(desk.filed(description="A walrus in the mall", location=MALL_POINT))
    absent = str(uuid.uuid4())
    for action in ("merge", "not-same"):
        for own in (True, False):
            bodies = [{"version": 1, "other": other} for other in ((mall, absent) if own else (two[1], absent))]
            answers = [desk.try_to(action, two[0], "aino" if own else who, **body) for body in bodies]
            assert {answer.status_code for answer in answers} == {404} and answers[0].data == answers[1].data
    event = desk.do("merge", two[0], other=two[1])["event_id"]
    assert desk.undo(event, who).status_code == desk.undo(absent, who).status_code == 404
    assert desk.undo(event, who).data == desk.undo(absent, who).data


def test_a_report_that_is_taken_out_gets_an_incident_and_never_joins_again(desk: Desk, two: tuple[str, str]) -> None:
    copy = desk.see(two[0])["reports"][1]["id"]
    before = state(desk, two[0])
    done = desk.do("split", two[0], reports=[copy], reason="Another bag")
    new = done["other"]["id"]
    assert desk.on(copy) == new and desk.see(new)["status"] == "new" and desk.see(new)["due_at"]
    assert desk.see(new)["organisation"] == desk.see(two[0])["organisation"] and desk.see(new)["assignment"]["rule"] == "split"
    assert (desk.see(two[0])["report_count"], desk.see(new)["report_count"]) == (1, 1)
    moved = desk.see(new)["reports"][0]["join"]["moved"]
    assert moved["from"]["id"] == two[0] and moved["actor"] == "Aino"
    assert desk.undo(done["event_id"]).status_code == 200
    assert state(desk, two[0]) == before
    assert desk.see(new)["merged_into"]["id"] == two[0] and desk.see(new)["status"] == "closed"


def test_grouping_honours_what_was_taken_out(desk: Desk, two: tuple[str, str]) -> None:
    copy = desk.see(two[0])["reports"][1]["id"]
    desk.do("split", two[0], reports=[copy])
    desk.ask("update report set incident_id = null where id = :id returning 1", id=copy)
    desk.ask("delete from joining where report_id = :id returning 1", id=copy)
    desk.ask("insert into outbox (job, subject_id) values ('grouping', :id) returning 1", id=copy)
    with desk.line.app_context():
        run_line(jobs.GROUPING, [uuid.UUID(copy)])
    assert desk.on(copy) not in two
    late = desk.filed(description="The grey holdall is still by the ticket machine")
    assert desk.on(late) == two[0] or desk.on(late) == desk.on(copy), "what comes later is judged as ever"
    assert two[0] not in [each["incident"]["id"] for each in desk.see(desk.on(copy))["suggestions"]]


def test_what_was_merged_goes_back_to_its_own_incident(desk: Desk, two: tuple[str, str]) -> None:
    moved = desk.see(two[1])["reports"][0]["id"]
    desk.do("merge", two[0], other=two[1])
    done = desk.do("split", two[0], reports=[moved], into="own")
    assert done["other"]["id"] == two[1] and desk.on(moved) == two[1]
    assert (desk.see(two[1])["status"], desk.see(two[1])["merged_into"]) == ("new", None)
    assert desk.undo(done["event_id"]).status_code == 200 and desk.on(moved) == two[0]


def test_the_urgency_goes_with_the_report_that_brought_it(desk: Desk) -> None:
    first = desk.on(desk.filed())
    worse = desk.filed(hot=WORRYING)
    assert desk.on(worse) == first and desk.see(first)["priority"] == 2
    new = desk.do("split", first, reports=[worse])["other"]["id"]
    assert (desk.see(first)["priority"], desk.see(new)["priority"]) == (3, 2)
    assert desk.see(first)["hot"]["obvious"] == "unknown" and desk.see(new)["hot"] == WORRYING
    assert "lowered" in [each["kind"] for each in desk.see(first)["timeline"]]


def test_taking_out_everything_or_what_is_not_there_is_refused(desk: Desk, two: tuple[str, str]) -> None:
    reports = [each["id"] for each in desk.see(two[0])["reports"]]
    foreign = desk.see(two[1])["reports"][0]["id"]
    for named in (reports, [foreign], [str(uuid.uuid4())]):
        assert desk.try_to("split", two[0], reports=named).status_code == 409
    assert desk.try_to("split", two[0], reports=[]).status_code == 422


def test_not_the_same_is_neither_suggested_nor_merged_until_it_is_taken_back(desk: Desk) -> None:
    first = desk.on(desk.filed(hot=WORRYING))
    second = desk.on(desk.filed(description="Grey holdall left beside the ticket machine", hot=HARMLESS))
    assert first != second
    for one, other in ((first, second), (second, first)):
        (suggested,) = desk.see(one)["suggestions"]
        assert suggested["incident"]["id"] == other and suggested["contradicts"] and suggested["reasons"]
    event = desk.do("not-same", first, other=second, reason="Two bags")["event_id"]
    assert desk.do("not-same", second, other=first)["event_id"] is None, "it is said already"
    for one, other in ((first, second), (second, first)):
        seen = desk.see(one)
        assert seen["suggestions"] == [] and seen["not_same"][0]["incident"]["id"] == other
        assert seen["timeline"][-1]["kind"] == "not_same" and "Two bags" in seen["timeline"][-1]["text"]
        refused = desk.try_to("merge", one, other=other)
        assert refused.status_code == 409 and "Aino" in refused.get_json()["detail"]
    assert desk.undo(event).status_code == 200
    assert len(desk.see(first)["suggestions"]) == 1 and desk.see(first)["not_same"] == []
    assert desk.do("merge", first, other=second)["event_id"]


def test_a_mark_speaks_for_what_was_merged_too(desk: Desk, two: tuple[str, str]) -> None:
    third = desk.on(desk.filed(category="drone", description="A drone above the square", location=NEAR))
    desk.do("not-same", two[1], other=third)
    merged = desk.do("merge", two[0], other=two[1])["event_id"]
    assert desk.try_to("merge", two[0], other=third).status_code == 409
    desk.undo(merged)
    assert desk.do("merge", two[0], other=third)["event_id"]


def test_a_report_of_another_incident_is_marked_by_itself(desk: Desk, two: tuple[str, str]) -> None:
    report = desk.see(two[1])["reports"][0]
    done = desk.do("not-same", two[0], report=report["id"])
    assert done["other"] is None
    (mark,) = desk.see(two[0])["not_same"]
    assert mark["report"]["reference"] == report["reference"] and mark["incident"]["id"] == two[1]
    own = desk.see(two[0])["reports"][0]["id"]
    for body, status in (({"report": own}, 422), ({"report": str(uuid.uuid4())}, 404), ({}, 422), ({"other": two[0]}, 422)):
        assert desk.try_to("not-same", two[0], **body).status_code == status


def test_a_merge_overrules_the_taking_out_and_its_undoing_brings_that_back(desk: Desk, two: tuple[str, str]) -> None:
    copy = desk.see(two[0])["reports"][1]["id"]
    new = desk.do("split", two[0], reports=[copy])["other"]["id"]
    marks = "select stands from not_same where report_id = :id order by at desc limit 1"
    merged = desk.do("merge", two[0], other=new)["event_id"]
    assert desk.ask(marks, id=copy) == [(False,)]
    assert desk.undo(merged).status_code == 200 and desk.ask(marks, id=copy) == [(True,)]


def test_who_has_looked_is_believed_and_later_reports_count_anew(desk: Desk) -> None:
    first = desk.on(desk.filed(hot=WORRYING))
    event = desk.do("check", first, kind="guard_sent", result="harmless", text="Owner was in the queue", reference="G-1")[
        "event_id"
    ]
    seen = desk.see(first)
    assert seen["hot"] == HARMLESS and seen["checks"][0]["actor"] == "Aino" and seen["checks"][0]["reference"] == "G-1"
    assert seen["timeline"][-1]["kind"] == "check" and "harmless" in seen["timeline"][-1]["text"]
    assert desk.undo(event).status_code == 200 and desk.see(first)["hot"] == WORRYING
    desk.do("check", first, kind="patrol_asked")
    assert desk.see(first)["hot"] == WORRYING, "who was only asked has seen nothing"
    desk.do("check", first, kind="camera_looked", result="not_seen", hot={"obvious": "no"})
    assert desk.see(first)["hot"] == {**WORRYING, "obvious": "no"}


def test_a_harmless_report_of_somebody_lowers_nobody_elses(desk: Desk) -> None:
    first = desk.on(desk.filed(hot=WORRYING))
    second = desk.on(desk.filed(description="Grey holdall left beside the ticket machine", hot=HARMLESS))
    desk.do("merge", first, other=second)
    assert desk.see(first)["hot"] == WORRYING and desk.see(first)["priority"] == 2


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("acknowledge", {}),
        ("take", {}),
        ("priority", {"priority": 4, "reason": "Seen"}),
        ("waiting", {"text": "They ring back"}),
        ("shelve", {"text": "Until noon", "minutes": 5}),
        ("close", {"outcome": "nothing_found"}),
    ],
)
def test_every_step_can_be_taken_back(desk: Desk, action: str, body: dict[str, Any]) -> None:
    incident = desk.on(desk.filed())
    before = state(desk, incident)
    event = desk.do(action, incident, **body)["event_id"]
    assert state(desk, incident) != before
    answer = desk.undo(event, "bo").get_json()
    assert state(desk, incident) == before and answer["version"] == desk.see(incident)["version"]
    assert desk.see(incident)["timeline"][-1]["actor"] == "Bo"


def test_closing_and_reopening_are_undone_in_turn(desk: Desk) -> None:
    incident = desk.on(desk.filed())
    desk.do("close", incident, outcome="nothing_found")
    closed = state(desk, incident)
    event = desk.do("reopen", incident, text="It is there again")["event_id"]
    assert (desk.see(incident)["status"], desk.see(incident)["outcome"]) == ("in_progress", None)
    assert desk.undo(event).status_code == 200 and state(desk, incident) == closed


def test_time_and_later_decisions_end_what_can_be_undone(desk: Desk) -> None:
    incident = desk.on(desk.filed())
    taken = desk.do("take", incident)["event_id"]
    noted = desk.do("note", incident, text="Looked")["event_id"]
    assert desk.undo(noted).status_code == 409
    desk.do("waiting", incident, text="They ring back")
    assert desk.undo(taken).status_code == 409
    closed = desk.do("close", incident, outcome="nothing_found")["event_id"]
    assert desk.undo(closed, **{"If-Match": "1"}).status_code == 409
    desk.ask("update step set at = at - interval '11 minutes' where event_id = :id returning 1", id=closed)
    late = desk.undo(closed)
    assert late.status_code == 409 and "10 minutes" in late.get_json()["detail"]
    assert desk.undo(str(uuid.uuid4())).status_code == 404


def test_what_is_shelved_comes_back_by_itself(desk: Desk) -> None:
    incident = desk.on(desk.filed())
    desk.do("shelve", incident, text="Until the tram has left", minutes=5)
    with desk.line.app_context():
        assert bring_back() == 0
        desk.ask("update incident set shelved_until = now() - interval '1 second' returning 1")
        assert bring_back() == 1 and bring_back() == 0
    seen = desk.see(incident)
    assert seen["status"] == "new" and seen["due_at"] and seen["timeline"][-1]["kind"] == "unshelved"
    assert desk.try_to("shelve", incident, text="x", minutes=61).status_code == 422


def test_only_what_fits_is_merged(desk: Desk, two: tuple[str, str]) -> None:
    desk.do("close", two[1], outcome="nothing_found", text="We looked and there was nothing at all.")
    assert desk.try_to("merge", two[0], other=two[1]).status_code == 409
    assert desk.try_to("merge", two[0], other=two[0]).status_code == 422
    stale = desk.try_to("merge", two[0], other=two[1], other_version=99)
    assert (stale.status_code, stale.get_json()["yours"]) == (409, 99)
    for who in ("eve", "fred", "gil", "jun"):
        assert desk.try_to("merge", two[0], who, other=two[1]).status_code == 403
