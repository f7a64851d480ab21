"""Talking with reporters at the console, in a real browser: by keys, live, and with hostile words."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.control_room import Room
from tests.site import barriers
from tests.talking import Filed, Talk

pytestmark = [pytest.mark.browser, pytest.mark.db]

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202e'\""


@pytest.fixture
def talk(room: Room) -> Talk:
    return Talk(room.client, room.cast, room.line_app)


@pytest.fixture
def filed(talk: Talk) -> Filed:
    return talk.file(contact={"phone": "+358 40 000 0000"})


def opened(room: Room, filed: Filed) -> Page:
    page = room.console(f"/control/?incident={filed.incident}")
    expect(page.locator("#incident")).to_have_attribute("data-id", filed.incident)
    page.locator("#incident").focus()
    return page


def test_a_question_is_asked_by_keys_and_its_answer_arrives_by_itself(room: Room, talk: Talk, filed: Filed) -> None:
    page = opened(room, filed)
    page.keyboard.press("q")
    page.locator("#question-card").select_option("hurt")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toast")).to_contain_text("Asked.")
    expect(page.locator(".talk")).to_contain_text("waits for the answer")
    question = talk.see(filed, page_open=True)["question_cards"][0]["id"]
    talk.say(filed, question=question, answer="yes")
    expect(page.locator(".talk-answer")).to_have_text("Yes")
    expect(page.locator("#reports-title .tag")).to_have_text("New from a reporter")
    expect(page.locator("[data-part=head] .chip")).to_contain_text("1 Immediate")
    expect(page.locator("#queue-pane .row").first).to_contain_text("New from a reporter")
    expect(page.locator(".talk-reach")).to_contain_text("the page is open")
    assert barriers(page) == []


def test_a_dangerous_request_is_warned_of_and_sent_by_who_is_sure(room: Room, talk: Talk, filed: Filed) -> None:
    room.visits.forgiven.append("422")
    page = opened(room, filed)
    page.keyboard.press("i")
    expect(page.locator("#do-message .sure")).to_be_hidden()
    page.locator("#message-text").fill("Please follow him")
    page.locator("#do-message button[type=submit]").click()
    expect(page.locator("#do-message .trouble")).to_contain_text("Never ask anybody to go back")
    assert barriers(page) == []
    page.locator("#do-message .sure input").check()
    page.locator("#do-message button[type=submit]").click()
    expect(page.locator(".talk blockquote")).to_have_text("Please follow him")
    assert talk.see(filed)["messages"][0]["text"] == "Please follow him"


def test_words_of_a_reporter_stay_words(room: Room, talk: Talk, filed: Filed) -> None:
    page = opened(room, filed)
    page.on("dialog", lambda dialog: room.visits.complaints.append(dialog.message))
    talk.say(filed, text=HOSTILE, language="ar")
    expect(page.locator(".talk")).to_contain_text("Arabic, no translation")
    assert page.locator(".talk img").count() == 0 and "onerror" in page.locator(".talk blockquote").inner_text()
    expect(page.locator(".timeline")).not_to_contain_text("onerror")


def test_a_contact_opens_on_a_page_of_its_own(room: Room, talk: Talk, filed: Filed) -> None:
    page = opened(room, filed)
    page.get_by_text("Name or number was left").click()
    page.get_by_label("Why do you need it?").fill("To ask which way he went")
    with page.expect_popup() as popup:
        page.get_by_role("button", name="Open it").click()
    expect(popup.value.locator(".facts")).to_contain_text("+358 40 000 0000")
    assert barriers(popup.value) == []
    expect(page.locator(".timeline")).to_contain_text("To ask which way he went")


def test_another_room_sees_no_word_of_it(room: Room, talk: Talk, filed: Filed) -> None:
    room.visits.forgiven.append("404")
    talk.say(filed, text=f"zebra {uuid.uuid4()}")
    page = room.console(f"/control/?incident={filed.incident}", who="carl")
    expect(page.locator("#incident")).to_contain_text("This incident is not here.")
    assert "zebra" not in page.content()
