"""Whatever somebody writes stays in its own block: endless words, stacked marks, turned directions."""

import pytest
from playwright.sync_api import Page

from tests.control_room import Room

pytestmark = [pytest.mark.browser, pytest.mark.db]

STACKED = "Z" + "\u0301\u0302\u0303\u0304\u0305" * 30
WORDS = {"endless": "W" * 4000, "stacked": STACKED * 20, "turned": "\u202e\u2066turned around\u2069 " + "\u0627" * 3000}
WIDE = """() => ["html", "body", "#incident", "#queue-body", ".map", "main", "section", "article"].flatMap((name) =>
  [...document.querySelectorAll(name)].filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1)
    .map((each) => `${name} ${each.id} ${each.scrollWidth} > ${each.clientWidth}`))"""
LOOSE = """() => [...document.querySelectorAll("#incident bdi, .row bdi")]
  .filter((each) => /\\u0301\\u0302/.test(each.textContent))
  .filter((each) => { for (let at = each.parentElement; !at.matches("section, header, .row, main"); at = at.parentElement)
    if (getComputedStyle(at).overflowY !== "visible") return false; return true; })
  .map((each) => each.parentElement.outerHTML.slice(0, 100))"""


def grown(page: Page) -> list[str]:
    """What is wider than its box, and stacked words that no block of their own holds back."""
    wide: list[str] = page.evaluate(WIDE)
    loose: list[str] = page.evaluate(LOOSE)
    return wide + loose


@pytest.mark.parametrize("kind", list(WORDS))
@pytest.mark.parametrize("size", [(390, 844), (1366, 768)], ids=["narrow", "desk"])
def test_no_words_break_out_of_the_console(room: Room, kind: str, size: tuple[int, int]) -> None:
    words = WORDS[kind]
    told = {"description": words, "why_unusual": words, "place": words[:500], "category": "suspicious_behaviour"}
    incident = room.filed(**told, moving_to=words[:500])
    room.bo_acts("note", incident, words)
    for path in (f"/control/?incident={incident}", f"/control/incidents/{incident}", f"/control/reports/{incident}", "/control/"):
        page = room.seat("aino", size)
        page.goto(path)
        page.wait_for_load_state()
        assert grown(page) == [], path
        page.close()
