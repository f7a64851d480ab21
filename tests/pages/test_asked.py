"""Staff and operator side by side: a question comes to a phone by itself, its answer to the console; notices are read; no sound
unless chosen; the same by keyboard and without scripting; nothing in the way of anybody."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.control_room import Room
from tests.looking import Looking
from tests.site import barriers, sideways, small_targets

pytestmark = [pytest.mark.db, pytest.mark.browser]

WORDS = "Grey holdall, left of the flower stall"
SOON = 8_000
COUNT_TONES = """
    window.heard = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) { window.heard += 1; return start.call(this, at); };
"""


@pytest.fixture
def phone(room: Room, looking: Looking) -> Iterator[Page]:
    """Gil's phone, signed in, on the one screen."""
    yield staff(room, "gil")


def staff(room: Room, who: str, width: int = 390, height: int = 844, **options: object) -> Page:
    page = room.visits(width, height, **options)  # type: ignore[arg-type]
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.request.get("/venue/sign-in").text())
    assert token is not None
    form = {"email": f"{who}@example.org", "password": room.cast.people[who].password, "csrf_token": token[1]}
    assert page.request.post("/venue/sign-in", form=form).ok
    page.goto("/venue/")
    expect(page.locator("#asked")).to_be_attached()
    return page


def ask(console: Page) -> None:
    console.get_by_role("link", name="Ask for a look").click()
    console.locator("#first-look-text").fill(WORDS)
    console.get_by_role("button", name="Ask for a look").click()


def answer(phone: Page, *answers: str) -> None:
    for number, said in enumerate(answers):
        question = phone.locator(".look fieldset").nth(number)
        question.get_by_text(said, exact=True).click()


def test_a_question_comes_to_the_phone_and_its_answer_to_the_console(room: Room, looking: Looking, phone: Page) -> None:
    console = room.console(f"/control/?incident={looking.incident}")
    ask(console)
    expect(console.locator("#look-state")).to_contain_text("Asked to look: trained staff at The Mall")
    look = phone.locator(".look")
    expect(look).to_contain_text(WORDS, timeout=SOON)
    expect(look).to_contain_text("Please look. 2 minutes. Do not touch.")
    expect(phone.locator("#asked-said")).to_have_text("Please look. 2 minutes. Do not touch.")
    expect(look.locator("[data-until]")).to_have_text(re.compile(r"^[01]:\d\d left"))
    answer(phone, "No", "No", "Yes")
    expect(phone.locator(".note.sent")).to_contain_text("The control room has your answers.")
    expect(console.locator("#look-state")).to_contain_text("Trained staff at The Mall answered", timeout=SOON)
    expect(console.locator(".timeline")).to_contain_text("Trained staff looked: looked at, harmless")


def test_i_cant_is_one_tap_and_the_next_phone_is_asked(room: Room, looking: Looking, phone: Page) -> None:
    other = staff(room, "ida")
    console = room.console(f"/control/?incident={looking.incident}")
    ask(console)
    phone.get_by_role("button", name="I can't").click(timeout=SOON)
    expect(phone.locator(".look")).to_have_count(0)
    expect(other.locator(".look")).to_be_visible(timeout=SOON)
    expect(console.locator("#look-state")).to_contain_text("person 2", timeout=SOON)
    console.get_by_role("button", name="Take the question back").click()
    expect(other.locator(".note.over")).to_contain_text("No need to look any more.", timeout=SOON)


def test_answers_that_were_tapped_stay_when_the_page_is_renewed(room: Room, looking: Looking, phone: Page) -> None:
    looking.ask(room.client)
    expect(phone.locator(".look")).to_be_visible(timeout=SOON)
    answer(phone, "No")
    looking.change("update on_duty set until = until + interval '1 hour'")
    expect(phone.locator(".duty")).to_contain_text("You are here until")
    phone.wait_for_timeout(3_000)
    assert phone.locator(".look input:checked").count() == 1


def test_where_nobody_may_be_asked_the_reason_stands_in_the_place_of_the_button(room: Room, looking: Looking) -> None:
    looking.change("update incident set hot_obvious = 'yes' where id = :id", id=looking.incident)
    console = room.console(f"/control/?incident={looking.incident}")
    expect(console.locator("#look-state")).to_contain_text(
        "No first look by staff: It is obviously suspicious. Nobody goes near."
    )
    expect(console.get_by_role("link", name="Ask for a look")).to_have_count(0)


def test_a_notice_is_written_read_and_seen_to_be_read(room: Room, looking: Looking, phone: Page) -> None:
    desk = room.seat()
    desk.goto("/control/notices")
    desk.get_by_label("What should they know?").fill("A march passes at 14:00. <b>Keep</b> the doors free.")
    desk.get_by_label("The Mall").check()
    desk.get_by_role("button", name="Tell them").click()
    expect(desk.locator(".read-count")).to_have_text("0 of 1 read")
    expect(phone.locator(".note.written")).to_contain_text("<b>Keep</b> the doors free.", timeout=SOON)
    phone.get_by_role("button", name="I have read it").click()
    expect(desk.locator(".read-count")).to_have_text("1 of 1 read", timeout=4_000)
    expect(desk.locator(".readers")).to_contain_text("The Mall: Gil")
    assert barriers(desk) == [] and sideways(desk) <= 0
    desk.get_by_role("button", name=re.compile("^Take back")).click()
    expect(phone.locator(".note.written")).to_contain_text("This notice was taken back.", timeout=SOON)


def test_an_all_clear_is_said_from_the_incident(room: Room, looking: Looking) -> None:
    room.visits.forgiven.append("422")
    desk = room.seat()
    desk.goto("/control/notices")
    expect(desk.get_by_label("All clear")).to_have_count(0)
    desk.goto(f"/control/notices?incident={looking.incident}")
    desk.get_by_label("All clear").check()
    desk.get_by_label("What should they know?").fill("It was lost property.")
    desk.get_by_role("button", name="Tell them").click()
    expect(desk.locator(".trouble")).to_contain_text("Choose at least one venue or area.")
    expect(desk.get_by_label("What should they know?")).to_have_value("It was lost property.")
    expect(desk.get_by_label("All clear")).to_be_checked()
    desk.get_by_label("City centre").check()
    desk.get_by_role("button", name="Tell them").click()
    expect(desk.locator(".sent-notice").first).to_contain_text("All clear")


def test_it_is_silent_until_somebody_chooses_sound(room: Room, looking: Looking, phone: Page) -> None:
    phone.add_init_script(COUNT_TONES)
    phone.reload()
    sound = phone.get_by_role("button", name=re.compile("^Sound is"))
    expect(sound).to_have_attribute("aria-pressed", "false")
    looking.ask(room.client)
    expect(phone.locator(".look")).to_be_visible(timeout=SOON)
    assert phone.evaluate("window.heard") == 0
    sound.click()
    expect(phone.get_by_role("button", name="Sound is on")).to_have_attribute("aria-pressed", "true")
    before = phone.evaluate("window.heard")
    phone.get_by_role("button", name="I can't").click()
    phone.locator("h1").click()
    looking.change("update first_look set asked_id = :gil where state = 'open'", gil=looking.actors["gil"].account_id)
    expect(phone.locator(".look")).to_be_visible(timeout=SOON)
    phone.wait_for_timeout(300)
    assert phone.evaluate("window.heard") > 0 and before > 0


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_is_in_the_way_of_anybody(room: Room, looking: Looking, language: str) -> None:
    looking.ask(room.client)
    page = staff(room, "gil")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(f"/venue/?lang={language}")
        expect(page.locator(".look")).to_be_visible()
        for width, height in ((390, 844), (320, 640), (1024, 768)):
            page.set_viewport_size({"width": width, "height": height})
            assert (barriers(page), small_targets(page)) == ([], []) and sideways(page) <= 0, (scheme, width)


@pytest.mark.parametrize("path", ["records", "posters", "hot-or-not"])
def test_the_books_and_posters_are_in_nobodys_way(room: Room, looking: Looking, path: str) -> None:
    page = staff(room, "hana")
    for width, language in ((390, "ar"), (320, "en"), (1024, "en")):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/venue/{path}?lang={language}")
        for more in reversed(page.locator("main details > summary").all()):
            more.click()
        page.evaluate("scrollTo(0, 0)")
        assert (barriers(page), small_targets(page)) == ([], []) and sideways(page) <= 0, width


def test_it_all_works_without_scripting(room: Room, looking: Looking) -> None:
    page = staff(room, "gil", java_script_enabled=False)
    page.get_by_role("button", name="I am leaving").click()
    page.get_by_role("button", name=re.compile("^I am here until")).first.click()
    expect(page.locator(".duty")).to_contain_text("You are here until")
    looking.ask(room.client)
    room.client.post(
        "/api/v1/notices",
        json={"kind": "information", "text": "Doors", "venues": [looking.actors["gil"].venue_id]},
        headers=looking.cast.headers("aino"),
    )
    page.goto("/venue/")
    page.get_by_role("button", name="I have read it").click()
    expect(page.locator(".note.written")).to_contain_text("You read it at")
    looking.change("update first_look set asked_id = :gil where state = 'open'", gil=looking.actors["gil"].account_id)
    page.goto("/venue/")
    answer(page, "No", "No", "Yes")
    expect(page.locator(".note.sent")).to_contain_text("The control room has your answers.")


def test_the_console_asks_without_scripting(room: Room, looking: Looking) -> None:
    page = room.seat(java_script_enabled=False)
    page.goto(f"/control/?incident={looking.incident}#do-first-look")
    form = page.locator("#do-first-look")
    form.locator("input[type=text]").fill(WORDS)
    form.get_by_role("button", name="Ask for a look").click()
    expect(page.locator("#look-state")).to_contain_text("Asked to look")
    page.get_by_role("button", name="Take the question back").click()
    expect(page.locator("#look-state")).to_have_text("")


def test_a_question_is_answered_by_keyboard_alone(room: Room, looking: Looking, phone: Page) -> None:
    looking.ask(room.client)
    expect(phone.locator(".look")).to_be_visible(timeout=SOON)
    phone.locator(".look input[type=radio]").first.focus()
    for key in ("ArrowRight", "Tab", "ArrowRight", "Tab"):
        phone.keyboard.press(key)
    expect(phone.locator(".look .answer-button").first).to_be_focused()
    phone.keyboard.press("Enter")
    expect(phone.locator(".note.sent")).to_be_visible()
    assert looking.one("select hot_hidden || ' ' || hot_obvious || ' ' || hot_typical from look") == "no no yes"


def test_posters_are_downloaded_and_a_code_is_taken_out_of_use(room: Room, looking: Looking) -> None:
    page = staff(room, "hana")
    page.goto("/venue/posters")
    page.get_by_role("button", name=re.compile("^Add codes for")).click()
    expect(page.locator(".zone-code")).to_have_count(4)
    answer = page.request.get("/venue/posters/K7QD.pdf?tongue=en&size=A6")
    assert answer.headers["content-type"] == "application/pdf" and answer.body().startswith(b"%PDF-")
    assert page.request.get("/venue/posters/K7QD.pdf").status == 422
    assert page.request.get("/venue/records.pdf").body().startswith(b"%PDF-")
    place = page.locator("li", has_text="K7QD")
    place.locator("summary", has_text="Take out of use").click()
    place.get_by_role("button", name="Take K7QD out of use").click()
    expect(page.locator("section", has_text="Take these posters down.")).to_contain_text("K7QD")
    assert page.request.get("/venue/posters/K7QD.pdf?tongue=en").status == 404
    page.goto("/v/K7QD")
    expect(page.locator("main")).to_contain_text("not in use any more")


def test_a_minute_of_made_cases(room: Room, looking: Looking) -> None:
    page = staff(room, "gil")
    page.goto("/venue/hot-or-not")
    expect(page.locator("#minute")).to_contain_text("seconds left")
    for case in page.locator("fieldset.case").all():
        case.get_by_text("Not HOT", exact=True).click()
    page.get_by_role("button", name="Show what is right").click()
    expect(page.locator(".note.sent")).to_have_text(re.compile(r"[0-5] of 5 right"))
    assert barriers(page) == []
