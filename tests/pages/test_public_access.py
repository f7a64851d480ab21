"""Everybody can use every public page: axe, small windows, large targets, both directions, dark, forced colours, paper."""

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.site import Visits, barriers, sideways, small_targets

pytestmark = [pytest.mark.browser, pytest.mark.db]

PAGES = ("/v/K7QD", "/v/ZZZZ", "/follow-up", "/about", "/privacy", "/accessibility", "/venue/sign-in")
ITEM = "A bag or item left alone"


def whole_page(page: Page) -> list[str]:
    """Barriers with the whole page in its window: what a bar covers until one scrolls is not small."""
    size = page.viewport_size
    assert size
    page.set_viewport_size({**size, "height": max(size["height"], page.evaluate("document.documentElement.scrollHeight") + 200)})
    found = barriers(page)
    page.set_viewport_size(size)
    return found


def faults(page: Page) -> list[str]:
    """Barriers, controls that are too small, sideways scrolling, and a 112 bar out of sight."""
    found = whole_page(page) + [f"small: {each}" for each in small_targets(page)]
    if sideways(page) > 0:
        found.append(f"{sideways(page)} px too wide")
    for place in (0, "document.body.scrollHeight"):
        page.evaluate(f"scrollTo(0, {place})")
        bar = page.locator(".emergency").bounding_box()
        if bar is None or not 0 <= bar["y"] < 60:
            found.append(f"the emergency call is out of sight at {place}")
    return found


def tap(page: Page, tile: str) -> None:
    """Chooses by id: the words differ by language."""
    page.locator(f"#category-{tile} ~ .face").click()


LOW = """() => Array.from(document.querySelectorAll("main :is(a, button, summary, textarea, input), .emergency a"))
  .filter((each) => each.checkVisibility() && !each.closest("p, li:not(.chosen li)"))
  .map((each) => [each.outerHTML.slice(0, 80), (each.closest("label") ?? each).getBoundingClientRect()])
  .filter(([, box]) => box.height < 55.5).map(([html]) => html)"""
"""Controls lower than 56 pixels; links within a sentence are as high as their line."""
SEND = "#send-row .send"
SENT = "#receipt[data-state=sent]"
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])
LANGUAGES = pytest.mark.parametrize("lang", ["en", "ar"])


@SCHEMES
@LANGUAGES
@pytest.mark.parametrize("size", [(390, 844), (320, 256)], ids=["phone", "zoomed"])
def test_every_step_is_free_of_barriers(visit: Visits, clean: None, size: tuple[int, int], lang: str, scheme: str) -> None:
    page = visit(*size, color_scheme=scheme)
    page.goto(f"/?lang={lang}")
    page.locator("#what summary").click()
    seen = {"what": faults(page) + page.evaluate(LOW)}
    tap(page, "unattended_item")
    expect(page.locator("#where")).to_be_visible()
    seen["where"] = faults(page)
    page.locator("#elsewhere-open").click()
    seen["elsewhere"] = faults(page) + page.evaluate(LOW)
    page.locator("#here").click()
    expect(page.locator("#send")).to_be_visible()
    seen["send"] = faults(page)
    page.locator("#unattended_item-hot_hidden [value=yes] + span").click()
    page.locator("#unattended_item-hot_obvious [value=yes] + span").click()
    for summary in page.locator("#send > details > summary").all():
        summary.click()
    seen["danger"] = faults(page) + page.evaluate(LOW)
    page.locator(SEND).click()
    expect(page.locator(SENT)).to_be_visible()
    seen["receipt"] = faults(page)
    assert not any(seen.values()), seen


@SCHEMES
@LANGUAGES
def test_every_question_is_free_of_barriers(visit: Visits, clean: None, lang: str, scheme: str) -> None:
    page = visit(320, 640, color_scheme=scheme)
    page.goto(f"/?lang={lang}")
    tap(page, "suspicious_behaviour")
    page.locator("#here").click()
    page.locator("#suspicious_behaviour-behaviours [value=watched] + span").click()
    seen = []
    while page.locator("#deck-next").is_visible():
        seen += faults(page)
        page.locator("#deck-next").click()
    expect(page.locator("#deck-end")).to_be_focused()
    assert seen + faults(page) == []


@SCHEMES
@LANGUAGES
def test_the_map_is_free_of_barriers(visit: Visits, clean: None, lang: str, scheme: str) -> None:
    visit.forgiven.append("GL Driver Message")
    page = visit(color_scheme=scheme)
    page.goto(f"/?lang={lang}")
    page.locator("#what summary").click()
    tap(page, "drone")
    page.locator("#elsewhere-open").click()
    page.locator("#map-open").click()
    expect(page.locator(".maplibregl-canvas")).to_be_visible(timeout=60_000)
    page.locator(".step-north").click()
    expect(page.locator(".maplibregl-marker")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("path", ["/", "/v/K7QD"])
def test_the_plain_form_is_free_of_barriers(visit: Visits, cast: Cast, path: str) -> None:
    """Its own browser runs no script, so it is looked at with the scripts of the page taken away."""
    page = visit(320, 640)
    page.route("**/report.mjs", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(path)
    for tile in ("unattended_item", "suspicious_behaviour"):
        tap(page, tile)
        page.wait_for_timeout(5_500 if tile == "unattended_item" else 0)
        assert faults(page) == []


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
    page.get_by_role("button", name="Somewhere else").click()
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
    tap(page, "unattended_item")
    page.locator("#here").click()
    page.locator(SEND).click()
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
    tap(page, "unattended_item")
    page.locator("#here").click()
    page.locator(SEND).click()
    expect(page.locator(SENT)).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#receipt-code")).to_be_visible()
    expect(page.get_by_text("Where to use it:")).to_be_visible()
    for away in (".masthead", ".foot", "#copy-code", ".emergency"):
        expect(page.locator(away)).to_be_hidden()
