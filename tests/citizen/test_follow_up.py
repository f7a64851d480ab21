"""The follow-up page without script: every step is a plain form, and the code stays in bodies."""

import json
import re
from typing import Any

import pytest

from tests.talking import Filed, Talk

pytestmark = pytest.mark.db


@pytest.fixture
def filed(talk: Talk) -> Filed:
    return talk.file()


def send(talk: Talk, path: str, filed: Filed, **form: Any) -> Any:
    return talk.client.post(f"/follow-up{path}", data={"receipt_code": filed.code, **form})


def test_a_card_is_shown_and_answered(talk: Talk, filed: Filed) -> None:
    talk.ask(filed, card="how_many")
    page = send(talk, "", filed)
    assert "We have a question for you" in page.text and "How many people were there?" in page.text
    question = talk.see(filed)["question_cards"][0]["id"]
    done = send(talk, "/answer", filed, question=question, answer="few")
    assert "Thank you. We have your answer." in done.text and "Two or three" in done.text
    assert "We are looking at it" in done.text and "Nobody has opened it yet" not in done.text
    again = send(talk, "/answer", filed, question=question, answer="few")
    assert again.status_code == 200, "a page that is sent again by the browser's own button"


def test_an_answer_that_is_missing_is_asked_for_and_words_are_kept(talk: Talk, filed: Filed) -> None:
    talk.ask(filed, card="may_call")
    question = talk.see(filed)["question_cards"][0]["id"]
    page = send(talk, "/answer", filed, question=question, text="+358 40 1")
    assert page.status_code == 422 and "Tap one of the answers." in page.text
    assert 'value="+358 40 1"' in page.text


def test_what_is_added_to_a_closed_report_is_given_back_with_the_reason(talk: Talk, filed: Filed) -> None:
    talk.close(filed)
    page = send(talk, "/add", filed, text="It is there again")
    assert page.status_code == 409 and "Please send a new report" in page.text
    assert "It was lost property. Thank you for telling us." in page.text


def test_words_of_the_room_stand_in_their_language(talk: Talk, filed: Filed) -> None:
    talk.room(f"incidents/{filed.incident}/message", report=filed.id, text="Merci beaucoup", language="fr")
    page = send(talk, "", filed)
    assert "In French" in page.text and 'lang="fr">Merci beaucoup' in page.text


def test_withdrawing_needs_a_tick_and_says_what_remains(talk: Talk, filed: Filed) -> None:
    page = send(talk, "", filed)
    assert "What you saw stays for a while." in page.text
    missed = send(talk, "/withdraw", filed)
    assert missed.status_code == 422
    assert '<details class="more" id="withdrawal" open>' in missed.text and 'href="#sure"' in missed.text
    assert not talk.see(filed)["withdrawn_at"]
    done = send(talk, "/withdraw", filed, sure="yes")
    assert "You withdrew this report" in done.text and "Take it back" not in done.text


def test_the_one_question_afterwards_is_asked_once(talk: Talk, filed: Filed) -> None:
    question = "Did telling us make you feel safer"
    assert question not in send(talk, "", filed).text
    talk.close(filed)
    assert question in send(talk, "", filed).text
    assert send(talk, "/feel", filed, answer="nonsense").status_code == 422
    assert question not in send(talk, "/feel", filed, answer="same").text


def test_everything_can_be_read_printed_and_saved(talk: Talk, filed: Filed) -> None:
    talk.say(filed, text="It has wheels")
    page = send(talk, "/copy", filed)
    assert "A grey holdall by the ticket machine" in page.text and "It has wheels" in page.text
    saved = send(talk, "/file", filed)
    assert saved.headers["Content-Disposition"] == 'attachment; filename="report.json"'
    assert json.loads(saved.text)["report"]["description"] == "A grey holdall by the ticket machine"


@pytest.mark.parametrize("path", ["/answer", "/add", "/withdraw", "/feel", "/copy", "/file"])
def test_a_code_that_opens_nothing_is_refused_kindly_everywhere(talk: Talk, path: str) -> None:
    for code in ("", "nonsense", "0000-0000-0000-0000"):
        page = talk.client.post(f"/follow-up{path}", data={"receipt_code": code, "text": "x", "sure": "yes", "answer": "safer"})
        assert page.status_code == 404 and "opens no report" in page.text


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}", "{1}\n", "{2}"])
def test_the_code_is_forgiven_its_spaces_cases_and_look_alikes(talk: Talk, filed: Filed, typed: str) -> None:
    alike = filed.code.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    code = typed.format(filed.code, filed.code.lower().replace("-", ""), alike)
    assert talk.client.post("/follow-up", data={"receipt_code": code}).status_code == 200


def test_the_code_is_in_no_address_of_any_page(talk: Talk, filed: Filed) -> None:
    talk.ask(filed, card="hurt")
    for path in ("", "/copy"):
        page = send(talk, path, filed)
        assert filed.code not in "".join(re.findall(r'(?:href|action|src|data-\w+)="[^"]*"', page.text))
        assert "no-store" in page.headers["Cache-Control"] and page.headers["Referrer-Policy"] == "no-referrer"


def test_leaving_leads_away_from_here(talk: Talk) -> None:
    answer = talk.client.get("/leave")
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://www.wikipedia.org/")


@pytest.mark.parametrize("text", ["\0", "x" * 2001, "\x1b[31m"])
def test_what_no_keyboard_types_is_refused(talk: Talk, filed: Filed, text: str) -> None:
    assert send(talk, "/add", filed, text=text).status_code == 422
    assert send(talk, "/answer", filed, question="nonsense", answer="yes").status_code == 422
