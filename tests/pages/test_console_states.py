"""The console when something is missing: scripts, stream, map, session, right, incident. And hostile words."""

import time

import pytest
from playwright.sync_api import expect

from reporting.dashboard import words
from tests.control_room import Room

pytestmark = [pytest.mark.browser, pytest.mark.db]

HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",
    "{{ 7 * 7 }} ${7 * 7} <b>bold</b> &amp; \"both\" 'quotes' </textarea></script>",
    "javascript:alert(1) \u202e\u2066 turned around \u200f",
    "حقيبة سوداء خلف آلة التذاكر",
    "A" * 120,
)


def test_without_javascript_every_action_is_a_plain_form(room: Room) -> None:
    incident = room.filed(hot={"hidden": "yes", "obvious": "yes", "typical": "no"})
    page = room.seat(java_script_enabled=False)
    page.goto("/control/")
    page.get_by_role("listitem").get_by_role("link").click()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#incident")).to_have_attribute("data-status", "acknowledged")
    page.get_by_role("button", name="Take").click()
    expect(page.locator(".facts")).to_contain_text("Aino")
    page.get_by_role("link", name="Note", exact=True).click()
    page.get_by_label("Note for this room").fill("Guard sent")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".timeline")).to_contain_text("Guard sent")
    page.get_by_role("link", name="Priority", exact=True).click()
    page.get_by_label("Routine").check()
    page.get_by_label("Why", exact=True).fill("Owner is near")
    page.get_by_role("button", name="Change priority").click()
    page.get_by_role("link", name="Close", exact=True).click()
    page.get_by_label("Lost property").check()
    page.get_by_role("button", name="Close incident").click()
    expect(page.locator("#incident")).to_have_attribute("data-status", "closed")
    assert room.read(incident)["outcome"] == "lost_property"


def test_without_javascript_a_conflict_gives_the_words_back(room: Room) -> None:
    room.visits.forgiven.append("409")
    incident = room.incident(status="acknowledged")
    page = room.seat(java_script_enabled=False)
    page.goto(f"/control/?incident={incident}#do-close")
    page.get_by_label("Confirmed").check()
    page.get_by_label("In a few words, for this room").fill("It was a bomb\nof a party")
    room.bo_acts("change_priority", incident, 1, "more calls")
    page.get_by_role("button", name="Close incident").click()
    expect(page.get_by_role("alert").filter(has_text="changed by somebody else")).to_be_visible()
    expect(page.get_by_label("In a few words, for this room")).to_have_value("It was a bomb\nof a party")
    expect(page.get_by_label("Confirmed")).to_be_checked()
    page.get_by_role("button", name="Close incident").click()
    expect(page.locator("#incident")).to_have_attribute("data-status", "closed")


def test_a_note_outlives_its_session_and_its_page(room: Room) -> None:
    room.visits.forgiven += ["401", "403"]
    incident = room.incident(status="acknowledged")
    page = room.seat(java_script_enabled=False)
    page.goto(f"/control/?incident={incident}#do-note")
    signed_in = page.context.cookies()
    page.get_by_label("Note for this room").fill("A guard\nis <on> the way")
    page.context.clear_cookies()
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_role("heading", name="Not sent yet")).to_be_visible()
    page.context.add_cookies(signed_in)
    page.get_by_role("button", name="I have signed in").click()
    expect(page.get_by_label("Note for this room")).to_have_value("A guard\nis <on> the way")
    assert "A guard" not in str(room.read(incident)["timeline"])
    page.get_by_role("button", name="Add note").click()
    assert room.read(incident)["timeline"][-1]["text"].split() == ["A", "guard", "is", "<on>", "the", "way"]


def test_hostile_words_stay_words(room: Room) -> None:
    ids = room.incidents(*({"summary": text, "place": text} for text in HOSTILE))
    ids.append(room.filed(description=HOSTILE[0] + HOSTILE[3], why_unusual=HOSTILE[1], place=HOSTILE[2], location=None))
    dialogs: list[str] = []
    page = room.seat()
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    for incident in ids:
        page.goto(f"/control/?incident={incident}")
        expect(page.locator("#link-state")).to_have_text("Live")
        expect(page.locator("#incident .headline")).to_be_visible()
    page.locator("#incident").focus()
    page.keyboard.press("n")
    page.keyboard.type(HOSTILE[0])
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline")).to_contain_text(HOSTILE[0])
    expect(page.locator(".report blockquote")).to_contain_text(HOSTILE[0])
    assert words.shown(HOSTILE[2]).startswith("javascript:alert(1) [U+202E][U+2066] turned")
    assert page.evaluate("/[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.textContent)") is False
    for text in HOSTILE:
        assert any(words.shown(text) in shown for shown in page.locator(".row-what").all_text_contents()), text
    assert page.evaluate("document.querySelectorAll('#queue-pane script, #queue-pane img, .report img, .report b').length") == 0
    assert not dialogs and "owned" not in page.title()


def test_text_in_another_direction_does_not_turn_the_row(room: Room) -> None:
    room.incident(summary=HOSTILE[3])
    page = room.console()
    what = page.locator(".row:not([hidden]) .row-what bdi")
    expect(what).to_have_css("direction", "rtl")
    expect(page.locator(".row:not([hidden])")).to_have_css("direction", "ltr")


def test_a_cut_stream_is_said_polled_and_resumed_without_a_gap(room: Room) -> None:
    room.visits.forgiven.append("ERR_")
    page = room.console()
    room.stream.stop()
    expect(page.locator("#link-state")).to_contain_text("Reconnecting, data ", timeout=5000)
    room.incident(summary="Filed while the stream was away")
    expect(page.locator(".row").filter(has_text="Filed while the stream was away")).to_be_visible(timeout=20000)
    expect(page.locator("#link-state")).to_contain_text("Reconnecting")
    room.stream.start()
    expect(page.locator("#link-state")).to_have_text("Live", timeout=30000)
    room.incident(summary="Filed afterwards")
    expect(page.locator(".row").filter(has_text="Filed afterwards")).to_be_visible()
    expect(page.locator("#grid")).to_have_attribute("aria-rowcount", "2")


def test_a_silent_stream_never_looks_live(room: Room) -> None:
    """A connection can die without a word: only the missing ticks tell."""
    page = room.seat()
    page.route("**/api/v1/live", lambda route: route.fulfill(content_type="text/event-stream", body=": nothing\n\n"))
    page.goto("/control/")
    page.wait_for_timeout(1500)
    assert page.locator("#link-state").inner_text() != "Live"


def test_a_session_that_ended_keeps_the_words_and_shows_the_door(room: Room) -> None:
    room.visits.forgiven += ["401", "ERR_", "403"]
    incident = room.incident()
    page = room.console(f"/control/?incident={incident}")
    page.locator("#incident").focus()
    page.keyboard.press("n")
    page.keyboard.type("Half a sentence")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#do-note .trouble")).to_contain_text("You are signed out.")
    expect(page.locator("#note-text")).to_have_value("Half a sentence")


def test_a_broken_map_leaves_the_queue_working(room: Room) -> None:
    incident = room.incident()
    page = room.seat()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/control/")
    expect(page.locator("#map-say")).to_have_text("The map cannot be drawn on this screen. The queue is complete without it.")
    page.locator(f".row[data-id='{incident}']").click()
    expect(page.locator("#incident")).to_have_attribute("data-id", incident)


def test_the_map_shows_and_opens_incidents(room: Room) -> None:
    incident = room.incident(priority=1, lat=60.1716, lon=24.9443)
    page = room.console()
    expect(page.locator("#map-tools")).to_be_visible(timeout=20000)
    expect(page.locator("#map-say")).to_be_hidden()
    box = page.locator("#map").bounding_box()
    assert box is not None
    centre = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(40):
        page.mouse.click(*centre)
        if page.locator("#incident[data-id]").count():
            break
        time.sleep(0.25)
    expect(page.locator("#incident")).to_have_attribute("data-id", incident)


def test_who_may_only_read_gets_no_button_to_work(room: Room) -> None:
    incident = room.incident()
    page = room.console(f"/control/?incident={incident}", who="eve")
    expect(page.get_by_text("Read only")).to_be_visible()
    expect(page.locator("#incident form")).to_have_count(0)
    page.locator("#grid").focus()
    page.keyboard.press("a")
    expect(page.locator(".row[data-cursor=true] .status")).to_have_text("New")
    assert room.read(incident)["status"] == "new"


def test_who_has_no_right_is_told_so(room: Room) -> None:
    room.visits.forgiven.append("403")
    page = room.seat("fred")
    page.goto("/control/")
    expect(page.get_by_role("heading", name="You may not open this")).to_be_visible()


def test_absent_and_not_yours_look_the_same(room: Room) -> None:
    room.visits.forgiven.append("404")
    incident = room.incident()
    page = room.seat("carl")
    for address in (f"/control/?incident={incident}", "/control/?incident=no-such-thing"):
        page.goto(address)
        expect(page.locator("#incident")).to_contain_text("This incident is not here.")


def test_a_report_that_triage_has_not_read_stands_first(room: Room) -> None:
    room.incident(priority=1)
    told = {"category": "other", "description": "Something odd", "place": "by the fountain"}
    room.client.post("/api/v1/reports", json=told, headers={"Idempotency-Key": "a-key-of-enough-length-for-a-test"})
    page = room.seat()
    page.goto("/control/")
    first = page.locator(".row[aria-rowindex='1']")
    expect(first).to_contain_text("Not yet triaged", timeout=15000)
    first.click()
    expect(page.locator("#incident")).to_contain_text("Triage has not read this yet.")
    expect(page.locator("#incident form")).to_have_count(0)


def test_words_of_the_server_and_of_the_page_are_the_same(room: Room) -> None:
    page = room.console()
    lengths = [0, 1, 59, 60, 61, 3599, 3600, 3660, 7325, 86399, 86400, 90000, 200000]
    module = "async (lengths) => { const { span } = await import('/static/js/control/times.mjs');"
    script = module + " return lengths.map((seconds) => span(seconds * 1000)); }"
    assert page.evaluate(script, lengths) == [words.span(seconds) for seconds in lengths]


def test_no_page_of_the_console_asks_another_host(room: Room) -> None:
    incident = room.incident()
    page = room.seat()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/control/", f"/control/?incident={incident}", "/control/queue", "/control/map"):
        page.goto(path)
        expect(page.locator("#link-state")).to_have_text("Live")
    page.wait_for_timeout(1500)
    assert asked and all(url.startswith(("http://127.0.0.1:", "data:", "blob:")) for url in asked)


def test_a_desk_without_a_network_says_so(room: Room) -> None:
    room.visits.forgiven += ["ERR_"]
    room.incident()
    page = room.console()
    expect(page.locator("#map-tools")).to_be_visible(timeout=20000)
    page.context.set_offline(True)
    room.stream.stop()
    expect(page.locator("#link-state")).to_contain_text("Offline, data ", timeout=8000)
    expect(page.locator("#notice")).to_contain_text("This desk is offline. The queue shows what was known last.")
    expect(page.locator(".row:not([hidden])")).to_have_count(1)
    room.stream.start()
    page.context.set_offline(False)
    expect(page.locator("#link-state")).to_have_text("Live", timeout=30000)
    expect(page.locator("#notice")).to_be_hidden()


def test_sound_is_off_in_words_until_somebody_turns_it_on(room: Room) -> None:
    room.incident(priority=1)
    page = room.console()
    sound = page.locator("#sound")
    expect(sound).to_have_text("Sound off")
    expect(sound).to_have_attribute("data-needed", "true")
    sound.click()
    expect(sound).to_have_text("Sound on")
    sound.click()
    expect(sound).to_contain_text("Muted 1:5")
    sound.click()
    expect(sound).to_have_text("Sound on")


def test_the_theme_is_the_desks_own_choice(room: Room) -> None:
    page = room.seat()
    page.goto("/control/map")
    expect(page.locator("#map-tools")).to_be_visible(timeout=20000)
    page.get_by_role("button", name="Switch between dark and light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.wait_for_timeout(1500)
    assert page.evaluate("localStorage.getItem('control.theme')") == "light"
