"""The desks in a real browser: the strip, the banner, a page in the background, a page that closes; and the supervisor's page."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from reporting.services import roster
from reporting.services.roster import NewNumber
from tests.control_room import Room
from tests.site import barriers, sideways
from tests.test_line import rows
from worker.clocks import keep_clocks

pytestmark = [pytest.mark.browser, pytest.mark.db]

STRIP = "#desks-now"
PATIENCE_S = 40
"""For a page that shows life every ten seconds, beside much other work."""


def looks(line_app: Flask) -> None:
    with line_app.app_context():
        keep_clocks()


def picture(page: Page, name: str) -> None:
    """Kept where PICTURES says, to be looked at."""
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page="desks" in page.url)


def alive(owner: Engine) -> list[str]:
    asked = "select a.name from presence p join account a on a.id = p.account_id where seen_at > now() - interval '30 seconds'"
    return sorted(row.name for row in rows(owner, asked))


def test_the_strip_says_who_sits_where_and_the_banner_whom_to_call(room: Room, line_app: Flask, owner: Engine) -> None:
    with line_app.app_context():
        roster.load_numbers("city", [NewNumber("Ritva", "Supervisor on call", "+358 000 555 011")])
    incident = room.incident(priority=1)
    looks(line_app)
    page = room.console()
    expect(page.locator(STRIP)).to_contain_text("Front desk: you")
    expect(page.locator("#desks-call")).to_contain_text("Nobody has acknowledged")
    expect(page.locator("#desks-call a[href^='tel:']")).to_have_text("+358 000 555 011")
    picture(page, "strip")
    assert barriers(page) == [] and sideways(page) <= 0
    room.bo_acts("acknowledge", incident)
    expect(page.locator("#desks-call")).to_be_hidden()
    assert set(alive(owner)) == {"Aino"}


def test_a_page_in_the_background_still_counts_and_a_closed_one_goes(room: Room, owner: Engine) -> None:
    page = room.console()
    expect(page.locator(STRIP)).to_contain_text("you")
    other = page.context.new_page()
    other.goto("/control/desks")
    other.bring_to_front()
    with owner.begin() as connection:
        connection.execute(text("update presence set seen_at = seen_at - interval '29 seconds'"))
    young = "select count(*) from presence where seen_at > now() - interval '20 seconds'"
    eventually(lambda: rows(owner, young) == [(2,)])  # both pages beat by themselves
    page.goto("/about")
    eventually(lambda: rows(owner, young) == [(1,)])


def eventually(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.1)


def test_with_the_stream_cut_the_page_still_shows_life(room: Room, owner: Engine) -> None:
    page = room.console()
    expect(page.locator(STRIP)).to_contain_text("you")
    room.visits.forgiven += ["ERR_"]
    room.stream.stop()
    with owner.begin() as connection:
        connection.execute(text("delete from presence"))
    eventually(lambda: set(alive(owner)) == {"Aino"})
    room.stream.start()
    expect(page.locator("#link-state")).to_have_text("Live", timeout=20_000)


def test_an_incident_is_escalated_and_given_away_by_its_forms(room: Room, owner: Engine) -> None:
    incident = room.incident(priority=2)
    room.console(who="bo")
    page = room.console(f"/control/?incident={incident}")
    page.get_by_role("link", name="Escalate").click()
    page.get_by_label("Why do you need somebody above?").fill("Two of us are not enough")
    page.get_by_role("button", name="Escalate").click()
    expect(page.locator(".timeline")).to_contain_text("Escalated to the supervisor: Two of us are not enough")
    page.get_by_role("link", name="Give to").click()
    picture(page, "give")
    page.get_by_label("To whom in this room?").select_option(label="Bo")
    page.get_by_role("button", name="Give it to them").click()
    expect(page.locator(".timeline")).to_contain_text("Given to Bo")
    assert barriers(page) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_supervisors_page_is_free_of_barriers(room: Room, line_app: Flask, theme: str) -> None:
    room.incident(priority=1)
    looks(line_app)
    page = room.seat("bo", theme=theme)
    page.goto("/control/desks")
    expect(page.get_by_role("heading", name="Nobody has acknowledged")).to_be_visible()
    picture(page, f"desks-{theme}")
    assert barriers(page) == [] and sideways(page) <= 0
