"""The routing pages as a supervisor uses them: drafted, tried, tested, published, gone back from; with and without scripts."""

import json
import time
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from reporting import jobs
from reporting.policy import Actor
from reporting.services import drafts, jurisdictions
from tests.control_room import Room
from tests.drafting import WAITING, loaded
from tests.pages.test_console_access import small_targets
from tests.site import barriers, sideways
from tests.test_line import rows
from worker.line import run_errands

pytestmark = [pytest.mark.browser, pytest.mark.db]
RING = [[24.93, 60.16], [24.94, 60.16], [24.94, 60.17], [24.93, 60.17], [24.93, 60.16]]
FILE = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"id": "centre"}, "geometry": {"type": "Polygon", "coordinates": [RING]}},
        {
            "type": "Feature",
            "properties": {"id": "park", "name": "The park"},
            "geometry": {"type": "Polygon", "coordinates": [RING]},
        },
        {"type": "Feature", "properties": {"id": "dot"}, "geometry": {"type": "Point", "coordinates": [24.9, 60.1]}},
    ],
}
Work = Callable[[], None]


@pytest.fixture
def work(owner: Engine, line_app: Flask) -> Work:
    """Lets the worker do what waits, once it waits: the click before has only begun to send it."""

    def do() -> None:
        until = time.monotonic() + 10
        while not (waiting := rows(owner, WAITING, job="try_routing")) and time.monotonic() < until:
            time.sleep(0.02)
        with line_app.app_context():
            assert run_errands(jobs.TRY_ROUTING, [uuid.UUID(str(row.subject_id)) for row in waiting])

    return do


def begin(room: Room, work: Work, **options: object) -> Page:
    """Bo begins a draft in which the centre is served by day alone, and the worker has tried it."""
    room.filed(category="drone", description="A drone over the square")
    page = room.seat("bo", **options)
    page.goto("/control/routing")
    page.get_by_label("What for (optional)").fill("Nights")
    page.get_by_role("button", name="Begin a draft").click()
    page.get_by_role("link", name="Change City centre").click()
    page.get_by_label("Only these").check()
    page.get_by_label("Item without an owner").check()
    page.get_by_label("At these hours").check()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        page.get_by_label(day, exact=True).fill("6-22, 23:30–00:30")
    page.get_by_role("button", name="Save in the draft").click()
    work()
    return page


def test_a_supervisor_tries_publishes_and_goes_back(room: Room, work: Work) -> None:
    page = begin(room, work)
    trial = page.locator("#trial")
    expect(trial).to_contain_text("With this draft 1 incident would have gone to another room")
    expect(page.locator("#rows")).to_contain_text("hours: Round the clock → Every day 06:00–22:00, every day 23:30–00:30")
    trial.get_by_text("Your incidents that would have gone elsewhere: 1").click()
    number = page.locator(".moved a").inner_text()
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_role("status").first).to_contain_text("The draft is in force now")
    expect(page.locator(".rows")).to_contain_text("Item without an owner")
    page.get_by_role("button", name="Go back to what was in force").click()
    expect(page.locator(".rows")).to_contain_text("Every kind")
    expect(page.locator(".switches")).to_contain_text("Went back")
    assert len(number) > 4


def test_it_all_works_without_scripts(room: Room, work: Work) -> None:
    room.visits.forgiven += ["422", "409"]
    page = begin(room, work, java_script_enabled=False)
    page.reload()
    expect(page.locator("#trial")).to_contain_text("would have gone to another room")
    page.get_by_label("Place", exact=True).fill("60.169, 24.94")
    page.get_by_role("button", name="See who gets it").click()
    expect(page.locator("#place-answer")).to_contain_text("Asking the routing engine")
    work()
    page.reload()
    expect(page.locator("#place-answer")).to_contain_text("Police room")
    page.get_by_label("GeoJSON file").set_input_files(
        {"name": "a.json", "mimeType": "application/json", "buffer": json.dumps(FILE).encode()}
    )
    page.get_by_role("button", name="Look at the file").click()
    work()
    page.reload()
    expect(page.locator("#shapes")).to_contain_text("Feature dot: a Polygon or MultiPolygon is expected, not Point")
    expect(page.locator("#shapes")).to_contain_text("The park")
    page.get_by_role("button", name="Put into the draft").click()
    expect(page.locator("#rows")).to_contain_text("The park")
    page.get_by_role("link", name="Change The park").click()
    page.get_by_role("button", name="Leave this row out").click()
    expect(page.locator("#rows")).not_to_contain_text("The park")
    page.get_by_role("button", name="Put away").click()
    expect(page.get_by_role("status").first).to_contain_text("put away")


def test_what_was_typed_is_kept_when_it_is_refused_or_somebody_was_faster(room: Room, work: Work) -> None:
    room.visits.forgiven += ["422", "409"]
    page = begin(room, work)
    draft = page.url.rsplit("/", 1)[-1]
    page.get_by_role("link", name="Change City centre").click()
    page.get_by_label("Name").fill("The middle")
    page.get_by_label("Monday").fill("always")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("Monday: Write hours like 08:00-16:00")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("The middle")
    expect(page.get_by_label("Monday")).to_have_value("always")
    expect(page.get_by_label("Monday")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Monday").fill("")
    other = Actor(room.cast.people["fred"].account_id, "org_admin", "Fred", room.cast.organisations["city"], "City room")
    with room.line_app.app_context():
        drafts.change_row(other, draft, 1, "centre", {"rank": 3})
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else has changed this draft")
    expect(page.get_by_label("Name")).to_have_value("The middle")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.locator("#rows")).to_contain_text("The middle")
    expect(page.locator(".history")).to_contain_text("Fred: The middle: changed rank.")


def test_a_draft_on_old_rows_takes_the_newer_ones_in(room: Room, work: Work) -> None:
    room.visits.forgiven += ["409"]
    page = begin(room, work)
    with room.line_app.app_context():
        jurisdictions.replace_areas(*loaded("From a file"))
    page.get_by_role("button", name="Publish now").click()
    expect(page.get_by_role("alert")).to_contain_text("have changed since this draft was begun")
    expect(page.get_by_role("button", name="Publish now")).to_have_count(0)
    expect(page.locator(".moved-on")).to_contain_text("City centre: changed (name")
    page.get_by_role("button", name="Take these changes in").click()
    work()
    expect(page.locator("#rows")).to_contain_text("From a file")
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator(".rows")).to_contain_text("Every day 06:00–22:00")


def test_an_administrator_drafts_and_sees_counts_alone(room: Room, work: Work) -> None:
    room.visits.forgiven += ["403"]  # the console itself is not open to them
    bo = begin(room, work)
    number = bo.locator(".moved a").first.text_content()
    page = room.seat("fred")
    page.goto(bo.url)
    expect(page.locator("#trial")).to_contain_text("1 incident would have gone to another room")
    assert number and number not in page.content()
    expect(page.get_by_role("button", name="Publish now")).to_have_count(0)
    expect(page.get_by_text("A supervisor of this room puts it in force.")).to_be_visible()


def test_a_trial_that_is_given_up_says_so(room: Room, work: Work, owner: Engine) -> None:
    page = begin(room, work)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#trial-state")).to_contain_text("Waiting for a worker")
    with owner.begin() as connection:
        connection.exec_driver_sql("update outbox set dead_at = now(), attempts = 5 where job = 'try_routing'")
    expect(page.locator("#trial")).to_contain_text("was given up")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_state_of_these_pages_is_a_barrier(room: Room, work: Work, theme: str) -> None:
    room.visits.forgiven += ["422", "409"]
    page = begin(room, work, theme=theme)
    expect(page.locator("#trial[data-state=done]")).to_be_visible()
    page.locator(".moved summary").click()
    seen = {"draft": barriers(page) + small_targets(page)}
    draft = page.url
    page.get_by_label("Place", exact=True).fill("60.169, 24.94")
    page.get_by_role("button", name="See who gets it").click()
    seen["asking"] = barriers(page)
    work()
    expect(page.locator("#place-answer")).to_contain_text("Police room")
    seen["place"] = barriers(page)
    page.get_by_label("Place", exact=True).fill("Nowhere that is known")
    page.get_by_role("button", name="See who gets it").click()
    expect(page.get_by_role("alert")).to_contain_text("not found")
    seen["no place"] = barriers(page)
    page.get_by_role("link", name="Change City centre").click()
    seen["row"] = barriers(page) + small_targets(page)
    page.get_by_label("Name").fill(" ")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen["row refused"] = barriers(page)
    page.goto(draft)
    page.get_by_label("GeoJSON file").set_input_files(
        {"name": "a.json", "mimeType": "application/json", "buffer": json.dumps(FILE).encode()}
    )
    page.get_by_role("button", name="Look at the file").click()
    work()
    expect(page.get_by_role("button", name="Put into the draft")).to_be_visible()
    seen["shapes"] = barriers(page) + small_targets(page)
    page.get_by_role("button", name="Put into the draft").click()
    seen["trying"] = barriers(page)
    work()
    expect(page.locator("#trial[data-state=done]")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
    page.get_by_role("button", name="Publish now").click()
    seen["overview"] = barriers(page) + small_targets(page)
    assert sideways(page) <= 0
    assert not any(seen.values()), seen


def test_a_room_without_rows_is_told_what_to_do(room: Room, owner: Engine) -> None:
    with owner.begin() as connection:
        connection.exec_driver_sql("update jurisdiction set valid_until = now() where key = 'centre'")
    page = room.seat("bo")
    page.goto("/control/routing")
    expect(page.locator("main")).to_contain_text("This room has no row yet")
    expect(page.locator("main")).to_contain_text("There is no area to draw")
    assert barriers(page) == []


def test_the_console_leads_a_supervisor_there(room: Room) -> None:
    page = room.console(who="bo")
    page.get_by_role("link", name="Routing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Routing")
    assert room.console().get_by_role("link", name="Routing").count() == 0
