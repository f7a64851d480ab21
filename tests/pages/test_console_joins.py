"""Correcting joins at the desk: what may be the same side by side, merging, taking out, and taking all of it back."""

import pytest
from playwright.sync_api import Page, expect

from tests.control_room import DESK, Room
from tests.site import barriers

pytestmark = [pytest.mark.browser, pytest.mark.db]

HARMLESS = {"hidden": "no", "obvious": "no", "typical": "yes"}
WORRYING = {"hidden": "yes", "obvious": "yes", "typical": "no"}
NEAR = {"lat": 60.1720, "lon": 24.9500, "accuracy_m": 10, "source": "gps"}


@pytest.fixture
def pair(room: Room) -> tuple[str, str]:
    """Two incidents about one bag, with opposite answers: suggested, never joined by themselves."""
    first = room.filed(hot=WORRYING)
    second = room.filed(description="Grey holdall left beside the ticket machine", hot=HARMLESS)
    assert first != second
    return first, second


def shown(room: Room, incident: str) -> Page:
    page = room.console(f"/control/?incident={incident}")
    expect(page.locator("#incident")).to_have_attribute("data-id", incident)
    page.locator("#incident").focus()
    return page


def test_opposite_answers_stand_side_by_side(room: Room, pair: tuple[str, str]) -> None:
    page = shown(room, pair[0])
    card = page.locator(".suggestion")
    expect(card).to_contain_text("May be the same as")
    expect(card).to_contain_text("The worse one stands until somebody has looked.")
    expect(card.locator("tr[data-differs]")).to_have_count(3)
    expect(card.locator("tr[data-differs]", has_text="Obviously suspicious")).to_contain_text("yesno")
    assert barriers(page) == []


def test_the_console_is_as_high_as_its_window_whatever_stands_in_it(room: Room, pair: tuple[str, str]) -> None:
    page = shown(room, pair[0])
    page.evaluate("for (const id of ['notice', 'desks-call']) document.getElementById(id).hidden = false")
    page.locator(".suggestion").last.scroll_into_view_if_needed()
    assert page.evaluate("document.scrollingElement.scrollHeight") == page.evaluate("innerHeight")
    panes = page.locator(".pane").all()
    assert {round(box["y"] + box["height"]) for pane in panes if (box := pane.bounding_box())} == {DESK[1]}


def test_m_merges_and_z_takes_it_back(room: Room, pair: tuple[str, str]) -> None:
    page = shown(room, pair[0])
    page.keyboard.press("m")
    expect(page.locator("#toast")).to_contain_text("Merged.")
    expect(page.locator(".joined")).to_contain_text("Merged into this one:")
    expect(page.locator("#grid")).to_have_attribute("aria-rowcount", "1")
    assert room.read(pair[1])["merged_into"]["id"] == pair[0]
    page.keyboard.press("z")
    expect(page.locator(".suggestion")).to_be_visible()
    expect(page.locator("#grid")).to_have_attribute("aria-rowcount", "2")
    assert room.read(pair[1])["merged_into"] is None


def test_d_keeps_them_apart_and_the_mark_can_be_taken_back(room: Room, pair: tuple[str, str]) -> None:
    page = shown(room, pair[0])
    page.keyboard.press("d")
    expect(page.locator(".suggestion")).to_have_count(0)
    expect(page.locator(".joined")).to_contain_text("Not the same as")
    assert room.read(pair[1])["suggestions"] == []
    page.get_by_role("button", name="Take that back").click()
    expect(page.locator(".suggestion")).to_be_visible()


def test_n_on_a_suggestion_says_not_the_same_and_elsewhere_writes_a_note(room: Room, pair: tuple[str, str]) -> None:
    page = shown(room, pair[0])
    page.keyboard.press("n")
    expect(page.locator("#do-note")).to_have_attribute("data-open", "true")
    page.keyboard.press("Escape")
    page.locator(".suggestion").focus()
    page.keyboard.press("n")
    expect(page.locator(".suggestion")).to_have_count(0)


def test_reports_are_taken_out_one_by_one_and_several_at_once(room: Room) -> None:
    incident = room.filed()
    for _ in range(3):
        assert room.filed(description="Grey holdall left beside the ticket machine") == incident
    page = shown(room, incident)
    page.get_by_role("button", name="Take out R-").first.click()
    expect(page.locator("#toast")).to_contain_text("Taken out.")
    assert room.read(incident)["report_count"] == 3
    picks = page.locator("#do-split input[type=checkbox]")
    expect(picks).to_have_count(3)
    page.locator("#incident").focus()
    page.keyboard.press("x")
    picks.nth(0).check()
    picks.nth(1).check()
    page.locator("#do-split").get_by_label("Why, in a few words").fill("Two other bags")
    page.locator("#do-split").get_by_role("button", name="Take out").click()
    expect(page.locator("#toast")).to_contain_text("2 reports taken out.")
    assert room.read(incident)["report_count"] == 1
    assert barriers(page) == []


def test_the_page_of_what_was_merged_leads_to_the_survivor(room: Room, pair: tuple[str, str]) -> None:
    numbers = [room.read(each)["number"] for each in pair]
    page = shown(room, pair[0])
    page.keyboard.press("m")
    expect(page.locator("#toast")).to_contain_text("Merged.")
    page.get_by_label("Filter the queue").fill(f"#{numbers[1]}")
    expect(page.locator("#queue-body")).to_contain_text(f"Merged into {numbers[0]}")
    page.get_by_role("link", name="Open it").click()
    expect(page.locator("#incident")).to_have_attribute("data-id", pair[1])
    expect(page.locator("#incident")).to_contain_text(f"Merged into {numbers[0]}.")
    page.get_by_role("link", name=f"Go to {numbers[0]}").click()
    expect(page.locator("#incident")).to_have_attribute("data-id", pair[0])


def test_what_somebody_saw_is_noted_by_key(room: Room, pair: tuple[str, str]) -> None:
    page = shown(room, pair[0])
    page.keyboard.press("l")
    form = page.locator("#do-check")
    form.get_by_label("Guard sent").check()
    form.get_by_label("Looked at, harmless").check()
    form.get_by_label("In a few words").fill("The owner came")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toast")).to_contain_text("Noted.")
    assert room.read(pair[0])["hot"] == HARMLESS


def test_without_scripts_everything_is_a_plain_form(room: Room, pair: tuple[str, str]) -> None:
    page = room.seat(java_script_enabled=False)
    page.goto(f"/control/?incident={pair[0]}")
    page.get_by_role("link", name="All reports side by side").evaluate("link => link.removeAttribute('target')")
    page.get_by_role("link", name="All reports side by side").click()
    page.get_by_role("button", name="Same: merge").click()
    assert room.read(pair[1])["merged_into"]["id"] == pair[0]
    page.get_by_role("button", name="Undo merge").click()
    assert room.read(pair[1])["merged_into"] is None
    page.get_by_role("button", name="Not the same").first.click()
    assert room.read(pair[0])["suggestions"] == []


def test_closed_ones_are_listed_found_and_opened_again(room: Room) -> None:
    incident = room.filed()
    room.bo_acts("close", incident, "nothing_found", "")
    page = room.seat()
    page.goto("/control/closed")
    assert barriers(page) == []
    page.get_by_label("Number, words or place").fill("holdall")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="grey holdall").click()
    expect(page.locator("#link-state")).to_have_text("Live")
    page.locator("#incident").focus()
    page.keyboard.press("o")
    page.get_by_label("Why is it opened again?").fill("It is there again")
    page.get_by_role("button", name="Reopen incident").click()
    expect(page.locator("#incident")).to_have_attribute("data-status", "in_progress")
    assert room.read(incident)["status"] == "in_progress"
