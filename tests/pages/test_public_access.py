"""Everybody can use every public page: axe, small windows, large targets, both directions, dark, forced colours, paper."""

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.site import Visits, barriers, sideways, small_targets

pytestmark = [pytest.mark.browser, pytest.mark.db]

PAGES = ("/v/K7QD", "/v/ZZZZ", "/follow-up", "/about", "/privacy", "/accessibility", "/venue/sign-in")
ITEM = "A bag or item left alone"


def faults(page: Page) -> list[str]:
    """Barriers, controls that are too small, sideways scrolling, and a 112 bar out of sight."""
    found = barriers(page) + [f"small: {each}" for each in small_targets(page)]
    if sideways(page) > 0:
        found.append(f"{sideways(page)} px too wide")
    for place in (0, "document.body.scrollHeight"):
        page.evaluate(f"scrollTo(0, {place})")
        bar = page.locator(".emergency").bounding_box()
        if bar is None or not 0 <= bar["y"] < 60:
            found.append(f"the emergency call is out of sight at {place}")
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("size", [(390, 844), (320, 256)], ids=["phone", "zoomed"])
def test_every_step_is_free_of_barriers(visit: Visits, clean: None, size: tuple[int, int], lang: str, scheme: str) -> None:
    page = visit(*size, color_scheme=scheme)
    page.goto(f"/?lang={lang}")
    page.locator("#what").get_by_text("Something else").click()
    seen = {"what": faults(page)}
    page.get_by_text(ITEM, exact=True).click()
    expect(page.get_by_role("heading", name="Where is it?")).to_be_visible()
    seen["where"] = faults(page)
    page.get_by_role("button", name="Use where I am now").click()
    expect(page.get_by_role("heading", name="Almost done")).to_be_visible()
    page.locator("#unattended_item-hot_obvious").get_by_text("Yes", exact=True).click()
    page.get_by_text("More questions (optional)").click()
    page.get_by_text("Leave your name or number (optional)").click()
    seen["send"] = faults(page)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you. We have your report.")).to_be_visible()
    seen["receipt"] = faults(page)
    assert not any(seen.values()), seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_page_is_free_of_barriers(visit: Visits, cast: Cast, lang: str, scheme: str) -> None:
    page = visit(320, 640, color_scheme=scheme)
    seen = {}
    for path in PAGES:
        page.goto(f"{path}?lang={lang}")
        seen[path] = faults(page)
    assert not any(seen.values()), seen


def test_the_waiting_state_and_the_error_states_are_free_of_barriers(visit: Visits, clean: None) -> None:
    visit.forgiven += ["net::ERR", "422"]
    page = visit()
    page.route("**/api/v1/reports", lambda route: route.abort())
    page.goto("/")
    page.get_by_text(ITEM, exact=True).click()
    page.get_by_role("button", name="Continue").click()
    assert faults(page) == []
    page.get_by_label("Place, in words").fill("x")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Not sent yet")).to_be_visible()
    assert faults(page) == []
    plain = visit()
    plain.goto("/follow-up")
    plain.get_by_role("button", name="See how it is going").click()
    expect(plain.get_by_role("link", name="Write your receipt code.")).to_be_visible()
    assert faults(plain) == []


REDS = """() => Array.from(document.querySelectorAll("*")).flatMap((each) => {
  const style = getComputedStyle(each);
  return [style.color, style.backgroundColor, style.borderTopColor, style.fill, style.stroke];
}).filter((colour) => {
  const [r, g, b, a = 1] = (colour.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  return a > 0 && r > 120 && g < r * 0.55 && b < r * 0.55;
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_on_the_public_face_is_red(visit: Visits, cast: Cast, scheme: str) -> None:
    visit.forgiven.append("422")
    page = visit(color_scheme=scheme)
    for path in ("/", *PAGES):
        page.goto(path)
        assert page.evaluate(REDS) == []
    page.goto("/follow-up")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="See how it is going").click()
    assert page.evaluate(REDS) == []


def test_right_to_left_mirrors_the_page_but_not_the_code(visit: Visits, clean: None) -> None:
    page = visit()
    page.goto("/?lang=ar")
    tile, drawing = page.locator(".tile").first.bounding_box(), page.locator(".tile .icon").first.bounding_box()
    assert tile and drawing and drawing["x"] > tile["x"] + tile["width"] / 2
    page.get_by_text(ITEM, exact=True).click()
    page.get_by_label("Place, in words").fill("x")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#receipt-code")).to_have_css("direction", "ltr")


def test_forced_colours_still_show_what_is_chosen(visit: Visits, clean: None) -> None:
    page = visit(forced_colors="active")
    page.goto("/")
    page.get_by_text(ITEM, exact=True).click()
    page.go_back()
    chosen = page.locator("#category-unattended_item ~ .face")
    other = page.locator("#category-suspicious_vehicle ~ .face")
    expect(chosen).to_have_css("outline-style", "solid")
    expect(other).to_have_css("outline-style", "none")


def test_nothing_moves_for_people_who_asked_for_stillness(visit: Visits, clean: None) -> None:
    page = visit(reduced_motion="reduce")
    page.goto("/")
    expect(page.locator(".stepped")).to_be_visible()
    lasting = "Array.from(document.querySelectorAll('*'), (each) => getComputedStyle(each).transitionDuration)"
    assert set(page.evaluate(lasting)) == {"0s"}
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_receipt_prints_alone(visit: Visits, clean: None) -> None:
    page = visit()
    page.goto("/")
    page.get_by_text(ITEM, exact=True).click()
    page.get_by_label("Place, in words").fill("x")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="Thank you. We have your report.")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#receipt-code")).to_be_visible()
    expect(page.get_by_text("Where to use it:")).to_be_visible()
    for away in (".masthead", ".foot", "#copy-code", ".emergency"):
        expect(page.locator(away)).to_be_hidden()
