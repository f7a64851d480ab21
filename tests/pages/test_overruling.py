"""Overruling a priority by one key and taking it back; the reasons, the timeline and the page about the rules in the browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from reporting.domain.signposts import SIGNPOSTS
from tests.control_room import Room
from tests.site import barriers, sideways

pytestmark = [pytest.mark.browser, pytest.mark.db]

SUSPICIOUS = {"hidden": "yes", "obvious": "yes", "typical": "no"}


def opened(room: Room, incident: str, **options: str) -> Page:
    page = room.console(f"/control/?incident={incident}", **options)
    page.locator("#incident").focus()
    return page


def test_one_key_sets_the_priority_and_another_takes_it_back(room: Room) -> None:
    incident = room.filed(hot=SUSPICIOUS)
    page = opened(room, incident)
    page.keyboard.press("1")
    expect(page.locator("#toast")).to_contain_text("Priority 1.")
    expect(page.locator(".why .lead")).to_contain_text("Priority 1 set by Aino")
    assert room.read(incident)["priority"] == 1
    page.keyboard.press("z")
    expect(page.locator("#toast")).to_contain_text("Taken back.")
    expect(page.locator(".why .lead")).to_contain_text("Strongest sign")
    assert room.read(incident)["priority"] == 2


def test_the_reason_is_typed_afterwards_and_the_desk_goes_on(room: Room) -> None:
    incident = room.filed(hot=SUSPICIOUS)
    page = opened(room, incident)
    page.keyboard.press("1")
    expect(page.locator("#toast")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "incident"
    page.keyboard.press("r")
    page.keyboard.type("21 people ran 3 ways")
    assert barriers(page) == []
    page.keyboard.press("Enter")
    expect(page.locator(".why .lead")).to_contain_text("21 people ran 3 ways")
    expect(page.locator("#incident")).to_be_focused()
    assert room.read(incident)["priority"] == 1, "figures in the reason set nothing"


def test_a_key_in_the_queue_overrules_the_row_under_the_cursor(room: Room) -> None:
    room.incident(summary="Bag", priority=3, status="acknowledged")
    page = room.console()
    page.locator("#grid").focus()
    page.keyboard.press("Home")
    page.keyboard.press("2")
    expect(page.locator(".row[data-cursor=true] .chip")).to_have_text("2 Priority")
    expect(page.locator("#toast")).to_contain_text("Priority 2.")
    page.keyboard.press("2")
    expect(page.locator("#toast")).to_contain_text("It is 2 Priority already.")
    page.get_by_role("button", name="Keys and help").click()
    expect(page.get_by_role("dialog")).to_contain_text("set the priority at once")


def test_the_same_works_without_scripts(room: Room) -> None:
    incident = room.filed(hot=SUSPICIOUS)
    page = room.seat(java_script_enabled=False)
    page.goto(f"/control/?incident={incident}")
    page.get_by_role("link", name="Priority", exact=True).click()
    page.get_by_label("4 Information").check()
    page.get_by_role("button", name="Change priority").click()
    expect(page.locator(".why .lead")).to_contain_text("No reason was given.")
    page.get_by_role("button", name="Take the priority back").click()
    assert room.read(incident)["priority"] == 2


def test_nobody_takes_a_colleagues_incident_by_a_slip(room: Room) -> None:
    incident = room.incident(status="acknowledged")
    room.bo_acts("take", incident)
    page = opened(room, incident)
    expect(page.get_by_role("button", name="Take over from Bo")).to_be_visible()
    page.keyboard.press("t")
    expect(page.locator("#toast")).to_contain_text("Bo is on it. Press T again")
    assert room.read(incident)["assignee"]["name"] == "Bo"
    page.keyboard.press("t")
    expect(page.locator(".timeline")).to_contain_text("Taken over from Bo")


def test_whoever_loses_an_incident_is_told(room: Room) -> None:
    incident = room.incident(status="acknowledged", summary="Holdall on platform 3")
    page = opened(room, incident)
    page.keyboard.press("t")
    expect(page.locator("#toast")).to_contain_text("It is yours now.")
    room.bo_acts("take", incident)
    expect(page.locator("#toast")).to_contain_text(re.compile("Bo took over .*: Holdall on platform 3"))


def test_three_keys_close_no_immediate_incident(room: Room) -> None:
    incident = room.incident(priority=1, status="acknowledged")
    page = opened(room, incident)
    for key in ("c", "Space", "Control+Enter"):
        page.keyboard.press(key)
    assert room.read(incident)["status"] == "acknowledged"
    page.get_by_label("In a few words, for this room").fill("Guard looked, it is an empty box")
    page.get_by_label("Nothing found").check()
    page.get_by_role("button", name="Close incident").click()
    expect(page.locator("#incident")).to_have_attribute("data-status", "closed")


def test_waiting_and_shelving_have_keys(room: Room) -> None:
    incident = room.incident(status="in_progress")
    page = opened(room, incident)
    page.keyboard.press("w")
    page.keyboard.type("The shop rings back")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#incident")).to_have_attribute("data-status", "waiting")
    page.keyboard.press("s")
    page.keyboard.type("Until the tide is out")
    page.get_by_label("15 minutes").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#incident")).to_have_attribute("data-status", "shelved")


def test_the_timeline_turns_round_and_stays_so(room: Room) -> None:
    incident = room.filed()
    room.bo_acts("note", incident, "First look")
    page = opened(room, incident)
    lines = page.locator(".timeline li")
    expect(lines.first).to_contain_text("First look")
    page.get_by_role("link", name="Oldest first").click()
    expect(lines.first).to_contain_text("Opened")
    expect(page.get_by_role("link", name="Newest first")).to_be_focused()
    page.get_by_role("link", name="Notes").click()
    expect(lines).to_have_count(1)
    room.bo_acts("note", incident, "Second look")
    expect(lines).to_have_count(2)
    expect(lines.last).to_contain_text("Second look")


def test_the_timeline_is_paged_without_scripts(room: Room) -> None:
    incident = room.incident(status="acknowledged")
    for number in range(52):
        room.bo_acts("note", incident, f"Note {number}.")
    page = room.seat(java_script_enabled=False)
    page.goto(f"/control/?incident={incident}")
    expect(page.locator(".timeline li")).to_have_count(50)
    page.get_by_role("link", name="Older lines").click()
    expect(page.locator(".timeline li")).to_have_count(2)
    expect(page.locator(".timeline li").last).to_contain_text("Note 0.")


def test_the_headline_stays_in_sight(room: Room) -> None:
    page = opened(room, room.filed(hot=SUSPICIOUS))
    page.locator("#incident").evaluate("pane => { pane.scrollTop = 500; }")
    expect(page.locator("#incident-title")).to_be_in_viewport()


def test_reasons_are_told_to_a_newcomer(room: Room) -> None:
    incident = room.filed(description="There is a fire in the waste bin, flames", category="other", location=None, place="Hall 2")
    page = opened(room, incident)
    expect(page.locator(".why .lead")).to_contain_text("Immediate danger")
    expect(page.locator(".why")).to_contain_text(SIGNPOSTS["fire"].operator)
    expect(page.locator(".why .finding").first).to_contain_text("counts a lot")
    page.get_by_text("Source").first.click()
    expect(page.locator(".why .finding").first).to_contain_text("danger.fire")
    page.get_by_text("what that means").click()
    expect(page.locator("#score-explained")).to_contain_text("Lawful behaviour alone stays at 3 Routine")
    assert barriers(page) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_page_about_the_rules_is_for_everybody(room: Room, theme: str) -> None:
    page = room.seat(theme=theme)
    page.goto("/control/judgement")
    expect(page.get_by_text("Nothing to count yet.")).to_be_visible()
    incident = room.filed(hot=SUSPICIOUS)
    room.bo_acts("change_priority", incident, 4, "It is the cleaner's")
    page.reload()
    expect(page.locator("tbody tr").first).to_contain_text("1")
    assert barriers(page) == []
    page.get_by_role("link", name="Last 90 days").click()
    expect(page.get_by_role("link", name="Last 90 days")).to_have_attribute("aria-current", "page")
    page.set_viewport_size({"width": 390, "height": 800})
    assert sideways(page) <= 0
    page.emulate_media(media="print")
    expect(page.locator(".windows")).to_be_hidden()


def test_whoever_may_not_open_the_console_is_led_on(room: Room) -> None:
    room.visits.forgiven.append("403")
    page = room.seat("fred")
    page.goto("/control/judgement")
    way_out = page.get_by_role("link").first
    assert way_out.get_attribute("href") != "/control/judgement"
    way_out.click()
    assert page.get_by_role("heading", name="You may not open this").count() == 0
