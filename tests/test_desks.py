"""Desks over HTTP: signs of life, the room as it is now, giving work away, escalating by hand, answering for another room."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from reporting.cli import roster as commands
from reporting.domain.errors import Refused
from reporting.queries import watching
from reporting.services import assigning, roster
from reporting.services.roster import NewNumber, NewShift
from tests.cast import Cast
from tests.test_escalation import Night
from tests.test_line import rows, run

pytestmark = pytest.mark.db


@pytest.fixture
def night(cast: Cast, line_app: Flask, owner: Engine, client: FlaskClient) -> Night:
    watching.forget()
    return Night(cast, line_app, owner, client)


def says(night: Night, who: str, path: str, **body: Any) -> Any:
    return night.client.post(f"/api/v1{path}", json=body, headers=night.cast.headers(who))


def version(night: Night, who: str, incident: uuid.UUID) -> int:
    found: int = night.client.get(f"/api/v1/incidents/{incident}", headers=night.cast.headers(who)).get_json()["version"]
    return found


def step(night: Night, who: str, incident: uuid.UUID, name: str, **body: Any) -> Any:
    return says(night, who, f"/incidents/{incident}/{name}", version=version(night, who, incident), **body)


def shift(person: str, desk: str, hours: int = 8, **told: Any) -> NewShift:
    begun = datetime.now(UTC) - timedelta(hours=1)
    return NewShift(person=f"{person}@example.org", desk=desk, starts_at=begun, until=begun + timedelta(hours=hours), **told)


def test_the_room_says_who_is_at_which_desk(night: Night) -> None:
    night.opens("city", "Desk South")
    page = str(uuid.uuid4())
    first = says(night, "aino", "/presence", page=page, idle=False).get_json()
    assert [(desk["name"], [each["name"] for each in desk["people"]]) for desk in first["desks"]] == [
        ("Front desk", ["Aino"]),
        ("Desk South", []),
    ]
    says(night, "bo", "/presence", page=str(uuid.uuid4()), desk=str(night.desk("Desk South")), idle=True)
    seen = says(night, "aino", "/presence", page=page).get_json()
    assert seen["desks"][0]["people"] == [{"name": "Aino", "you": True, "idle": False}]
    assert seen["desks"][1]["people"] == [{"name": "Bo", "you": False, "idle": True}]
    assert [each["name"] for each in seen["supervisors"]] == ["Bo"]


def test_a_room_learns_nothing_of_anothers_desks_and_a_reader_staffs_none(night: Night) -> None:
    says(night, "carl", "/presence", page=str(uuid.uuid4()))
    says(night, "eve", "/presence", page=str(uuid.uuid4()))
    seen = says(night, "aino", "/presence", page=str(uuid.uuid4())).get_json()
    assert "Carl" not in str(seen) and "Eve" not in str(seen)
    assert night.client.get("/api/v1/presence", headers=night.cast.headers("aino")).status_code == 405


def test_the_roster_says_where_somebody_sits_until_they_choose(night: Night) -> None:
    night.opens("city", "Desk South")
    with night.line.app_context():
        roster.load_shifts("city", [shift("aino", "Desk South")])
    page = str(uuid.uuid4())
    assert says(night, "aino", "/presence", page=page).get_json()["desks"][1]["people"]
    chosen = says(night, "aino", "/presence", page=page, desk=str(night.desk("Front desk"))).get_json()
    assert chosen["desks"][0]["people"] and not chosen["desks"][1]["people"]


def test_the_numbers_are_shown_when_a_ladder_has_ended_and_go_when_somebody_acknowledges(night: Night) -> None:
    with night.line.app_context():
        roster.load_numbers("city", [NewNumber("Ritva", "on call", "+358 000 555 011")])
    incident = night.files()
    night.looks()
    seen = says(night, "aino", "/presence", page=str(uuid.uuid4())).get_json()
    assert [each["id"] for each in seen["unanswered"]] == [str(incident)]
    assert seen["call"] == [{"name": "Ritva", "role": "on call", "number": "+358 000 555 011"}]
    assert step(night, "aino", incident, "acknowledge").status_code == 200
    seen = says(night, "aino", "/presence", page=str(uuid.uuid4())).get_json()
    assert (seen["unanswered"], seen["call"]) == ([], [])


def test_by_hand_it_goes_to_the_supervisor_and_then_to_the_room_above_which_keeps_it(night: Night) -> None:
    night.does("update organisation set escalates_to_id = :police where slug = 'city'", police=night.cast.organisations["police"])
    for name in ("aino", "bo", "dora"):
        night.comes(name)
    incident = night.files()
    assert step(night, "aino", incident, "acknowledge").status_code == 200
    assert step(night, "aino", incident, "escalate", reason="I need a second pair of eyes.").status_code == 200
    assert night.ladder() == [("supervisor", "")]
    assert night.client.get(f"/api/v1/incidents/{incident}", headers=night.cast.headers("dora")).status_code == 404
    assert step(night, "bo", incident, "escalate", reason="We are too few.").status_code == 200
    assert night.ladder() == [("supervisor", ""), ("organisation", "police")]
    assert night.client.get(f"/api/v1/incidents/{incident}", headers=night.cast.headers("dora")).status_code == 200
    refused = step(night, "aino", incident, "escalate", reason="Somebody else?")
    assert (refused.status_code, refused.get_json()["detail"][:40]) == (409, "Nobody above is at a console now. This r")


def test_another_room_answers_for_it_keeps_its_sight_and_can_do_nothing_else(night: Night) -> None:
    night.does("update organisation set escalates_to_id = :police where slug = 'city'", police=night.cast.organisations["police"])
    night.comes("dora")
    incident = night.files()
    night.looks()
    assert night.ladder() == [("organisation", "police")]
    for name, body in (
        ("take", {}),
        ("close", {"outcome": "nothing_found"}),
        ("priority", {"priority": 4}),
        ("escalate", {"reason": "x"}),
    ):
        assert step(night, "dora", incident, name, **body).status_code == 404, name
    assert step(night, "dora", incident, "acknowledge").status_code == 200
    assert step(night, "dora", incident, "note", text="Our car is on its way.").status_code == 200
    found = night.client.get(f"/api/v1/incidents/{incident}", headers=night.cast.headers("aino")).get_json()
    assert (found["status"], found["organisation"]["name"]) == ("acknowledged", "City room")
    assert found["timeline"][-1]["text"] == "Our car is on its way. (Police room)"
    assert night.client.get("/api/v1/incidents", headers=night.cast.headers("jun")).get_json()["items"] == []


def test_sight_ends_when_the_own_room_acknowledges(night: Night) -> None:
    night.does("update organisation set escalates_to_id = :police where slug = 'city'", police=night.cast.organisations["police"])
    night.comes("dora")
    incident = night.files()
    night.looks()
    assert step(night, "aino", incident, "acknowledge").status_code == 200
    assert night.client.get(f"/api/v1/incidents/{incident}", headers=night.cast.headers("dora")).status_code == 404


def test_what_is_given_back_is_seen_no_more_and_climbs_on_at_once(night: Night) -> None:
    night.does("update organisation set escalates_to_id = :police where slug = 'city'", police=night.cast.organisations["police"])
    night.comes("dora")
    incident = night.files()
    night.looks()
    assert step(night, "dora", incident, "give-back", text="Our car is on the other bank.").status_code == 200
    assert night.client.get(f"/api/v1/incidents/{incident}", headers=night.cast.headers("dora")).status_code == 404
    night.looks()
    assert night.ladder() == [("organisation", "police"), ("phone_list", "")]
    told = night.client.get(f"/api/v1/incidents/{incident}", headers=night.cast.headers("aino")).get_json()["timeline"]
    assert "Given back by Police room: Our car is on the other bank." in [each["text"] for each in told]


def test_work_is_given_to_desks_and_people_of_the_own_room_only(night: Night) -> None:
    night.opens("city", "Desk South")
    incident = night.files()
    south, aino = str(night.desk("Desk South")), night.cast.people["aino"].account_id
    assert step(night, "bo", incident, "assign", desk=south, reason="It is on their side.").status_code == 200
    assert step(night, "bo", incident, "assign", operator=aino).status_code == 200
    found = night.client.get(f"/api/v1/incidents/{incident}", headers=night.cast.headers("bo")).get_json()
    assert (found["desk"], found["assignee"]["name"], found["status"]) == ("Desk South", "Aino", "new")
    other = rows(night.owner, "select id from desk where organisation_id = :mall", mall=night.cast.organisations["mall"])[0].id
    for foreign in ({"desk": str(other)}, {"operator": night.cast.people["carl"].account_id}, {"desk": str(uuid.uuid4())}):
        assert step(night, "bo", incident, "assign", **foreign).status_code == 404, foreign
    for wrong in ({}, {"desk": south, "operator": aino}, {"desk": None}):
        assert step(night, "bo", incident, "assign", **wrong).status_code == 422, wrong


def test_a_room_that_wants_it_has_work_given_to_people_on_shift(night: Night) -> None:
    with night.line.app_context():
        roster.load_shifts("city", [shift("aino", "Front desk"), shift("bo", "Front desk", skills=("drone",))])
    night.comes("aino")
    night.comes("bo", "Front desk")
    bag, drone = night.files(), night.files(category="drone", location={"lat": 60.18, "lon": 24.96})
    with night.line.app_context():
        assert assigning.assign_waiting() == 0
        roster.set_ladder("city", None, True)
        assert assigning.assign_waiting() == 2
        assert assigning.assign_waiting() == 0
    given = {
        row.id: row.name
        for row in rows(night.owner, "select i.id, a.name from incident i join account a on a.id = i.assignee_id")
    }
    assert given == {bag: "Aino", drone: "Bo"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"person": "carl"}, "no operator or supervisor"),
        ({"desk": "Desk East"}, "no desk"),
        ({"hours": -2}, "ends after it begins"),
        ({"hours": 30}, "24 hours at most"),
        ({"skills": ("flying",)}, "no category"),
    ],
)
def test_a_shift_that_cannot_be_is_refused_with_its_line(night: Night, wrong: dict[str, Any], said: str) -> None:
    told: dict[str, Any] = {"person": "aino", "desk": "Front desk", "line": 7, **wrong}
    with night.line.app_context(), pytest.raises(Refused, match=f"Line 7: .*{said}"):
        roster.load_shifts("city", [shift(**told)])
    assert rows(night.owner, "select 1 from shift") == []


def test_nobody_sits_at_two_desks_at_once(night: Night) -> None:
    with night.line.app_context():
        roster.load_shifts("city", [shift("aino", "Front desk")])
        with pytest.raises(Refused, match="another shift"):
            roster.load_shifts("city", [shift("aino", "Front desk", hours=4)])


def test_roster_and_numbers_come_from_files(night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shifts, numbers = tmp_path / "shifts.csv", tmp_path / "numbers.csv"
    shifts.write_text("account,desk,from,until,languages\naino@example.org,Front desk,2026-11-22 14:00,2026-11-22 22:00,fi sv\n")
    numbers.write_text("name,role,number\nRitva,on call,+358 1\nOskari,,+358 2\n")
    monkeypatch.setattr(commands, "on_the_ground", night.line.app_context)
    run = CliRunner()
    assert run.invoke(commands.roster, ["load", str(shifts), "--organisation", "city"]).output == "1 shifts loaded.\n"
    assert run.invoke(commands.phone_list, ["load", str(numbers), "--organisation", "city"]).exit_code == 0
    shown = run.invoke(commands.phone_list, ["show", "--organisation", "city"]).output
    assert [line.split()[1] for line in shown.splitlines()] == ["Ritva", "Oskari"]
    (kept,) = rows(night.owner, "select starts_at, languages from shift")
    assert (kept.starts_at, kept.languages) == (datetime(2026, 11, 22, 12, tzinfo=UTC), ["fi", "sv"])
    shifts.write_text("account,desk,from,until\naino@example.org,Front desk,today,2026-11-22 22:00\n")
    refused = run.invoke(commands.roster, ["load", str(shifts), "--organisation", "city"])
    assert isinstance(refused.exception, Refused) and "Line 2" in str(refused.exception)


def test_a_supervisor_edits_roster_and_numbers_on_the_page_and_an_operator_reads(night: Night) -> None:
    def page(who: str) -> str:
        return night.client.get("/control/desks", headers=night.cast.headers(who)).get_data(as_text=True)

    def send(who: str, name: str, **form: Any) -> int:
        return night.client.post(f"/control/desks/{name}", data=form, headers=night.cast.headers(who)).status_code

    aino, desk = night.cast.people["aino"].account_id, str(night.desk("Front desk"))
    planned = {"person": aino, "desk": desk, "starts_at": "2099-11-22T14:00", "until": "2099-11-22T22:00", "skills": "drone"}
    assert send("bo", "shift", **planned) == 303 and "22 Nov 2099, 14:00" in page("aino")
    assert send("bo", "shift", **{**planned, "until": "2099-11-22T13:00"}) == 422
    assert send("bo", "numbers", numbers="Ritva; on call; +358 1\nOskari; +358 2") == 303 and "Oskari" in page("aino")
    assert send("bo", "numbers", numbers="Ritva") == 422
    assert send("bo", "assigning", wanted="people") == 303 and "somebody on shift" in page("bo")
    assert "Add a shift" in page("bo") and "Add a shift" not in page("aino")
    assert send("aino", "numbers", numbers="") == 403
    (key,) = re.findall(r'name="shift" value="([^"]+)"', page("bo"))
    assert send("carl", "removed", shift=key) == 403
    assert send("bo", "removed", shift=key) == 303 and "2099" not in page("bo")


def read(night: Night) -> str:
    """What stands on the public page, without the words that its scripts carry."""
    return re.sub(r'data-[a-z-]+="[^"]*"', "", night.client.get("/").get_data(as_text=True))


def test_the_public_is_told_when_nobody_is_there(night: Night) -> None:
    night.does("update organisation set phone = '+358 000 555 010' where slug = 'city'")
    assert "Nobody is at the desk right now." in read(night) and "+358 000 555 010" in read(night)
    watching.forget()
    night.comes("aino")
    assert "Nobody is at the desk" not in read(night)
    shut = '{"time_zone": "Europe/Helsinki", "spans": []}'
    night.does("update organisation set watched = cast(:shut as jsonb) where slug = 'mall'", shut=shut)
    assert "This room is not watched at this hour." in night.client.get("/v/K7QD").get_data(as_text=True)


def test_a_reporter_is_told_the_truth_until_somebody_opens_the_report(night: Night) -> None:
    answer = night.client.post(
        "/api/v1/reports", json={"category": "other", "place": "here"}, headers={"Idempotency-Key": "k" * 20}
    )
    code = {"receipt_code": answer.get_json()["receipt_code"]}
    assert night.client.post("/api/v1/follow-up", json=code).get_json()["room_watched"] is None
    run(night.line, uuid.UUID(answer.get_json()["id"]))
    assert night.client.post("/api/v1/follow-up", json=code).get_json()["room_watched"] is False
    night.comes("aino")
    assert night.client.post("/api/v1/follow-up", json=code).get_json()["room_watched"] is True
