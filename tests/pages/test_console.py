"""The console as an operator works with it: what comes in appears, keys act, nothing moves under the cursor, no word is lost."""

import pytest
from playwright.sync_api import Page, expect

from tests.control_room import Room

pytestmark = [pytest.mark.browser, pytest.mark.db]

MAP_OUT_OF_THE_WAY = (1200, 768)


def cursor(page: Page) -> str | None:
    return page.locator(".row[data-cursor=true]").get_attribute("data-id")


def height_of_cursor(page: Page) -> float:
    box = page.locator(".row[data-cursor=true]").bounding_box()
    assert box is not None
    return box["y"]


def open_by_key(page: Page, incident_id: str) -> None:
    while cursor(page) != incident_id:
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#incident")).to_have_attribute("data-id", incident_id)


def test_a_new_incident_appears_by_itself_and_an_immediate_one_is_said_aloud(room: Room) -> None:
    page = room.console()
    expect(page.locator("#queue-pane")).to_contain_text("Nothing is open.")
    room.incident(summary="Bag at the kiosk")
    expect(page.locator(".row").filter(has_text="Bag at the kiosk")).to_be_visible()
    expect(page.locator("#urgent")).to_be_empty()
    room.incident(summary="Smoke from a bag", priority=1, place="Hall 2")
    expect(page.locator("#urgent")).to_have_text("1 Immediate: Smoke from a bag, Hall 2")
    expect(page.locator(".row").first).to_be_visible()
    expect(page).to_have_title("(1) Queue · City room")
    page.get_by_role("button", name="1 not acknowledged").click()
    expect(page.get_by_role("heading", name="Smoke from a bag")).to_be_visible()


def test_the_queue_is_in_the_order_in_which_it_needs_somebody(room: Room) -> None:
    calm, routine, high, alarm = room.incidents(
        {"summary": "calm", "priority": 4},
        {"summary": "routine", "priority": 3},
        {"summary": "high", "priority": 2},
        {"summary": "alarm", "priority": 1},
    )
    page = room.console()
    rows = page.locator(".row[aria-rowindex]")
    order = {rows.nth(index).get_attribute("aria-rowindex"): rows.nth(index).get_attribute("data-id") for index in range(4)}
    assert [order[str(place)] for place in (1, 2, 3, 4)] == [alarm, high, routine, calm]


def test_the_whole_work_on_an_incident_needs_only_keys(room: Room) -> None:
    incident = room.filed(hot={"hidden": "yes", "obvious": "yes", "typical": "no"})
    page = room.console()
    open_by_key(page, incident)
    page.keyboard.press("a")
    expect(page.locator("#incident")).to_have_attribute("data-status", "acknowledged")
    page.keyboard.press("t")
    expect(page.locator(".facts")).to_contain_text("Aino")
    page.keyboard.press("n")
    page.keyboard.type("Guard <b>sent</b> to look; aptncj?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline")).to_contain_text("Guard <b>sent</b> to look; aptncj?")
    page.keyboard.press("p")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Owner is near")
    page.keyboard.press("Enter")
    expect(page.locator(".timeline")).to_contain_text("Owner is near")
    page.keyboard.press("c")
    page.get_by_label("Lost property").check()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#incident")).to_have_attribute("data-status", "closed")
    kinds = [event["kind"] for event in room.read(incident)["timeline"]]
    assert kinds[-5:] == ["acknowledged", "taken", "note", "priority", "closed"]


def test_letters_are_only_letters_where_one_types_and_can_be_switched_off(room: Room) -> None:
    incident = room.incident()
    page = room.console()
    page.keyboard.press("/")
    page.keyboard.type("a t")
    assert room.read(incident)["status"] == "new"
    page.keyboard.press("Escape")
    expect(page.locator("#filter")).to_be_empty()
    page.keyboard.press("?")
    page.get_by_label("Letter keys on").uncheck()
    page.keyboard.press("Escape")
    page.locator("#grid").focus()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator("#incident")).to_have_attribute("data-id", incident)
    assert room.read(incident)["status"] == "new"


def test_two_operators_on_one_incident_lose_no_word(room: Room) -> None:
    incident = room.incident(status="acknowledged")
    page = room.console(f"/control/?incident={incident}")
    page.get_by_role("link", name="Close", exact=True).click()
    page.get_by_label("Nothing found").check()
    page.get_by_label("In a few words, for this room").fill("Guard looked twice")
    room.stream.stop()
    room.visits.forgiven += ["ERR_", "409"]
    room.bo_acts("change_priority", incident, 2, "second call")
    page.get_by_role("button", name="Close incident").click()
    trouble = page.locator("#do-close .trouble")
    expect(trouble).to_contain_text("Somebody was faster.")
    expect(trouble).to_contain_text("You saw version 1; it is now version 2")
    expect(trouble).to_contain_text("Bo: Priority 3 to 2: second call")
    expect(page.get_by_label("In a few words, for this room")).to_have_value("Guard looked twice")
    page.get_by_role("button", name="Close incident").click()
    expect(page.locator("#incident")).to_have_attribute("data-status", "closed")
    assert room.read(incident)["outcome"] == "nothing_found"


def test_what_a_colleague_does_is_seen_while_one_types(room: Room) -> None:
    incident = room.incident()
    page = room.console(f"/control/?incident={incident}")
    page.locator("#incident").focus()
    page.keyboard.press("n")
    page.keyboard.type("I was just writ")
    room.bo_acts("acknowledge", incident)
    expect(page.locator(".timeline")).to_contain_text("Acknowledged")
    expect(page.locator("#note-text")).to_be_focused()
    page.keyboard.type("ing this")
    expect(page.locator("#note-text")).to_have_value("I was just writing this")


def test_a_row_under_the_cursor_stays_where_it_is(room: Room) -> None:
    room.incidents(*({"summary": f"row {number}", "priority": 4} for number in range(40)))
    page = room.console()
    page.keyboard.press("End")
    expect(page.locator(".row[data-cursor=true]")).to_have_attribute("aria-rowindex", "40")
    before, where = cursor(page), height_of_cursor(page)
    room.incidents(*({"summary": f"news {number}", "priority": 2} for number in range(3)))
    expect(page.get_by_role("button", name="3 new ↑")).to_be_visible()
    room.incident(summary="alarm", priority=1)
    expect(page.get_by_role("button", name="1 to act on now ↑")).to_be_visible()
    assert (cursor(page), height_of_cursor(page)) == (before, where)
    page.get_by_role("button", name="1 to act on now ↑").click()
    expect(page.locator(".row").filter(has_text="alarm")).to_be_in_viewport()
    expect(page.locator(".pill")).to_be_hidden()


def test_what_one_acknowledges_keeps_its_place_until_one_leaves_it(room: Room) -> None:
    first, *_others = room.incidents(*({"priority": 1, "opened_s": 40 - number} for number in range(3)))
    page = room.console()
    open_by_key(page, first)
    where = height_of_cursor(page)
    page.keyboard.press("a")
    expect(page.locator(".row[data-cursor=true] .status")).to_have_text("Acknowledged")
    assert height_of_cursor(page) == where
    page.keyboard.press("j")
    expect(page.locator(f".row[data-id='{first}']")).to_have_attribute("aria-rowindex", "3")


def test_a_long_queue_needs_few_nodes(room: Room) -> None:
    room.incidents(*({"summary": f"row {number}", "priority": 4} for number in range(450)))
    page = room.console(size=MAP_OUT_OF_THE_WAY)
    expect(page.locator("#grid")).to_have_attribute("aria-rowcount", "450")
    assert page.evaluate("document.querySelectorAll('*').length") <= 600
    page.keyboard.press("End")
    expect(page.locator(".row[data-cursor=true]")).to_have_attribute("aria-rowindex", "450")
    assert page.evaluate("document.querySelectorAll('*').length") <= 600


def test_filter_and_views_narrow_the_queue_and_count(room: Room) -> None:
    room.incidents({"summary": "Drone over the roof"}, {"summary": "Bag", "status": "acknowledged"})
    page = room.console()
    page.get_by_role("button", name="New 1").click()
    expect(page.locator("#grid")).to_have_attribute("aria-rowcount", "1")
    page.get_by_role("button", name="Open 2").click()
    page.get_by_label("Filter the queue").fill("drone roof")
    expect(page.locator("#grid")).to_have_attribute("aria-rowcount", "1")
    page.get_by_label("Filter the queue").fill("nothing like it")
    expect(page.locator("#queue-pane")).to_contain_text("Nothing matches.")
    page.get_by_label("Filter the queue").fill("")
    page.get_by_role("button", name="Mine 0").click()
    expect(page.locator("#queue-pane")).to_contain_text("You have nothing open.")


def test_the_browsers_back_button_leads_through_what_was_open(room: Room) -> None:
    first, second = room.incidents({"summary": "first"}, {"summary": "second"})
    page = room.console()
    page.locator(f".row[data-id='{first}']").click()
    expect(page.get_by_role("heading", name="first")).to_be_visible()
    page.locator(f".row[data-id='{second}']").click()
    expect(page.get_by_role("heading", name="second")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="first")).to_be_visible()
    page.get_by_role("link", name="Shut the incident pane").click()
    expect(page.locator("#incident")).to_contain_text("No incident is open.")


def test_a_pane_in_a_window_of_its_own_talks_to_the_others(room: Room) -> None:
    incident = room.incident(summary="Bag at the kiosk")
    desk = room.console()
    queue = desk.context.new_page()
    queue.goto("/control/queue")
    expect(queue.locator("#grid")).to_have_attribute("aria-rowcount", "1")
    queue.locator(f".row[data-id='{incident}']").click()
    expect(desk.locator("#incident")).to_have_attribute("data-id", incident)
    alone = room.console(f"/control/incidents/{incident}")
    expect(alone.get_by_role("heading", name="Bag at the kiosk")).to_be_visible()
    expect(alone.locator("#queue-pane")).to_have_count(0)


def test_a_surge_of_reports_leaves_the_timeline_within_reach(room: Room) -> None:
    for number in range(8):
        incident = room.filed(description=f"Grey holdall by the ticket machine, call {number}")
    assert room.read(incident)["report_count"] == 8
    page = room.console(f"/control/?incident={incident}")
    expect(page.locator("#incident .report:visible")).to_have_count(5)
    page.get_by_text("3 earlier reports").click()
    expect(page.locator("#incident .report:visible")).to_have_count(8)
    room.bo_acts("acknowledge", incident)
    expect(page.locator(".timeline")).to_contain_text("Acknowledged")
    expect(page.locator("#incident .report:visible")).to_have_count(8)
