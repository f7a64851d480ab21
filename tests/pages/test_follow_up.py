"""The follow-up page in a real browser: with and without script, calm news, leaving, and nobody kept out."""

from contextlib import suppress

import pytest
from playwright.sync_api import Page, Route, TimeoutError, expect

from tests.pages.test_public_access import faults
from tests.site import Visits
from tests.talking import Filed, Talk

pytestmark = [pytest.mark.browser, pytest.mark.db]

HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>\u202e'\"{{7*7}}"


@pytest.fixture
def filed(talk: Talk) -> Filed:
    return talk.file()


def opened(visit: Visits, filed: Filed, lang: str = "en", **options: object) -> Page:
    """The page of a report, opened as its reporter opens it."""
    page = visit(**options)  # type: ignore[arg-type]
    page.goto(f"/follow-up?lang={lang}")
    page.locator("#receipt_code").fill(filed.code.lower().replace("-", " "))
    page.locator(".code-form button").click()
    expect(page.locator("#talk")).to_be_visible()
    return page


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
def test_a_question_is_answered_by_a_tap(visit: Visits, talk: Talk, filed: Filed, scripted: bool) -> None:
    talk.ask(filed, card="still_there")
    page = opened(visit, filed, java_script_enabled=scripted)
    expect(page.get_by_role("heading", name="We have a question for you")).to_be_visible()
    page.locator(".card").get_by_text("No", exact=True).click()
    page.get_by_role("button", name="Send answer").click()
    expect(page.get_by_text("Thank you. We have your answer.")).to_be_visible()
    expect(page.get_by_role("heading", name="We are looking at it")).to_be_visible()


def test_a_question_appears_by_itself_and_what_is_typed_stays(visit: Visits, talk: Talk, filed: Filed) -> None:
    page = visit()
    page.clock.install()
    page.goto("/follow-up")
    page.locator("#receipt_code").fill(filed.code)
    page.locator(".code-form button").click()
    page.locator("#add-text").fill("It has a red")
    page.locator("#add-text").press("End")
    file = page.locator("#talk input[type=file]").first
    file.set_input_files({"name": "bag.png", "mimeType": "image/png", "buffer": b"none"})
    talk.ask(filed, card="hurt")
    page.clock.run_for(21_000)
    expect(page.get_by_role("heading", name="Is anybody hurt?")).to_be_visible()
    expect(page.locator("#add-text")).to_have_value("It has a red")
    expect(page.locator("#add-text")).to_be_focused()
    assert file.evaluate("(field) => field.files.length") == 1
    expect(page.locator("#news")).to_have_text("Something new is here.")
    assert talk.incident(filed)["reports"][0]["reachable"]["state"] == "page_open"
    page.locator(".card").get_by_text("Yes", exact=True).click()
    expect(page.locator(".call-first .button")).to_be_visible()


def test_adding_and_withdrawing_need_no_script(visit: Visits, talk: Talk, filed: Filed) -> None:
    page = opened(visit, filed, java_script_enabled=False)
    page.get_by_label("Add something").fill("It has wheels")
    page.get_by_role("button", name="Add to my report").click()
    expect(page.locator(".said")).to_contain_text("It has wheels")
    page.get_by_text("Take this report back").click()
    page.get_by_text("Yes, I want to take it back").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="You withdrew this report")).to_be_visible()


@pytest.mark.parametrize("way", ["tap", "keys"])
def test_leaving_replaces_the_page(visit: Visits, talk: Talk, filed: Filed, way: str) -> None:
    page = opened(visit, filed)
    page.route("**/leave", away)
    if way == "tap":
        page.get_by_role("link", name="Leave this page now").click()
    else:
        press_until_gone(page)
    expect(page.get_by_text("The weather today")).to_be_visible()
    page.go_back()
    expect(page.locator("#talk")).to_have_count(0)
    expect(page.locator("#receipt_code")).to_have_value("")


def press_until_gone(page: Page) -> None:
    """Three times Escape; again when the script was not there yet, but not soon: Escape also stops a page that is on its way."""
    for _ in range(20):
        for _ in range(3):
            page.keyboard.press("Escape")
        with suppress(TimeoutError):
            page.wait_for_url(lambda url: not url.endswith("/follow-up"), timeout=1500, wait_until="commit")
            return


def away(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body="<!doctype html><title>Weather</title><p>The weather today</p>")


def test_two_escapes_leave_nothing(visit: Visits, talk: Talk, filed: Filed) -> None:
    page = opened(visit, filed)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.locator("#talk")).to_be_visible()


def test_hostile_words_are_words_to_both_sides(visit: Visits, talk: Talk, filed: Filed) -> None:
    talk.room(f"incidents/{filed.incident}/message", report=filed.id, text=HOSTILE, sure=True)
    talk.ask(filed, text=HOSTILE, sure=True)
    page = opened(visit, filed)
    page.on("dialog", lambda dialog: visit.complaints.append(dialog.message))
    page.get_by_label("Add something").fill(HOSTILE)
    page.get_by_role("button", name="Add to my report").click()
    expect(page.locator(".said li")).to_have_count(2)
    assert page.locator("#talk img").count() == 0 and "{{7*7}}" in page.locator(".said").inner_text()
    page.get_by_text("Take everything with you").click()
    page.get_by_role("button", name="To read or print").click()
    expect(page.get_by_role("heading", name="Your report")).to_be_visible()
    assert page.locator("main img").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_state_is_free_of_barriers(visit: Visits, talk: Talk, filed: Filed, lang: str, scheme: str) -> None:
    visit.forgiven += ["422"]
    for card in ("hurt", "which_way", "may_call", "how_many"):
        talk.ask(filed, card=card)
    talk.ask(filed, text="Quelle couleur ?", language="fr")
    talk.room(f"incidents/{filed.incident}/message", report=filed.id, text="Danke", language="de")
    page = opened(visit, filed, lang, width=320, height=640, color_scheme=scheme)
    seen = {"questions": faults(page)}
    page.locator("#withdrawal > summary").click()
    page.locator("#take-along > summary").click()
    seen["open"] = faults(page)
    page.locator(".card button[type=submit]").first.click()
    expect(page.locator("#problems")).to_be_visible()
    seen["refused"] = faults(page)
    talk.close(filed)
    page = opened(visit, filed, lang, width=320, height=640, color_scheme=scheme)
    seen["closed"] = faults(page)
    page.locator("#take-along > summary").click()
    page.locator("#take-along button").first.click()
    expect(page.locator(".given")).to_be_visible()
    seen["copy"] = faults(page)
    talk.post("/withdraw", {"receipt_code": filed.code, "sure": True})
    page = opened(visit, filed, lang, width=320, height=640, color_scheme=scheme)
    seen["withdrawn"] = faults(page)
    assert not any(seen.values()), seen
