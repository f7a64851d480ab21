"""Telling us with a real browser: three taps, no connection, no location, no script, only keys; always exactly one report."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import Engine, text

from reporting.domain.receipts import VECTORS, normalised
from tests.cast import Cast
from tests.site import HERE, Visits

pytestmark = [pytest.mark.browser, pytest.mark.db]


@pytest.fixture(autouse=True)
def _empty(clean: None) -> None:
    """Every test starts with empty tables."""


def filed(owner: Engine) -> list[dict]:
    with owner.connect() as connection:
        return [dict(row) for row in connection.execute(text("select * from report order by received_at")).mappings()]


def choose(page: Page, words: str) -> None:
    page.get_by_text(words, exact=True).click()


def here(page: Page) -> None:
    page.get_by_role("button", name="Here, where I am").click()


def say_where(page: Page, words: str = "platform 3") -> None:
    page.get_by_role("button", name="Somewhere else").click()
    page.get_by_label("Place, in words").fill(words)
    page.get_by_role("button", name="Continue").click()


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def receipt(page: Page) -> str:
    expect(page.get_by_role("heading", name="Thank you. We have your report.")).to_be_visible()
    return page.locator("#receipt-code").inner_text()


def test_three_taps_and_the_phones_place_are_enough(visit: Visits, owner: Engine) -> None:
    page = visit()
    page.goto("/")
    choose(page, "A bag or item left alone")
    expect(page.get_by_text("Move away first. Do not touch it.")).to_be_visible()
    here(page)
    expect(page.get_by_text("Where I am, within 18 metres")).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport(ratio=1)
    send(page)
    code = receipt(page)
    (report,) = filed(owner)
    assert normalised(code) == code
    assert (report["category"], report["lat"], report["lon"], report["accuracy_m"]) == ("unattended_item", 60.169, 24.94, 18)
    assert (report["location_source"], report["hot_hidden"]) == ("gps", "unknown")


def test_a_poster_makes_it_two_taps(visit: Visits, cast: Cast, owner: Engine) -> None:
    page = visit()
    page.goto("/v/K7QD")
    expect(page.get_by_text("The Mall, North door")).to_be_visible()
    choose(page, "A vehicle that worries me")
    send(page)
    receipt(page)
    (report,) = filed(owner)
    assert report["place_code"] == "K7QD"


def test_behaviour_comes_first_and_looks_only_after_an_act(visit: Visits, owner: Engine) -> None:
    page = visit()
    page.goto("/")
    choose(page, "Someone acting unusually")
    expect(page.get_by_text("Do not follow or photograph people.")).to_be_visible()
    say_where(page)
    expect(page.get_by_role("group", name="What did they do?")).to_be_visible()
    page.get_by_role("button", name="Skip this question").click()
    expect(page.get_by_label("What made it feel wrong?")).to_be_visible()
    page.get_by_role("button", name="Skip this question").click()
    expect(page.get_by_role("group", name="Is it happening now?")).to_be_visible()
    for _ in range(2):
        page.get_by_role("button", name="Previous question").click()
    page.get_by_label("Tried doors, gates or alarms").check()
    page.get_by_role("button", name="Next question").click()
    page.get_by_label("What made it feel wrong?").fill("at night")
    page.get_by_role("button", name="Next question").click()
    page.get_by_label("Can you describe them?").fill("tall, red coat, grey bag")
    page.get_by_role("button", name="Next question").click()
    page.get_by_role("group", name="Is it happening now?").get_by_text("No", exact=True).click()
    page.get_by_role("group", name="Is the person still there?").get_by_text("No", exact=True).click()
    page.get_by_role("group", name="When did you last see them?").get_by_text("In the last hour").click()
    page.get_by_label("Which way did they go?").fill("towards the tram stop")
    page.get_by_text("It is about someone who works here").click()
    page.get_by_label("In a few words (optional)").fill("<img src=x onerror=alert(1)>")
    page.get_by_text("Leave your name or number (optional)").click()
    page.get_by_label("Phone").fill("040 1234")
    send(page)
    receipt(page)
    (report,) = filed(owner)
    assert (report["behaviours"], report["happening_now"], report["about_staff"]) == (["TESTSEC"], "no", True)
    assert (report["why_unusual"], report["moving_to"], report["still_there"]) == ("at night", "towards the tram stop", "no")
    assert (report["description"], report["place"]) == ("<img src=x onerror=alert(1)>\ntall, red coat, grey bag", "platform 3")
    assert timedelta(minutes=29) < report["received_at"] - report["observed_at"] < timedelta(minutes=32)


def test_hot_is_three_taps_and_bad_answers_keep_cameras_away(visit: Visits, owner: Engine) -> None:
    page = visit()
    page.goto("/")
    choose(page, "A bag or item left alone")
    here(page)
    form = page.locator("#report")
    expect(form).not_to_have_attribute("data-no-camera", re.compile(".*"))
    page.get_by_role("group", name="Has it been put where it is hard to see?").get_by_text("Yes", exact=True).click()
    expect(page.get_by_text("Stay away from it.")).to_be_visible()
    expect(form).to_have_attribute("data-no-camera", "item")
    page.get_by_role("group", name="Wires, batteries").get_by_text("I don't know").click()
    page.get_by_role("group", name="Is it what you would expect to find here?").get_by_text("No", exact=True).click()
    expect(page.get_by_role("group", name="Is it still there?")).to_be_visible()
    send(page)
    receipt(page)
    expect(page.locator("#receipt")).to_have_attribute("data-no-camera", "item")
    (report,) = filed(owner)
    assert (report["hot_hidden"], report["hot_obvious"], report["hot_typical"]) == ("yes", "unknown", "no")


def test_a_text_of_looks_alone_is_asked_back_once_and_can_be_sent(visit: Visits, owner: Engine) -> None:
    page = visit()
    page.goto("/")
    choose(page, "Someone acting unusually")
    here(page)
    with page.expect_response("**/looks/en.json"):
        page.get_by_label("In a few words (optional)").press_sequentially("a tall man with a beard")
    send(page)
    expect(page.get_by_text("An act helps us more.")).to_be_in_viewport()
    expect(page.get_by_role("group", name="What did they do?")).to_be_visible()
    assert filed(owner) == []
    send(page)
    receipt(page)
    assert [report["description"] for report in filed(owner)] == ["a tall man with a beard"]


def test_the_room_is_said_by_its_place_before_sending(visit: Visits, cast: Cast, owner: Engine) -> None:
    page = visit()
    page.goto("/")
    choose(page, "A vehicle that worries me")
    here(page)
    expect(page.locator("#goes-to")).to_have_text("This goes to City room.")
    page.route("**/api/v1/room", lambda route: route.abort())
    visit.forgiven.append("net::ERR")
    page.get_by_text("It is about someone who works here").click()
    expect(page.locator("#goes-to")).to_have_text("This goes to the control room in charge there.")
    send(page)
    receipt(page)


def test_the_receipt_names_the_number_of_the_room_that_gets_it(visit: Visits, cast: Cast) -> None:
    page = visit()
    said = {"room": "Harbour room", "watched": "nobody_there", "phone": "+358 000 555 099"}
    page.route("**/api/v1/room", lambda route: route.fulfill(json=said))
    page.goto("/")
    choose(page, "A vehicle that worries me")
    here(page)
    expect(page.locator("#goes-to")).to_have_text("This goes to Harbour room.")
    send(page)
    receipt(page)
    expect(page.locator("#receipt [data-watch-note]")).to_contain_text("+358 000 555 099")


def test_a_rough_place_asks_for_words_and_never_stops_anybody(visit: Visits, owner: Engine) -> None:
    page = visit(geolocation={**HERE, "accuracy": 400})
    page.goto("/")
    choose(page, "A vehicle that worries me")
    expect(page.get_by_text("We only know it within 400 metres. Please add a place name.")).to_be_visible()
    here(page)
    expect(page.get_by_label("Place, in words")).to_be_focused()
    page.get_by_role("button", name="Continue").click()
    send(page)
    receipt(page)
    assert [report["accuracy_m"] for report in filed(owner)] == [400]


def test_a_better_fix_is_kept_while_the_person_goes_on(visit: Visits, owner: Engine) -> None:
    page = visit(geolocation={**HERE, "accuracy": 45})
    page.goto("/")
    choose(page, "A vehicle that worries me")
    expect(page.get_by_text("We know where you are, within 45 metres.")).to_be_visible()
    here(page)
    page.context.set_geolocation({**HERE, "accuracy": 12})
    expect(page.get_by_text("Where I am, within 12 metres")).to_be_visible()
    page.context.set_geolocation({**HERE, "latitude": 60.175, "accuracy": 5})
    send(page)
    receipt(page)
    (report,) = filed(owner)
    assert (report["lat"], report["accuracy_m"]) == (60.169, 12)


def test_the_map_comes_only_when_asked_and_its_pin_moves_by_tap_and_by_arrows(visit: Visits, owner: Engine) -> None:
    visit.forgiven.append("GL Driver Message")
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    choose(page, "A vehicle that worries me")
    page.get_by_role("button", name="Somewhere else").click()
    assert not [address for address in asked if "vendor" in address or "maps" in address]
    page.get_by_role("button", name="Show it on a map").click()
    page.locator(".maplibregl-canvas").click(position={"x": 120, "y": 100}, timeout=60_000)
    expect(page.get_by_text("The pin is set.")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Ten metres north").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("The place on the map")).to_be_visible()
    send(page)
    receipt(page)
    (report,) = filed(owner)
    assert (report["location_source"], report["accuracy_m"]) == ("pin", 10)
    assert abs(report["lat"] - 60.169) < 0.01 and abs(report["lon"] - 24.94) < 0.01
    with owner.connect() as connection:
        assert connection.execute(text("select reporter_lat from trace")).scalar() is None


def test_an_answer_that_means_danger_leads_to_the_call_and_can_still_be_sent(visit: Visits, owner: Engine) -> None:
    page = visit()
    page.goto("/")
    choose(page, "A vehicle that worries me")
    say_where(page)
    question = page.get_by_role("group", name="Is it happening now?")
    call = question.get_by_role("link", name="Call 112")
    expect(call).to_be_hidden()
    question.get_by_text("Yes", exact=True).click()
    expect(call).to_be_in_viewport()
    expect(call).to_have_attribute("href", "tel:112")
    send(page)
    receipt(page)
    (report,) = filed(owner)
    assert report["happening_now"] == "yes" and report["observed_at"]


def test_without_a_connection_it_waits_and_is_delivered_once(visit: Visits, owner: Engine) -> None:
    visit.forgiven.append("net::ERR")
    page = visit()
    page.goto("/")
    choose(page, "A vehicle that worries me")
    say_where(page)
    page.context.set_offline(True)
    send(page)
    expect(page.get_by_role("heading", name="Not sent yet")).to_be_visible()
    shown = page.locator("#receipt-code").inner_text()
    assert filed(owner) == []
    page.context.set_offline(False)
    assert receipt(page) == shown
    assert len(filed(owner)) == 1


def test_an_answer_lost_on_the_way_back_does_not_double_the_report(visit: Visits, owner: Engine) -> None:
    visit.forgiven.append("net::ERR")
    page = visit()
    keys: list[str | None] = []

    def swallow(route: Route) -> None:
        keys.append(route.request.header_value("Idempotency-Key"))
        if len(keys) < 3:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/reports", swallow)
    page.goto("/")
    choose(page, "A vehicle that worries me")
    say_where(page)
    send(page)
    for _ in range(2):
        expect(page.get_by_role("heading", name="Not sent yet")).to_be_visible()
        page.get_by_role("button", name="Try now").click()
    receipt(page)
    assert len(set(keys)) == 1 and len(filed(owner)) == 1


def test_an_unsent_report_survives_a_reload(visit: Visits, owner: Engine) -> None:
    visit.forgiven.append("net::ERR")
    page = visit()
    page.goto("/")
    choose(page, "A vehicle that worries me")
    say_where(page)
    page.route("**/api/v1/reports", lambda route: route.abort())
    send(page)
    expect(page.get_by_role("heading", name="Not sent yet")).to_be_visible()
    shown = page.locator("#receipt-code").inner_text()
    page.unroute("**/api/v1/reports")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert receipt(page) == shown
    assert len(filed(owner)) == 1


def test_a_refusal_leads_back_with_nothing_lost(visit: Visits, owner: Engine) -> None:
    visit.forgiven.append("422")
    page = visit()
    page.goto("/")
    choose(page, "A vehicle that worries me")
    say_where(page, "x")
    page.locator("#description").evaluate("each => each.removeAttribute('maxlength')")
    page.get_by_label("In a few words (optional)").fill("a" * 4001)
    send(page)
    page.get_by_role("link", name=re.compile("at most 4000")).click()
    expect(page.get_by_label("In a few words (optional)")).to_be_focused()
    page.get_by_label("In a few words (optional)").fill("a" * 4000)
    send(page)
    receipt(page)
    assert [len(report["description"]) for report in filed(owner)] == [4000]


def test_a_refused_location_asks_for_words(visit: Visits, owner: Engine) -> None:
    page = visit(permissions=[])
    page.goto("/")
    choose(page, "A vehicle that worries me")
    expect(page.get_by_text("Your phone does not share its place.")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert").filter(has_text="Tell us where it is.")).to_be_visible()
    page.get_by_label("Place, in words").fill("by the fountain")
    page.keyboard.press("Enter")
    send(page)
    receipt(page)
    (report,) = filed(owner)
    assert (report["place"], report["lat"]) == ("by the fountain", None)


def test_a_chosen_place_carries_its_point(visit: Visits, owner: Engine) -> None:
    page = visit()
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(parse_qs(route.request.url.partition("?")[2])["q"][0])
        place = {"label": "Rautatientori, Helsinki", "lat": 60.171, "lon": 24.944, "kind": "square"}
        route.fulfill(body=json.dumps({"places": [place], "attribution": "Whose map"}), content_type="application/json")

    page.route("**/api/v1/places*", answer)

    def late(route: Route) -> None:
        page.get_by_label("Place, in words").fill("rauta")
        route.continue_()

    page.route("**/js/public/names.mjs", late)
    page.goto("/")
    choose(page, "A vehicle that worries me")
    page.get_by_role("button", name="Somewhere else").click()
    expect(page.get_by_text("Whose map")).to_be_visible()
    page.get_by_role("button", name="Rautatientori, Helsinki").click()
    page.get_by_role("button", name="Continue").click()
    send(page)
    receipt(page)
    (report,) = filed(owner)
    assert asked == ["rauta"]
    assert (report["lat"], report["lon"], report["location_source"]) == (60.171, 24.944, "address")


def test_where_i_am_is_not_where_it_is(visit: Visits, owner: Engine) -> None:
    page = visit()
    page.goto("/")
    choose(page, "A bag or item left alone")
    here(page)
    page.get_by_role("button", name="Change the place").click()
    say_where(page, "two streets back")
    send(page)
    receipt(page)
    (report,) = filed(owner)
    assert (report["place"], report["lat"]) == ("two streets back", None)
    with owner.connect() as connection:
        assert connection.execute(text("select reporter_lat from trace")).scalar() == 60.169


def test_keys_alone_are_enough(visit: Visits, owner: Engine) -> None:
    page = visit()
    page.goto("/")
    page.locator("#category-unattended_item").focus()
    for key in ("Space", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", name="What is it?")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Where is it?")).to_be_focused()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Place, in words")).to_be_focused()
    page.keyboard.type("platform 3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ready to send")).to_be_focused()
    for _ in range(60):
        page.keyboard.press("Tab")
        assert not page.evaluate(HIDDEN_FOCUS), "a bar hides the focus"
        if page.locator(".send").evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    receipt(page)
    assert [report["category"] for report in filed(owner)] == ["suspicious_behaviour"]


HIDDEN_FOCUS = """() => {
  const at = document.activeElement, box = (at.closest("label") ?? at).getBoundingClientRect();
  const bar = document.querySelector(".emergency").getBoundingClientRect();
  const foot = document.querySelector(".send-row").getBoundingClientRect();
  if (at.closest(".emergency, .masthead, .skip, .send-row")) return false;
  return box.bottom <= bar.bottom + 8 || (foot.bottom >= innerHeight - 1 && box.top >= foot.top - 8);
}"""


def test_the_back_key_goes_one_question_back(visit: Visits) -> None:
    page = visit()
    page.goto("/")
    choose(page, "A vehicle that worries me")
    say_where(page)
    expect(page.get_by_role("heading", name="Ready to send")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Place, in words")).to_have_value("platform 3")
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("radio", name="A vehicle that worries me")).to_be_checked()


def test_without_scripting_it_is_one_plain_form(visit: Visits, owner: Engine) -> None:
    visit.forgiven.append("422")
    page = visit(java_script_enabled=False)
    page.goto("/")
    page.get_by_role("radio", name="A bag or item left alone").check()
    expect(page.get_by_text("Move away first. Do not touch it.")).to_be_visible()
    page.get_by_label("In a few words (optional)").fill("grey holdall")
    send(page)
    expect(page.get_by_role("link", name="Tell us where it is. One word helps.")).to_be_visible()
    expect(page.get_by_label("In a few words (optional)")).to_have_value("grey holdall")
    page.get_by_label("Place, in words").fill("platform 3")
    send(page)
    receipt(page)
    page.get_by_role("button", name="See how it is going").click()
    expect(page.get_by_role("heading", name="We have your report")).to_be_visible()
    assert page.url.endswith("/follow-up")
    assert len(filed(owner)) == 1


def test_a_script_that_never_comes_leaves_the_plain_form(visit: Visits, owner: Engine) -> None:
    visit.forgiven.append("net::ERR")
    page = visit()
    page.route("**/report.mjs", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_role("heading", name="Where is it?")).to_be_visible(timeout=9_000)
    choose(page, "A vehicle that worries me")
    page.get_by_label("Place, in words").fill("platform 3")
    send(page)
    receipt(page)
    assert len(filed(owner)) == 1


def test_the_phone_computes_the_same_check_character(visit: Visits) -> None:
    page = visit()
    page.goto("/about")
    compute = """async (bodies) => {
      const { checkCharacter, grouped, newReceiptCode } = await import("/static/js/public/receipt.mjs");
      return [bodies.map((body) => grouped(body + checkCharacter(body))), Array.from({ length: 200 }, () => newReceiptCode())];
    }"""
    computed, fresh = page.evaluate(compute, list(VECTORS))
    assert computed == list(VECTORS.values())
    assert len(set(fresh)) == 200 and all(normalised(code) == code for code in fresh)


def test_a_receipt_follows_up_without_its_code_in_an_address(visit: Visits) -> None:
    page = visit()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    page.goto("/")
    choose(page, "A vehicle that worries me")
    say_where(page)
    send(page)
    code = receipt(page)
    page.get_by_role("button", name="See how it is going").click()
    expect(page.get_by_role("heading", name="We have your report")).to_be_visible()
    assert not [address for address in addresses if code in address or code.replace("-", "") in address]


def test_a_public_visit_leaves_nothing_behind(visit: Visits) -> None:
    page = visit()
    origins: set[str] = set()
    page.on("request", lambda request: origins.add("/".join(request.url.split("/")[:3])))
    page.goto("/")
    choose(page, "A vehicle that worries me")
    say_where(page)
    send(page)
    receipt(page)
    assert origins == {visit.url}
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
