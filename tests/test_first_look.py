"""A first look from end to end: asked, answered, passed on, taken back; and nothing kept against anybody."""

import uuid
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from reporting.domain.errors import DomainError, NotFound, NotPossible, Refused
from reporting.domain.facts import Hot
from reporting.queries.first_look import duty_of, questions, standing
from reporting.services import duty, first_look
from tests.looking import Looking, train

pytestmark = pytest.mark.db


def test_the_nearest_trained_person_on_duty_is_asked(looking: Looking, client: FlaskClient) -> None:
    assert looking.as_web(standing, looking.actors["aino"], looking.incident) == {
        "offered": True,
        "reason": "",
        "people": 2,
        "asked": None,
    }
    answer = looking.ask(client, text="Grey holdall, flower stall, left side")
    assert answer.status_code == 200, answer.data
    look = looking.look()
    assert (look["state"], str(look["asked_id"])) == ("open", looking.actors["gil"].account_id)
    (asked,) = looking.as_web(questions, looking.actors["gil"])
    assert (asked.words, asked.held_by, asked.mine) == ("Grey holdall, flower stall, left side", "City room", True)
    assert (asked.due_at - asked.asked_at) == timedelta(seconds=120)
    assert looking.as_web(questions, looking.actors["ida"]) == []
    assert looking.told() == ["First look asked of trained staff at The Mall, 120 s: Grey holdall, flower stall, left side"]


def test_answers_come_back_to_the_incident_as_a_look_under_the_name_of_who_looked(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    looking.as_web(first_look.answer, looking.actors["gil"], looking.look()["id"], Hot("no", "no", "yes"))
    read = client.get(f"/api/v1/incidents/{looking.incident}", headers=looking.cast.headers("aino")).get_json()
    assert read["hot"] == {"hidden": "no", "obvious": "no", "typical": "yes"}
    line = read["timeline"][-1]
    assert (line["kind"], line["actor"]) == ("check", "Gil")
    said = "Trained staff looked: looked at, harmless, hidden no, obviously suspicious no, usual there yes"
    assert line["text"].startswith(said)
    assert looking.one("select kind || ' ' || actor from look") == "staff_looked Gil"
    assert looking.look()["state"] == "answered"
    assert looking.as_web(standing, looking.actors["aino"], looking.incident)["asked"]["state"] == "answered"


def test_a_look_that_sees_something_bad_ends_every_offer(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    looking.as_web(first_look.answer, looking.actors["gil"], looking.look()["id"], Hot(obvious="yes"))
    again = looking.ask(client)
    assert again.status_code == 409 and "Nobody goes near" in again.get_json()["detail"]


def test_a_look_can_be_taken_back_by_the_operator_like_any_other(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    looking.as_web(first_look.answer, looking.actors["gil"], looking.look()["id"], Hot("no", "no", "yes"))
    event = looking.one("select id::text from timeline_event where kind = 'check'")
    assert client.post(f"/api/v1/undo/{event}", headers=looking.cast.headers("aino")).status_code == 200
    read = client.get(f"/api/v1/incidents/{looking.incident}", headers=looking.cast.headers("aino")).get_json()
    assert read["hot"]["obvious"] == "unknown"


def test_silence_goes_to_the_next_person_and_then_back_to_the_operator(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    looking.time_is_over()
    look = looking.look()
    assert (look["state"], str(look["asked_id"]), look["turn"]) == ("open", looking.actors["ida"].account_id, 2)
    looking.time_is_over()
    assert looking.look()["state"] == "unanswered"
    assert looking.told()[1:] == [
        "First look: the next trained person is asked, at The Mall",
        "First look: nobody could look. It is with you again.",
    ]
    assert looking.ask(client).status_code == 200, "it can be asked anew"


def test_before_the_time_is_over_the_clock_changes_nothing(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    looking.relay_looks()
    assert str(looking.look()["asked_id"]) == looking.actors["gil"].account_id


def test_i_cant_and_silence_leave_the_same_traces(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    looking.as_web(first_look.cannot, looking.actors["gil"], looking.look()["id"])
    assert str(looking.look()["asked_id"]) == looking.actors["ida"].account_id
    looking.time_is_over()
    assert looking.told()[1:] == [
        "First look: the next trained person is asked, at The Mall",
        "First look: nobody could look. It is with you again.",
    ]


def test_nothing_in_the_database_says_who_could_not_look(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    mine = looking.actors["gil"].account_id
    before = everywhere(looking, mine)
    looking.as_web(first_look.cannot, looking.actors["gil"], looking.look()["id"])
    assert everywhere(looking, mine) == {name: count for name, count in before.items() if name != "first_look"}
    looking.time_is_over()
    assert "first_look" not in everywhere(looking, looking.actors["ida"].account_id)


def everywhere(looking: Looking, account: str) -> dict[str, int]:
    """table -> how many of its rows hold this account's id anywhere."""
    with looking.owner.connect() as connection:
        names = connection.exec_driver_sql("select tablename from pg_tables where schemaname = 'public'").scalars().all()
        counts = {
            name: connection.exec_driver_sql(
                f"select count(*) from {name} x where row(x.*)::text like '%%{account}%%' and '{name}' <> 'session'"
            ).scalar()
            for name in names
        }
    return {name: count for name, count in counts.items() if count}


def test_a_late_answer_counts_while_the_question_stands(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    looking.time_is_over()
    looking.as_web(first_look.answer, looking.actors["gil"], looking.look()["id"], Hot("no", "no", "yes"))
    assert looking.look()["state"] == "answered"


def test_an_answer_lowers_nothing_that_was_told_a_moment_ago(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    looking.change("update incident set hot_obvious = 'yes' where id = :id", id=looking.incident)
    with pytest.raises(NotPossible):
        looking.as_web(first_look.answer, looking.actors["gil"], looking.look()["id"], Hot("no", "no", "yes"))
    assert looking.one("select hot_obvious from incident where id = :id", id=looking.incident) == "yes"
    looking.relay_looks()
    assert looking.look()["state"] == "withdrawn" and looking.look()["keep_away"]


def test_two_answers_at_once_are_one_look(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    key = looking.look()["id"]
    looking.as_web(first_look.answer, looking.actors["gil"], key, Hot("no", "no", "yes"))
    with pytest.raises(NotPossible):
        looking.as_web(first_look.answer, looking.actors["ida"], key, Hot(obvious="yes"))
    assert looking.one("select count(*) from look") == 1


def test_the_operator_takes_it_back_and_staff_reads_so(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    address = f"/api/v1/incidents/{looking.incident}/withdraw-look"
    assert client.post(address, json={}, headers=looking.cast.headers("aino")).status_code == 200
    (read,) = looking.as_web(questions, looking.actors["gil"])
    assert not read.mine and not read.keep_away and read.words == ""
    assert client.post(address, json={}, headers=looking.cast.headers("aino")).status_code == 409


def test_it_is_taken_back_by_itself_when_a_report_tells_of_danger(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    looking.change("update incident set hot_obvious = 'yes' where id = :id", id=looking.incident)
    looking.relay_looks()
    (read,) = looking.as_web(questions, looking.actors["gil"])
    assert read.keep_away and looking.look()["state"] == "withdrawn"
    assert looking.told()[-1] == "First look taken back: It is obviously suspicious. Nobody goes near."


def test_it_ends_with_its_incident(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    version = looking.one("select version from incident where id = :id", id=looking.incident)
    body = {"version": version, "outcome": "nothing_found"}
    client.post(f"/api/v1/incidents/{looking.incident}/close", json=body, headers=looking.cast.headers("aino"))
    looking.relay_looks()
    assert looking.look()["state"] == "withdrawn" and looking.look()["asked_id"] is None


@pytest.mark.parametrize("name", ["hana", "ida"])
def test_who_is_not_trained_or_not_on_duty_is_not_asked_and_cannot_answer(
    looking: Looking, client: FlaskClient, name: str
) -> None:
    looking.as_web(duty.leave, looking.actors["ida"])
    looking.as_web(duty.be_here, looking.actors["hana"], 2)
    assert looking.as_web(standing, looking.actors["aino"], looking.incident)["people"] == 1
    looking.ask(client)
    with pytest.raises(Refused):
        looking.as_web(first_look.answer, looking.actors[name], looking.look()["id"], Hot())


def test_training_that_is_over_counts_for_nothing(looking: Looking, client: FlaskClient) -> None:
    looking.change("update training set valid_until = current_date - 1")
    assert not looking.as_web(duty_of, looking.actors["gil"]).trained
    found = looking.as_web(standing, looking.actors["aino"], looking.incident)
    assert not found["offered"] and found["reason"] == "Nobody with training is on duty there now."
    assert looking.ask(client).status_code == 409
    train(looking, "gil", valid=0)
    assert looking.ask(client).status_code == 200


def test_nobody_far_away_is_asked(looking: Looking, client: FlaskClient) -> None:
    looking.change("update incident set lat = lat + 0.004 where id = :id", id=looking.incident)
    assert looking.as_web(standing, looking.actors["aino"], looking.incident)["people"] == 0


def test_the_other_houses_and_other_rooms_learn_nothing(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    key = looking.look()["id"]
    for name in ("carl", "dora"):
        address = f"/api/v1/incidents/{looking.incident}/first-look"
        assert client.get(address, headers=looking.cast.headers(name)).status_code == 404
        assert client.post(address, json={}, headers=looking.cast.headers(name)).status_code == 404
    elsewhere = str(uuid.uuid4())
    looking.change("insert into venue (id, key, name, lat, lon) values (:id, 'other', 'Other', 10, 10)", id=elsewhere)
    looking.change("update account set venue_id = :venue where name = 'Hana'", venue=elsewhere)
    stranger = looking.actors["hana"].__class__(looking.actors["hana"].account_id, "venue_manager", "Hana", venue_id=elsewhere)
    assert looking.as_web(questions, stranger) == []
    for do in (first_look.cannot, lambda who, what: first_look.answer(who, what, Hot())):
        with pytest.raises(NotFound):
            looking.as_web(do, stranger, key)


def test_a_second_question_waits_for_the_first(looking: Looking, client: FlaskClient) -> None:
    looking.ask(client)
    again = looking.ask(client)
    assert again.status_code == 409 and "asked already" in again.get_json()["detail"]


def test_hours_end_by_themselves_and_are_forgotten(looking: Looking, client: FlaskClient) -> None:
    looking.change("update on_duty set until = now() - interval '1 minute'")
    assert looking.as_web(duty_of, looking.actors["gil"]).until is None
    assert looking.as_web(standing, looking.actors["aino"], looking.incident)["people"] == 0
    with pytest.raises(DomainError):
        looking.as_web(duty.be_here, looking.actors["gil"], 24)
