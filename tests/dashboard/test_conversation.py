"""The console's forms of the conversation as plain posts: asking, telling, taking back, opening a contact, and the counts."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.talking import Filed, Talk

pytestmark = pytest.mark.db


@pytest.fixture
def filed(talk: Talk) -> Filed:
    return talk.file(contact={"name": "Maija", "phone": "+358 40 000 0000"})


def post(talk: Talk, path: str, who: str = "aino", **form: Any) -> Any:
    return talk.client.post(f"/control/{path}", data=form, headers=talk.cast.headers(who))


def pane(talk: Talk, filed: Filed, who: str = "aino") -> str:
    page: str = talk.client.get(f"/control/incidents/{filed.incident}", headers=talk.cast.headers(who)).text
    return page


def test_a_card_is_asked_by_a_form_and_its_answer_stands_under_the_report(talk: Talk, filed: Filed) -> None:
    form = {"report": filed.id, "card": "still_there", "text": "", "language": "en", "version": "1"}
    asked = post(talk, f"incidents/{filed.incident}/question", **form)
    assert asked.status_code == 303
    question = talk.see(filed)["question_cards"][0]["id"]
    assert "waits for the answer" in pane(talk, filed)
    talk.say(filed, question=question, answer="no")
    shown = pane(talk, filed)
    assert "New from a reporter" in shown and '<p class="talk-answer">No</p>' in shown


def test_a_question_is_taken_back_by_a_form(talk: Talk, filed: Filed) -> None:
    talk.ask(filed, card="hurt")
    question = re.search(r'name="question" value="([^"]+)"', pane(talk, filed))
    assert question
    assert post(talk, f"incidents/{filed.incident}/take-back", question=question[1], version="1").status_code == 303
    assert talk.see(filed)["question_cards"] == [] and "taken back" in pane(talk, filed)


def test_words_that_ask_for_danger_come_back_with_the_rule_and_are_kept(talk: Talk, filed: Filed) -> None:
    words = "Could you follow him?"
    form = {"report": filed.id, "text": words, "language": "en", "version": "1"}
    page = post(talk, f"incidents/{filed.incident}/question", **form)
    assert page.status_code == 422
    assert "Never ask anybody to go back, follow, wait, touch, photograph or film." in page.text and words in page.text
    assert post(talk, f"incidents/{filed.incident}/question", **form, sure="true").status_code == 303
    assert talk.see(filed)["question_cards"][0]["text"] == words


def test_a_message_in_another_language_is_named_as_such(talk: Talk, filed: Filed) -> None:
    post(talk, f"incidents/{filed.incident}/message", text="شكرا", language="ar", version="1")
    talk.say(filed, text="عفوا", language="ar")
    shown = pane(talk, filed)
    assert "Arabic, no translation" in shown and 'lang="ar">عفوا' in shown


def test_a_contact_is_opened_with_a_reason_on_a_page_of_its_own(talk: Talk, filed: Filed, owner: Engine) -> None:
    assert "Maija" not in pane(talk, filed) and "Name or number was left" in pane(talk, filed)
    assert post(talk, f"reports/{filed.id}/contact", reason="  ").status_code == 422
    page = post(talk, f"reports/{filed.id}/contact", reason="He may know the van", incident=filed.incident)
    assert page.status_code == 200 and "Maija" in page.text and "no-store" in page.headers["Cache-Control"]
    with owner.connect() as connection:
        assert connection.execute(text("select count(*) from audit_event where action = 'contact.opened'")).scalar() == 1


def test_counts_of_feelings_under_five_are_withheld(talk: Talk, line_app: Flask, owner: Engine) -> None:
    city = talk.cast.organisations["city"]
    with owner.begin() as connection:
        for answer, count in (("safer", 7), ("same", 4)):
            connection.execute(
                text(
                    "insert into feeling (id, organisation_id, category, month, answer, count)"
                    " values (gen_random_uuid(), :city, 'drone', date_trunc('month', now()), :answer, :count)"
                ),
                {"city": city, "answer": answer, "count": count},
            )
    page = talk.client.get("/control/feelings", headers=talk.cast.headers("bo"))
    assert re.findall(r'<td class="figure"[^>]*>([^<]+)<', page.text) == ["7", "under 5", "under 5"]
    assert talk.client.get("/control/feelings", headers=talk.cast.headers("aino")).status_code == 403
