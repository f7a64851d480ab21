"""The workspace in a real browser: two taps counted by a robot, without scripting, without a network, and for everybody."""

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.site import Visits, barriers, sideways, small_targets
from tests.venue.house import PIN, code_for

pytestmark = [pytest.mark.browser, pytest.mark.db]

ITEM = "Item without an owner"
COUNT = """() => {
  window.taps = window.typed = 0;
  addEventListener("pointerup", () => window.taps++, true);
  addEventListener("keydown", () => window.typed++, true);
}"""
"""Fingers lifted and keys pressed."""
OPEN_ALL = "document.querySelectorAll('main details').forEach((each) => (each.open = true))"
KEPT = """async () => {
  for (let turn = 0; turn < 200; turn++) {
    const lists = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    const names = lists.flat().map(({ url }) => new URL(url).pathname);
    const files = names.filter((name) => name.endsWith("venue/flag.mjs") || name.endsWith("css/venue.css")).length;
    if (navigator.serviceWorker.controller && names.includes("/venue/offline") && files > 1) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}"""
KNOWN = """async () => {
  for (let turn = 0; turn < 400; turn++) {
    if (localStorage.getItem("venue")) return true;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}"""
"""The script has taken the form over and has asked whose house this is."""
BYTES = (
    "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation')).map((each) => each.transferSize)"
)
LARGEST_PAGE = 60 * 1024


def filed(owner: Engine) -> list[Any]:
    with owner.connect() as connection:
        return list(connection.execute(text("select * from report order by received_at")))


def till(visit: Visits, cast: Cast, web_app: Flask, *size: int, **options: Any) -> Page:
    """A phone or tablet that Gil signs in as a device, in the page itself."""
    page = visit(*size, **options)
    page.goto("/venue/")
    page.get_by_label("Code").fill(code_for(web_app, cast))
    page.get_by_label("What is this device called?").fill("Till 2")
    page.get_by_label("Choose a PIN").fill(PIN)
    page.get_by_role("button", name="Sign this device in").click()
    expect(page.get_by_role("heading", name="Flag something")).to_be_visible()
    assert not options.get("java_script_enabled", True) or page.evaluate(KNOWN)
    return page


def sent(page: Page) -> None:
    expect(page.get_by_text("Sent. Thank you.").first).to_be_visible()


@pytest.mark.parametrize("size", [(390, 844), (320, 640), (1024, 768)], ids=["phone", "narrow", "tablet"])
def test_two_taps_and_no_key_flag_something(
    visit: Visits, cast: Cast, web_app: Flask, owner: Engine, size: tuple[int, int]
) -> None:
    page = till(visit, cast, web_app, *size, has_touch=True)
    page.evaluate(COUNT)
    page.get_by_text(ITEM, exact=True).tap()
    button = page.get_by_role("button", name="Send now")
    expect(button).to_be_in_viewport()
    expect(page.get_by_text("Move away first. Do not touch it.").first).to_be_in_viewport()
    expect(page.get_by_role("link", name="Call 112").first).to_be_in_viewport()
    button.tap()
    sent(page)
    assert page.evaluate("[taps, typed]") == [2, 0]
    (report,) = filed(owner)
    assert (report.category, report.place_code, report.filer) == ("unattended_item", "K7QD", "staff")
    assert str(report.filed_by) == cast.people["gil"].account_id


def test_send_now_is_whole_on_the_screen_below_a_long_notice(visit: Visits, cast: Cast, web_app: Flask) -> None:
    page = till(visit, cast, web_app, 390, 844, has_touch=True)
    page.evaluate("document.querySelector('.venue').before(Object.assign(document.createElement('p'), { id: 'long' }))")
    page.evaluate("document.querySelector('#long').style.blockSize = '28rem'")
    page.get_by_text(ITEM, exact=True).tap()
    expect(page.get_by_role("button", name="Send now")).to_be_in_viewport(ratio=1)


def test_the_list_does_not_say_nothing_yet_after_something_was_sent(visit: Visits, cast: Cast, web_app: Flask) -> None:
    page = till(visit, cast, web_app, has_touch=True)
    expect(page.get_by_text("Nothing yet. What you flag will stand here with its answer.")).to_be_visible()
    page.get_by_text(ITEM, exact=True).tap()
    page.get_by_role("button", name="Send now").tap()
    sent(page)
    expect(page.get_by_text("Nothing yet. What you flag will stand here with its answer.")).to_be_hidden()


def test_hot_is_three_more_taps_on_the_same_screen(visit: Visits, cast: Cast, web_app: Flask, owner: Engine) -> None:
    page = till(visit, cast, web_app, has_touch=True)
    page.evaluate(COUNT)
    page.get_by_text(ITEM, exact=True).tap()
    for question, answer in (("hidden", "Yes"), ("obvious", "No"), ("typical", "No")):
        page.locator(f"#unattended_item-hot_{question}").get_by_text(answer, exact=True).tap()
    page.get_by_role("button", name="Send now").tap()
    sent(page)
    assert page.evaluate("[taps, typed]") == [5, 0]
    (report,) = filed(owner)
    assert (report.hot_hidden, report.hot_obvious, report.hot_typical) == ("yes", "no", "no")


def test_without_scripting_the_same_taps_do(visit: Visits, cast: Cast, web_app: Flask, owner: Engine) -> None:
    page = till(visit, cast, web_app, java_script_enabled=False)
    page.get_by_text(ITEM, exact=True).click()
    page.get_by_role("button", name="Send now").click()
    sent(page)
    page.get_by_role("button", name="Lock").click()
    page.get_by_text("Drone", exact=True).click()
    page.get_by_role("button", name="Send now").click()
    sent(page)
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_role("heading", name="My reports")).to_be_visible()
    assert [report.category for report in filed(owner)] == ["unattended_item", "drone"]


def test_what_is_flagged_without_a_network_waits_and_stays_staffs(
    visit: Visits, cast: Cast, web_app: Flask, owner: Engine
) -> None:
    visit.forgiven.append("net::ERR")
    page = till(visit, cast, web_app)
    page.context.set_offline(True)
    page.get_by_text(ITEM, exact=True).click()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("Not sent yet").first).to_be_visible()
    assert filed(owner) == []
    page.context.clear_cookies()
    page.context.set_offline(False)
    sent(page)
    (report,) = filed(owner)
    assert (report.filer, str(report.filed_by)) == ("staff", cast.people["gil"].account_id)


def test_the_form_opens_without_a_network_and_knows_its_house(visit: Visits, cast: Cast, web_app: Flask, owner: Engine) -> None:
    visit.forgiven.append("net::ERR")
    page = till(visit, cast, web_app, service_workers="allow")
    assert page.evaluate(KEPT)
    page.context.set_offline(True)
    page.goto("/venue/")
    expect(page.get_by_text("There is no connection.").first).to_be_visible()
    expect(page.get_by_text("The Mall")).to_be_visible()
    assert "Gil" not in page.content() and barriers(page) == []
    page.get_by_text("Threat", exact=True).click()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("Not sent yet").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("Not sent yet").first).to_be_visible()
    page.context.set_offline(False)
    sent(page)
    page.wait_for_timeout(300)
    (report,) = filed(owner)
    assert (report.category, report.place_code, report.filer) == ("threat", "K7QD", "staff")


def test_danger_without_a_network_says_to_call(visit: Visits, cast: Cast, web_app: Flask) -> None:
    visit.forgiven.append("net::ERR")
    page = till(visit, cast, web_app)
    page.context.set_offline(True)
    page.get_by_text(ITEM, exact=True).click()
    page.locator("#unattended_item-hot_obvious").get_by_text("Yes", exact=True).click()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("NOT SENT. Call 112 now.")).to_be_visible()


def test_what_was_sent_is_gone_from_a_shared_device_at_the_next_visit(visit: Visits, cast: Cast, web_app: Flask) -> None:
    page = till(visit, cast, web_app)
    page.get_by_text("Drone", exact=True).click()
    page.get_by_text("It is about someone who works here").click()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("Keep this code to read the answer:")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="My reports")).to_be_visible()
    expect(page.locator("#outgoing")).to_be_hidden()
    expect(page.get_by_text("Nothing yet.")).to_be_visible()


def test_the_page_weighs_little(visit: Visits, cast: Cast, web_app: Flask) -> None:
    page = till(visit, cast, web_app)
    page.context.clear_cookies(name="nothing")
    page.reload(wait_until="networkidle")
    fresh = visit(storage_state=page.context.storage_state())
    fresh.goto("/venue/", wait_until="networkidle")
    assert sum(fresh.evaluate(BYTES)) <= LARGEST_PAGE


def faults(page: Page) -> list[str]:
    found = barriers(page) + [f"small: {each}" for each in small_targets(page)]
    return found + ([f"{sideways(page)} px too wide"] if sideways(page) > 0 else [])


def manager(visit: Visits, cast: Cast, *size: int, **options: Any) -> Page:
    page = visit(*size, **options)
    page.goto("/venue/sign-in")
    page.get_by_text("Sign in with e-mail and password").click()
    page.get_by_label("E-mail").fill("hana@example.org")
    page.get_by_label("Password").fill(cast.people["hana"].password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Flag something")).to_be_visible()
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("lang", "size"), [("en", (320, 640)), ("ar", (390, 844)), ("en", (1024, 768))])
def test_every_page_of_a_manager_is_free_of_barriers(
    visit: Visits, cast: Cast, lang: str, size: tuple[int, int], scheme: str
) -> None:
    page = manager(visit, cast, *size, color_scheme=scheme)
    seen = {}
    for path in (
        "",
        "plan",
        "reports",
        "manage",
        "manage/staff",
        "manage/keys",
        "manage/procedures/lockdown",
        "device",
        "offline",
    ):
        page.goto(f"/venue/{path}?lang={lang}")
        page.evaluate(OPEN_ALL)
        seen[path] = faults(page)
    assert not any(seen.values()), seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_state_of_the_screen_is_free_of_barriers(visit: Visits, cast: Cast, web_app: Flask, lang: str, scheme: str) -> None:
    visit.forgiven += ["net::ERR", "401", "422"]
    page = till(visit, cast, web_app, 320, 640, color_scheme=scheme)
    seen = {}
    page.goto(f"/venue/?lang={lang}")
    page.locator("#category-unattended_item").check(force=True)
    seen["chosen"] = faults(page)
    page.locator(".now .send").click()
    expect(page.locator("[data-state=sent]")).to_be_visible()
    seen["sent"] = faults(page)
    page.context.set_offline(True)
    page.locator("#category-drone").check(force=True)
    page.locator(".now .send").click()
    expect(page.locator("[data-state=waiting]")).to_be_visible()
    seen["waiting"] = faults(page)
    page.context.set_offline(False)
    expect(page.locator("[data-state=waiting]")).to_have_count(0)
    page.locator(".now .send").click()
    expect(page.locator("#what-missing")).to_be_visible()
    seen["missing"] = faults(page)
    page.locator(".who button").click()
    expect(page.locator("#locked-title")).to_be_visible()
    seen["locked"] = faults(page)
    page.locator("#pin").fill("7777")
    page.locator(".pin button").click()
    expect(page.locator("#pin-error")).to_be_visible()
    seen["wrong PIN"] = faults(page)
    page.goto(f"/venue/sign-in?lang={lang}")
    page.locator("#code").fill("AAAA-AAAA")
    page.locator("#new-pin").fill("1234")
    page.locator(".code-form .button").click()
    expect(page.locator("#problems")).to_be_visible()
    seen["easy PIN"] = faults(page)
    assert not any(seen.values()), seen


def test_a_manager_does_the_rounds_with_plain_forms(visit: Visits, cast: Cast, owner: Engine) -> None:
    page = manager(visit, cast, 1024, 768, java_script_enabled=False)
    page.get_by_role("link", name="Staff").click()
    page.get_by_label("Name").fill("Nuppu")
    page.get_by_role("button", name="Add and make a code").click()
    expect(page.locator(".shown-once .code")).to_contain_text("-")
    page.get_by_role("link", name="Our venue").click()
    page.get_by_label("How many people at most?").fill("2400")
    page.get_by_label("Ways out", exact=True).fill("North door\n\nSouth door")
    page.locator("#c0-name").fill("Ulla")
    page.locator("#c0-phone").fill("+358 40 111 1111")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Our plan").click()
    expect(page.get_by_text("answers now")).to_be_visible()
    page.get_by_role("link", name="Change Lockdown").click()
    page.get_by_label("Steps").fill("Shut the door\nLights off")
    page.get_by_role("button", name="Save as version 1").click()
    expect(page.get_by_role("listitem").filter(has_text="Lights off")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("Lights off")).to_be_visible()
    expect(page.locator(".pages")).to_be_hidden()
