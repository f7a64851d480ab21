"""The conversation over HTTP, both sides: questions and answers, dangers, withdrawing, and who is kept out."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from reporting import jobs
from reporting.domain.questions import CARDS
from reporting.services.retention import expire
from tests.cast import a_report, new_key
from tests.talking import Filed, Talk
from worker.line import run_line

pytestmark = pytest.mark.db


@pytest.fixture
def filed(talk: Talk) -> Filed:
    return talk.file()


def kinds(incident: dict[str, Any]) -> list[str]:
    return [line["kind"] for line in incident["timeline"]]


def rows(owner: Engine, question: str, **values: Any) -> list[Any]:
    with owner.connect() as connection:
        return list(connection.execute(text(question), values))


def test_a_card_is_asked_answered_by_a_tap_and_read_by_the_room(talk: Talk, filed: Filed) -> None:
    talk.ask(filed, card="how_big")
    seen = talk.see(filed)
    (card,) = seen["question_cards"]
    assert (seen["status"], card["code"], card["text"]) == ("question_for_you", "how_big", "How big is it?")
    after = talk.say(filed, question=card["id"], answer="large")
    assert (after["status"], after["question_cards"], after["room_watched"]) == ("being_looked_at", [], None)
    assert after["messages"][-1]["answer"] == "Bigger than a suitcase"
    incident = talk.incident(filed)
    said = incident["reports"][0]["messages"]
    assert [(each["author"], each["kind"], each["state"]) for each in said] == [
        ("room", "question", "answered"),
        ("person", "answer", None),
    ]
    assert said[1]["answer_label"] == "Bigger than a suitcase" and incident["heard_at"]
    assert "answered" in kinds(incident)


def test_a_step_of_the_room_takes_the_mark_of_an_unread_answer_away(talk: Talk, filed: Filed) -> None:
    talk.say(filed, text="It has a red ribbon")
    assert talk.incident(filed)["heard_at"]
    talk.room(f"incidents/{filed.incident}/note", text="Read it")
    assert talk.incident(filed)["heard_at"] is None


def test_all_reporters_of_an_incident_are_asked_and_told_at_once(talk: Talk, filed: Filed) -> None:
    other = talk.file(description="A grey holdall stands by the ticket machine, nobody near it")
    assert other.incident == filed.incident
    talk.room(f"incidents/{filed.incident}/question", card="still_there")
    talk.room(f"incidents/{filed.incident}/message", text="Thank you, we are on our way.")
    for each in (filed, other):
        seen = talk.see(each)
        assert [card["code"] for card in seen["question_cards"]] == ["still_there"]
        assert seen["messages"][-1]["text"] == "Thank you, we are on our way."


def test_an_answer_brings_the_incident_back_from_waiting(talk: Talk, filed: Filed) -> None:
    talk.ask(filed, card="which_way", wait=True)
    before = talk.incident(filed)
    assert before["status"] == "waiting"
    question = talk.see(filed)["question_cards"][0]["id"]
    talk.say(filed, question=question, text="To the trams", language="en")
    after = talk.incident(filed)
    assert (after["status"], after["version"]) == ("in_progress", before["version"] + 1)
    assert kinds(after)[-2:] == ["answered", "back_from_waiting"]
    assert "trams" not in str(after["timeline"]), "words go with their report, a line of the timeline does not"


def test_who_waits_for_somebody_else_is_not_called_back_by_an_addition(talk: Talk, filed: Filed) -> None:
    version = talk.incident(filed)["version"]
    talk.room(f"incidents/{filed.incident}/waiting", version=version, text="The police ring back")
    talk.say(filed, text="I forgot: it is blue")
    assert talk.incident(filed)["status"] == "waiting"


@pytest.mark.parametrize(("card", "answer", "priority"), [("hurt", "yes", 1), ("safe", "no", 1), ("happening_now", "yes", 2)])
def test_a_tap_that_tells_of_danger_raises_at_once(talk: Talk, filed: Filed, card: str, answer: str, priority: int) -> None:
    talk.ask(filed, card=card)
    before = talk.incident(filed)
    talk.say(filed, question=talk.see(filed)["question_cards"][0]["id"], answer=answer)
    after = talk.incident(filed)
    assert before["priority"] > after["priority"] == priority and after["version"] > before["version"]
    assert after["due_at"] < before["due_at"] or priority == 2
    reason = next(line["text"] for line in after["timeline"] if line["kind"] == "raised")
    assert "One unverified source." in reason and f"to {priority}" in reason


def test_a_priority_set_by_hand_stays_and_the_danger_is_told(talk: Talk, filed: Filed) -> None:
    talk.room(f"incidents/{filed.incident}/priority", version=talk.incident(filed)["version"], priority=4)
    talk.ask(filed, card="hurt")
    talk.say(filed, question=talk.see(filed)["question_cards"][0]["id"], answer="yes")
    after = talk.incident(filed)
    assert after["priority"] == 4 and "attention" in kinds(after)


@pytest.mark.parametrize(
    ("words", "priority"),
    [("There was an explosion, people are running", 1), ("I see wires hanging out of it", 2), ("It is blue", 3)],
)
def test_words_added_later_go_through_triage_too(talk: Talk, filed: Filed, owner: Engine, words: str, priority: int) -> None:
    talk.say(filed, text=words, language="en")
    talk.hear(owner)
    talk.hear(owner)
    incident = talk.incident(filed)
    assert incident["priority"] == priority
    assert kinds(incident).count("raised") == (priority < 3)
    assert rows(owner, "select 1 from outbox where job = 'hearing'") == []


def test_the_same_again_changes_nothing(talk: Talk, filed: Filed) -> None:
    talk.ask(filed, card="still_there")
    question = talk.see(filed)["question_cards"][0]["id"]
    once = talk.say(filed, question=question, answer="yes")
    assert talk.say(filed, question=question, answer="yes") == once
    added = talk.say(filed, text="It beeps")
    assert talk.say(filed, text="It beeps") == added
    talk.say(filed, status=409, question=question, answer="no")
    lines = kinds(talk.incident(filed))
    assert (lines.count("answered"), lines.count("added")) == (1, 1)


@pytest.mark.parametrize(
    "said",
    [
        {"answer": "perhaps"},
        {"answer": "yes", "text": "and words"},
        {},
        {"text": "words only"},
    ],
)
def test_what_is_no_answer_to_a_card_is_refused_and_nothing_is_kept(talk: Talk, filed: Filed, said: dict[str, str]) -> None:
    talk.ask(filed, card="still_there")
    question = talk.see(filed)["question_cards"][0]["id"]
    talk.say(filed, status=422, question=question, **said)
    assert talk.see(filed)["status"] == "question_for_you"


def test_a_question_of_another_report_cannot_be_answered(talk: Talk, filed: Filed) -> None:
    other = talk.file(category="drone", description="A drone over the square")
    talk.ask(filed, card="still_there")
    question = talk.see(filed)["question_cards"][0]["id"]
    talk.say(other, status=422, question=question, answer="yes")
    talk.say(other, status=422, question=str(uuid.uuid4()), answer="yes")
    assert talk.see(filed)["status"] == "question_for_you"


def test_a_question_that_was_taken_back_or_is_over_is_not_asked_any_more(talk: Talk, filed: Filed, owner: Engine) -> None:
    for card in ("still_there", "how_big"):
        talk.ask(filed, card=card)
    first, second = (card["id"] for card in talk.see(filed)["question_cards"])
    talk.room(f"incidents/{filed.incident}/take-back", question=first)
    talk.room(f"incidents/{filed.incident}/take-back", 409, question=first)
    with owner.begin() as connection:
        connection.execute(text("update message set expires_at = now() where id = :id"), {"id": second})
    seen = talk.see(filed)
    assert (seen["status"], seen["question_cards"]) == ("being_looked_at", [])
    talk.say(filed, status=409, question=first, answer="yes")
    talk.say(filed, status=409, question=second, answer="small")
    assert [each["state"] for each in talk.incident(filed)["reports"][0]["messages"]] == ["taken_back", "over"]


def test_the_outcome_goes_to_every_reporter_also_of_what_was_merged(talk: Talk, filed: Filed) -> None:
    other = talk.file(category="suspicious_vehicle", description="A van", location={"lat": 60.161, "lon": 24.91})
    assert other.incident != filed.incident
    versions = [talk.incident(each)["version"] for each in (filed, other)]
    talk.room(
        f"incidents/{filed.incident}/merge", version=versions[0], other=other.incident, other_version=versions[1], reason="Same"
    )
    talk.close(filed)
    for each in (filed, other):
        seen = talk.see(each)
        assert (seen["status"], seen["outcome"]) == ("closed", "It was lost property. Thank you for telling us.")
        talk.say(each, status=409, text="Something more")


def test_withdrawing_deletes_the_contact_ends_the_questions_and_brings_the_date_nearer(talk: Talk, owner: Engine) -> None:
    filed = talk.file(contact={"name": "Maija", "phone": "+358 40 000 0000"})
    talk.ask(filed, card="still_there")
    before = talk.see(filed)
    talk.post("/withdraw", {"receipt_code": filed.code, "sure": False}, 422)
    after = talk.post("/withdraw", {"receipt_code": filed.code, "sure": True})
    assert (after["status"], after["outcome"], after["question_cards"]) == ("closed", "You withdrew this report.", [])
    assert after["deletion_date"] < before["deletion_date"]
    assert rows(owner, "select 1 from contact") == []
    incident = talk.incident(filed)
    assert incident["status"] == "new", "nothing is closed by itself"
    assert kinds(incident)[-1] == "withdrawn" and incident["reports"][0]["reachable"]["state"] == "withdrawn"
    assert talk.post("/withdraw", {"receipt_code": filed.code, "sure": True}) == after
    talk.ask(filed, status=409, card="how_big")
    talk.say(filed, status=409, text="More")


def test_the_date_that_withdrawing_tells_is_kept(talk: Talk, filed: Filed, line_app: Any, owner: Engine) -> None:
    told = talk.post("/withdraw", {"receipt_code": filed.code, "sure": True})["deletion_date"]
    day = datetime.fromisoformat(f"{told}T00:00:00+00:00")
    with line_app.app_context():
        expire(day - timedelta(minutes=1))
        assert rows(owner, "select 1 from report")
        expire(day + timedelta(days=1))
    assert rows(owner, "select 1 from report") == rows(owner, "select 1 from message") == []


def test_a_number_given_by_a_card_is_sealed_and_opened_with_a_reason(talk: Talk, owner: Engine) -> None:
    filed = talk.file(contact={"name": "Maija"})
    talk.ask(filed, card="may_call")
    question = talk.see(filed)["question_cards"][0]["id"]
    talk.say(filed, status=422, question=question, answer="yes")
    talk.say(filed, question=question, answer="yes", text="+358 40 555 0199")
    assert "0199" not in str(rows(owner, "select text from message")) + str(talk.incident(filed))
    talk.room(f"reports/{filed.id}/contact", 422, reason=" ")
    details = talk.room(f"reports/{filed.id}/contact", reason="To ask which way he went")
    assert details == {"name": "Maija", "email": None, "phone": "+358 40 555 0199"}
    opened = rows(owner, "select actor_id::text, subject_id::text from audit_event where action = 'contact.opened'")
    assert opened == [(talk.cast.people["aino"].account_id, filed.id)]
    line = talk.incident(filed)["timeline"][-1]
    assert line["kind"] == "contact_opened" and "To ask which way he went" in line["text"]


def test_nothing_to_open_is_said_and_not_recorded(talk: Talk, filed: Filed, owner: Engine) -> None:
    talk.room(f"reports/{filed.id}/contact", 409, reason="To ring back")
    assert rows(owner, "select 1 from audit_event where action = 'contact.opened'") == []


@pytest.mark.parametrize("who", ["carl", "dora", "eve", "gil", "jun", "fred", "kim"])
def test_nobody_else_asks_tells_or_opens(talk: Talk, who: str) -> None:
    filed = talk.file(contact={"phone": "+358 40 000 0000"})
    status = 404 if who in ("carl", "dora") else 403
    talk.ask(filed, status, who, card="still_there")
    talk.room(f"incidents/{filed.incident}/message", status, who, text="Hello")
    talk.room(f"incidents/{filed.incident}/take-back", status, who, question=str(uuid.uuid4()))
    talk.room(f"reports/{filed.id}/contact", status, who, reason="Curious")
    assert talk.see(filed)["messages"] == []


def test_a_question_to_a_report_of_another_incident_finds_nobody(talk: Talk, filed: Filed) -> None:
    other = talk.file(category="drone", description="A drone over the square")
    talk.room(f"incidents/{filed.incident}/question", 404, report=other.id, card="still_there")
    talk.room(f"incidents/{filed.incident}/question", 409, version=77, card="still_there")


@pytest.mark.parametrize("words", ["Could you go back and look?", "Please take a photo", "Könnten Sie ihm folgen?"])
def test_words_that_ask_for_something_dangerous_are_warned_of(talk: Talk, filed: Filed, words: str) -> None:
    answer = talk.ask(filed, 422, text=words, language="de" if "Sie" in words else "en")
    assert answer["errors"][0]["code"] == "unsafe_request"
    assert "Never ask anybody to go back, follow, wait, touch, photograph or film." in answer["detail"]
    assert talk.see(filed)["question_cards"] == []
    talk.ask(filed, text=words, language="de" if "Sie" in words else "en", sure=True)
    assert talk.see(filed)["question_cards"][0]["text"] == words


def test_free_words_are_read_with_their_language_and_answered_in_another(talk: Talk, filed: Filed) -> None:
    talk.ask(filed, text="Quelle couleur avait-il ?", language="fr")
    (card,) = talk.see(filed)["question_cards"]
    assert (card["code"], card["language"], card["words"]) == (None, "fr", "also")
    talk.say(filed, question=card["id"], text="أزرق", language="ar")
    last = talk.incident(filed)["reports"][0]["messages"][-1]
    assert (last["text"], last["language"], last["answer_label"]) == ("أزرق", "ar", None)


def test_cards_are_read_in_the_language_that_is_asked_for(talk: Talk) -> None:
    cards = talk.client.get("/api/v1/questions?lang=en").get_json()["cards"]
    assert [card["code"] for card in cards] == [card.code for card in CARDS]


def test_how_it_felt_is_counted_once_and_kept_with_nobody(talk: Talk, filed: Filed, owner: Engine) -> None:
    talk.post("/feeling", {"receipt_code": filed.code, "answer": "safer"}, 409)
    talk.close(filed)
    assert talk.see(filed)["asks_feeling"]
    for answer in ("safer", "less_safe"):
        assert not talk.post("/feeling", {"receipt_code": filed.code, "answer": answer})["asks_feeling"]
    assert rows(owner, "select category, answer, count from feeling") == [("unattended_item", "safer", 1)]


def test_a_page_that_is_open_makes_its_reporter_reachable_for_a_while(talk: Talk, filed: Filed, owner: Engine) -> None:
    def reach() -> str:
        return str(talk.incident(filed)["reports"][0]["reachable"]["state"])

    assert reach() == "unseen"
    talk.see(filed)
    assert reach() == "unseen", "a program that asks is no open page"
    talk.see(filed, page_open=True)
    assert reach() == "page_open"
    with owner.begin() as connection:
        connection.execute(text("update follow_up set seen_at = now() - interval '10 minutes'"))
    assert reach() == "away"


def test_a_wrong_code_opens_nothing_anywhere(talk: Talk, filed: Filed) -> None:
    wrong = "0000-0000-0000-0000"
    for path, more in (
        ("", {"page_open": True}),
        ("/messages", {"text": "Hello"}),
        ("/withdraw", {"sure": True}),
        ("/feeling", {"answer": "same"}),
        ("/download", {}),
    ):
        assert talk.post(path, {"receipt_code": wrong, **more}, 404)["detail"] == "Not found."


def test_a_right_code_is_never_kept_waiting_by_wrong_ones(talk: Talk, filed: Filed) -> None:
    for _ in range(25):
        talk.client.post("/api/v1/follow-up/messages", json={"receipt_code": "0000-0000-0000-0000", "text": "x"})
    assert talk.client.post("/api/v1/follow-up", json={"receipt_code": "1111-1111-1111-1111"}).status_code == 429
    talk.see(filed)
    talk.say(filed, text="Still here")


def test_the_state_is_said_in_the_language_that_is_asked_for(talk: Talk, filed: Filed) -> None:
    answer = talk.client.post("/api/v1/follow-up?lang=ar", json={"receipt_code": filed.code})
    assert answer.status_code == 200 and answer.get_json()["status"] == "received"


def test_everything_given_and_sent_can_be_downloaded_without_the_name(talk: Talk) -> None:
    filed = talk.file(contact={"name": "Maija", "phone": "+358 40 000 0000"}, place="By the lift")
    talk.ask(filed, card="still_there")
    answer = talk.client.post("/api/v1/follow-up/download", json={"receipt_code": filed.code})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report.json"'
    given = answer.get_json()
    assert given["report"]["description"] == "A grey holdall by the ticket machine"
    assert given["report"]["contact_left"] is True and "Maija" not in answer.get_data(as_text=True)
    assert given["since"]["question_cards"][0]["code"] == "still_there"


def test_a_report_nobody_grouped_yet_can_be_added_to_and_withdrawn(talk: Talk) -> None:
    answer = talk.client.post(
        "/api/v1/reports",
        json={"category": "other", "description": "Something", "place": "Here"},
        headers={"Idempotency-Key": uuid.uuid4().hex},
    ).get_json()
    filed = Filed(answer["id"], answer["receipt_code"], "")
    assert talk.say(filed, text="More")["messages"][0]["text"] == "More"
    assert talk.post("/withdraw", {"receipt_code": filed.code, "sure": True})["status"] == "closed"


@pytest.mark.parametrize(
    "words",
    [
        "There is a long knife in the bag",
        "Wires and a battery hang out of it",
        "A man stands beside it and watches people",
    ],
)
@pytest.mark.parametrize("chosen", [False, True])
def test_nobody_is_sent_near_what_the_reporter_told_of_later(talk: Talk, owner: Engine, words: str, chosen: bool) -> None:
    filed = talk.file(description="A grey holdall by the flower stall")
    address = f"/api/v1/incidents/{filed.incident}/first-look"
    before = talk.client.get(address, headers=talk.cast.headers("aino")).get_json()["reason"]
    assert before == "Nobody with training is on duty there now."
    if chosen:
        version = talk.incident(filed)["version"]
        talk.room(f"incidents/{filed.incident}/priority", version=version, priority=4, reason="Seen before")
    talk.say(filed, text=words)
    talk.hear(owner)
    after = talk.client.get(address, headers=talk.cast.headers("aino")).get_json()["reason"]
    assert after.startswith("It tells of"), after


def test_words_that_come_before_the_report_is_on_an_incident_wait_for_it(talk: Talk, owner: Engine) -> None:
    answer = talk.client.post("/api/v1/reports", json=a_report(description="A grey holdall"), headers=new_key()).get_json()
    filed = Filed(answer["id"], answer["receipt_code"], "")
    talk.say(filed, text="There is a long knife in the bag")
    talk.hear(owner)
    with owner.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from outbox where job = 'hearing'").scalar() == 1
    with talk.line_app.app_context():
        for job in (jobs.TRIAGE, *jobs.LINE):
            run_line(job, [uuid.UUID(filed.id)])
    with owner.begin() as connection:
        connection.exec_driver_sql("update outbox set due_at = now()")
    talk.hear(owner)
    with owner.connect() as connection:
        told = connection.exec_driver_sql(
            "select detail->'signs' from timeline_event where kind in ('attention', 'raised')"
        ).scalar()
        assert any(sign.startswith("weapon.") for sign in told)
        assert connection.exec_driver_sql("select count(*) from outbox where job = 'hearing'").scalar() == 0


def test_nobody_is_sent_near_a_weapon_that_was_answered(talk: Talk) -> None:
    filed = talk.file(description="A grey holdall by the flower stall")
    talk.ask(filed, card="weapon")
    (card,) = talk.see(filed)["question_cards"]
    talk.say(filed, question=card["id"], answer="yes")
    found = talk.client.get(f"/api/v1/incidents/{filed.incident}/first-look", headers=talk.cast.headers("aino")).get_json()
    assert found["reason"] == "It tells of a weapon. Nobody is sent near."
