"""Everybody can use the console: axe in every state and both themes, contrast of what must be read, targets, grey, narrow."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.control_room import Room
from tests.site import barriers, sideways

pytestmark = [pytest.mark.browser, pytest.mark.db]

ROOT = Path(__file__).resolve().parents[2]
SMALLEST_TARGET_PX = 28
SMALL = """least => Array.from(document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea"))
  .filter((each) => each.checkVisibility() && !each.closest(".why, .pictures, .maplibregl-map"))
  .map((each) => [each.outerHTML.slice(0, 90), (each.closest("label") ?? each).getBoundingClientRect()])
  .filter(([, box]) => box.height < least || box.width < least).map(([html]) => html)"""


def small_targets(page: Page) -> list[str]:
    found: list[str] = page.evaluate(SMALL, SMALLEST_TARGET_PX)
    return found


def fill(room: Room) -> str:
    room.incidents(
        *(
            {"priority": priority, "status": status, "summary": f"{status} {priority}"}
            for priority in (1, 2, 3, 4)
            for status in ("new", "acknowledged", "in_progress", "waiting", "shelved", "handed_over")
        )
    )
    return room.filed(
        hot={"hidden": "yes", "obvious": "yes", "typical": "no"},
        description="حقيبة سوداء خلف آلة التذاكر، أسلاك",
        language="ar",
        why_unusual="No owner",
    )


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_state_of_the_console_is_free_of_barriers(room: Room, theme: str) -> None:
    room.visits.forgiven.append("404")
    incident = fill(room)
    page = room.console(theme=theme)
    seen = {"queue": barriers(page) + small_targets(page)}
    page.goto(f"/control/?incident={incident}")
    expect(page.locator("#grid")).to_have_attribute("aria-rowcount", "25")
    expect(page.locator("#map-tools")).to_be_visible(timeout=20000)
    seen["incident"] = barriers(page) + small_targets(page)
    for form in ("Note", "Priority", "Close"):
        page.get_by_role("link", name=form, exact=True).click()
        seen[form] = barriers(page) + small_targets(page)
    page.get_by_role("button", name="Keys and help").click()
    seen["help"] = barriers(page)
    for path in ("/control/queue", "/control/map", f"/control/incidents/{incident}", "/control/?incident=none"):
        page.goto(path)
        expect(page.locator("#link-state")).to_have_text("Live")
        seen[path] = barriers(page)
    assert not any(seen.values()), seen


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_door_is_free_of_barriers(room: Room, theme: str) -> None:
    room.visits.forgiven.append("401")
    page = room.visits(390, 700)
    page.add_init_script(f"localStorage.setItem('control.theme', '{theme}')")
    page.goto("/control/sign-in")
    assert barriers(page) == [] and sideways(page) <= 0
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_label("Password").fill("wrong")
    page.get_by_label("Six-digit code").fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The e-mail address, password or code is not right.")
    expect(page.get_by_label("E-mail")).to_have_value("nobody@example.org")
    assert barriers(page) == []


def test_without_javascript_nothing_is_a_barrier(room: Room) -> None:
    incident = fill(room)
    page = room.seat(java_script_enabled=False)
    page.goto(f"/control/?incident={incident}")
    expect(page.get_by_role("listitem").filter(has=page.locator(".row"))).to_have_count(25)


def test_body_text_has_seven_to_one(room: Room) -> None:
    """The words of the field for reading eight hours long: at least 7:1 in both themes."""
    css = (ROOT / "reporting/static/css/control-theme.css").read_text()
    for block in re.findall(r"color-scheme: (?:dark|light);(.*?)\}", css, flags=re.S):
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
        for ground in ("ground", "raised", "raised-more", "accent-wash", "alarm-wash"):
            for words, least in (("text", 7.0), ("text-dim", 6.5), ("text-faint", 4.5)):
                assert contrast(colours[words], colours[ground]) >= least, (words, ground)
        assert contrast(colours["on-alarm"], colours["alarm"]) >= 4.5
        assert contrast(colours["on-accent"], colours["accent"]) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_severity_is_told_by_word_and_shape_without_any_colour(room: Room) -> None:
    fill(room)
    page = room.console()
    shapes, wanted = {}, {"1 Immediate", "2 Priority", "3 Routine", "4 Information"}
    for chip in page.locator(".row:not([hidden]) .chip").all():
        shapes[chip.inner_text()] = chip.locator("svg > *").first.evaluate("node => node.outerHTML")
    page.keyboard.press("End")
    expect(page.locator(".row[data-cursor=true]")).to_have_attribute("aria-rowindex", "25")
    for chip in page.locator(".row:not([hidden]) .chip").all():
        shapes[chip.inner_text()] = chip.locator("svg > *").first.evaluate("node => node.outerHTML")
    assert set(shapes) == wanted and len(set(shapes.values())) == 4


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (1024, 700), (390, 844)])
def test_no_page_scrolls_sideways(room: Room, size: tuple[int, int]) -> None:
    incident = fill(room)
    page = room.console(f"/control/?incident={incident}", size=size)
    assert sideways(page) <= 0
    panes = {name: page.locator(f"#{name}-pane").bounding_box() for name in ("queue", "incident")}
    wanted = {1366: (440, 520), 1920: (560, 720)}.get(size[0])
    if wanted:
        assert tuple(round(box["width"]) for box in panes.values() if box) == wanted


def test_colours_can_be_taken_away_and_motion_too(room: Room) -> None:
    incident = fill(room)
    page = room.console(f"/control/?incident={incident}", forced_colors="active", reduced_motion="reduce")
    # The colours are then the person's own; axe reckons with ours.
    assert [each for each in barriers(page) if not each.startswith("color-contrast")] == []


def test_the_vendored_files_are_the_locked_ones() -> None:
    done = subprocess.run([sys.executable, "deploy/vendor.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_of_ours_needs_a_looser_policy() -> None:
    """No inline style or script in templates, nothing that turns text into markup in modules."""
    for template in (ROOT / "reporting/dashboard/templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"\sstyle=|\son[a-z]+=|<style|\|\s*safe\b|<script(?![^>]* src=)", text), template.name
    for module in (ROOT / "reporting/static/js/control").iterdir():
        text = module.read_text()
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://(?!www\.w3\.org)", text
        ), module.name
