"""Pages in other languages: longer words fit, nothing is left untranslated, drafts say so, Arabic has its letters."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.pseudo import pseudo
from tests.site import Visits, barriers, sideways

__all__ = ["pseudo"]
pytestmark = [pytest.mark.browser, pytest.mark.db]

PAGES = (
    "/", "/v/K7QD", "/v/ZZZZ", "/follow-up", "/follow-up/pictures", "/about", "/privacy", "/accessibility", "/no-such-page",
    "/stop/none", "/venue/sign-in",
)  # fmt: skip
SIZES = pytest.mark.parametrize("width", [320, 390])
DIRECTIONS = pytest.mark.parametrize("lang", ["en", "ar"])

TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const within = walker.currentNode.parentElement;
    if (!within.closest("script, style, template, .brand, .languages, [translate=no]")) found.push(walker.currentNode.data);
  }
  for (const each of document.querySelectorAll("[aria-label], [placeholder], [alt], [title]"))
    for (const name of ["aria-label", "placeholder", "alt", "title"]) found.push(each.getAttribute(name) ?? "");
  return found;
}"""
VALUES = re.compile(r"K7QD[\w-]*|https?://\S+|OpenStreetMap contributors|The Mall|North door|the city safety room|the room")
"""Names, which have no translation."""


def plain_words(page: Page) -> set[str]:
    """Words in plain letters: what no catalogue was asked for, or what the template does not have."""
    texts = [VALUES.sub("", text) for text in page.evaluate(TEXTS)]
    return {word for text in texts for word in re.findall(r"[A-Za-z]{3,}", text)}


@SIZES
@DIRECTIONS
def test_longer_words_fit_on_every_page(visit: Visits, cast: Cast, pseudo: None, width: int, lang: str) -> None:
    visit.forgiven += ["404", "422"]
    page = visit(width, 844)
    seen = {}
    for path in PAGES:
        page.goto(f"{path}?lang={lang}")
        seen[path] = sideways(page)
    assert not any(seen.values()), seen


@SIZES
@DIRECTIONS
def test_longer_words_fit_on_every_step(visit: Visits, clean: None, pseudo: None, width: int, lang: str) -> None:
    page = visit(width, 844)
    page.goto(f"/?lang={lang}")
    page.locator("#what summary").click()
    seen = {"what": sideways(page)}
    page.locator("#category-unattended_item ~ .face").click()
    page.locator("#elsewhere-open").click()
    seen["where"] = sideways(page)
    page.locator("#here").click()
    for summary in page.locator("#send > details > summary").all():
        summary.click()
    seen["send"] = sideways(page)
    page.locator("#send-row .send").click()
    expect(page.locator("#receipt[data-state=sent]")).to_be_visible()
    seen["receipt"] = sideways(page)
    assert not any(seen.values()), seen


def test_every_word_of_the_public_pages_is_translated(visit: Visits, cast: Cast, pseudo: None) -> None:
    visit.forgiven += ["404", "422"]
    page = visit()
    seen = {}
    for path in PAGES:
        page.goto(path)
        seen[path] = plain_words(page)
    assert not any(seen.values()), seen


def test_a_language_that_is_not_finished_says_so(visit: Visits, cast: Cast) -> None:
    page = visit(locale="de-DE")
    page.goto("/?lang=de")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator(".draft")).to_be_visible()
    page.goto("/?lang=en")
    expect(page.locator(".draft")).to_have_count(0)


def test_our_arabic_letters_are_there_where_the_phone_has_none(visit: Visits, cast: Cast) -> None:
    page = visit()
    page.goto("/?lang=ar")
    for weight in (400, 700):
        source = f"url(/static/vendor/noto-sans-arabic/{weight}.woff2)"
        assert page.evaluate("async source => (await new FontFace('Tried', source).load()).status", source) == "loaded"


def test_an_arabic_page_is_free_of_barriers_in_arabic_letters(visit: Visits, cast: Cast, pseudo: None) -> None:
    visit.forgiven += ["404", "422"]
    page = visit(320, 640)
    seen = {}
    for path in PAGES:
        page.goto(f"{path}?lang=ar")
        seen[path] = barriers(page)
    assert not any(seen.values()), seen


@pytest.mark.parametrize("path", ["/", "/about"])
def test_a_page_in_latin_letters_asks_for_no_arabic_ones(visit: Visits, cast: Cast, path: str) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path, wait_until="networkidle")
    assert not [address for address in asked if "arabic" in address]
