"""Pictures at the console: blurred until asked for, each look recorded once, told in words while they cannot be looked at."""

import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from reporting import jobs
from tests.cast import a_report, new_key
from tests.control_room import Room
from tests.pictures import broken_png, clean, of_phone, picture_id, rows, send
from tests.site import barriers, sideways
from worker.line import run_line

pytestmark = [pytest.mark.browser, pytest.mark.db]


@pytest.fixture
def report(room: Room, owner: Engine) -> dict[str, Any]:
    """A report with one picture ready, one refused, and a third announced."""
    answer = room.client.post("/api/v1/reports", json=a_report(expected_pictures=3), headers=new_key())
    told: dict[str, Any] = answer.get_json()
    with room.line_app.app_context():
        for job in (jobs.TRIAGE, *jobs.LINE):  # what a busy machine put back is done at the second try
            run_line(job, [uuid.UUID(told["id"])])
    for n, data in ((1, of_phone()), (2, broken_png())):
        assert send(room.client, told, data, n).status_code == 201
        clean(room.line_app, picture_id(owner, told, n))
    (found,) = rows(owner, "select incident_id from report")
    return {**told, "incident": str(found[0])}


def looks(owner: Engine) -> int:
    return int(rows(owner, "select count(*) from audit_event where action = 'picture.viewed'")[0][0])


def width(page: Page) -> int:
    """Of the image as it came, in pixels."""
    image = page.locator(".picture img").first
    image.scroll_into_view_if_needed()
    page.wait_for_function("() => { const i = document.querySelector('.picture img'); return i.complete && i.naturalWidth > 0; }")
    return int(image.evaluate("image => image.naturalWidth"))


def opened(room: Room, report: dict[str, Any], **options: Any) -> Page:
    return room.console(f"/control/?incident={report['incident']}", **options)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_is_blurred_until_asked_for_and_each_look_is_recorded_once(
    room: Room, report: dict[str, Any], owner: Engine, theme: str
) -> None:
    page = opened(room, report, theme=theme)
    assert width(page) == 16 and looks(owner) == 0
    assert barriers(page) == []
    page.get_by_role("link", name="Show picture 1").click()
    expect(page.locator("a[data-shown]")).to_have_count(1)
    assert width(page) == 320 and looks(owner) == 1
    assert page.get_by_role("img", name=f"Picture 1 of {report['reference']}").is_visible()
    assert barriers(page) == []
    page.get_by_role("link", name="Hide").click()
    assert width(page) == 16
    page.get_by_role("link", name="Show picture 1").click()
    assert width(page) == 320 and looks(owner) == 1


def test_one_key_shows_and_hides_them(room: Room, report: dict[str, Any], owner: Engine) -> None:
    page = opened(room, report)
    page.locator("#incident").focus()
    page.keyboard.press("v")
    expect(page.locator("a[data-shown]")).to_have_count(1)
    page.keyboard.press("v")
    expect(page.locator("a[data-shown]")).to_have_count(0)
    assert looks(owner) == 1


def test_what_is_shown_stays_shown_when_the_incident_changes(room: Room, report: dict[str, Any], owner: Engine) -> None:
    page = opened(room, report)
    page.get_by_role("link", name="Show picture 1").click()
    expect(page.locator("a[data-shown]")).to_have_count(1)
    room.bo_acts("note", report["incident"], "I looked as well.")
    expect(page.get_by_text("I looked as well.").first).to_be_visible()
    assert width(page) == 320 and looks(owner) == 1


def test_states_are_told_in_words(room: Room, report: dict[str, Any], owner: Engine) -> None:
    page = opened(room, report)
    expect(page.get_by_text("Picture 2 was refused. It could not be read.")).to_be_visible()
    expect(page.get_by_text("1 more was announced")).to_be_visible()
    send(room.client, report, of_phone(3), n=3)
    page.reload()
    expect(page.get_by_text("Picture 3 is being cleaned")).to_be_visible()
    clean(room.line_app, picture_id(owner, report, 3))
    with room.line_app.app_context():
        room.line_app.extensions["reporting"].doorbell.ring("reporting_live")
    expect(page.get_by_role("link", name="Show picture 3")).to_be_visible()
    expect(page.get_by_text(f"Picture 3 of {report['reference']} can be looked at.")).to_be_visible()


def test_without_script_a_link_leads_to_it(room: Room, report: dict[str, Any], owner: Engine) -> None:
    page = room.seat(java_script_enabled=False)
    page.goto(f"/control/incidents/{report['incident']}")
    address = page.get_by_role("link", name="Show picture 1").get_attribute("href") or ""
    page.goto(address)
    image = page.get_by_role("img", name="as the reporter sent it")
    expect(image).to_be_visible()
    assert looks(owner) == 1 and sideways(page) == 0
    stranger = room.client.get(address, headers=room.cast.headers("carl"))
    assert stranger.status_code == 404
