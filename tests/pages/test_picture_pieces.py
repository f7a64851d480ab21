"""Pictures over a line that breaks: a real browser sends only what is missing, after a break, a reload, and on a bad day."""

import random
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Page, Route, expect
from sqlalchemy import Engine

from reporting.bootstrap import adapters
from tests.cutting import cutting
from tests.pages.test_public_pictures import OFFER, PHOTO, choose
from tests.pictures import filed, jpeg, large_jpeg, picture_id, rows, saved, send_piece
from tests.site import Visits, barriers, sideways

pytestmark = [pytest.mark.browser, pytest.mark.db]

PIECE = 65_536
BROKEN = ("net::ERR", "server responded with a status of")
DAY = {"passes": 55, "lost": 15, "unheard": 15, "busy": 5, "portal": 5, "refusing_portal": 5}
UNTIL_GONE = """async () => {
  const { sendKept } = await import("/static/js/public/pictures.mjs");
  const { PictureStore } = await import("/static/js/public/picture_store.mjs");
  for (let round = 0; round < 200; round++) {
    await sendKept();
    if ((await new PictureStore().all()).every(({ state }) => state !== "waiting")) return round;
  }
}"""


def noise(seed: int = 0) -> bytes:
    """A picture that stays large however it is shrunk: between 200 and 400 KB."""
    picture = Image.effect_noise((1500 + seed, 1100), 40).convert("RGB")
    return saved(picture, "JPEG", quality=90)


def offered(visit: Visits, at: str, report: dict[str, Any], **options: Any) -> Page:
    visit.forgiven += BROKEN
    page = visit(**options)
    page.goto(f"{at}/follow-up/pictures")
    page.evaluate(OFFER, [report["id"], report["receipt_code"], ""])
    return page


def kept(web_app: Flask, owner: Engine, report: dict[str, Any], n: int = 1) -> bytes:
    with web_app.app_context():
        return adapters().pictures.open(picture_id(owner, report, n), "original").read()


def test_a_break_costs_one_piece_at_most(visit: Visits, client: FlaskClient, web_app: Flask, owner: Engine, store: Path) -> None:
    report = filed(client)
    with cutting(visit.url) as (at, line):
        line.cut_at = 150_000
        page = offered(visit, at, report)
        choose(page, noise())
        expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.", timeout=20_000)
    length = len(kept(web_app, owner, report))
    assert line.cuts == 1 and length > 150_000
    assert 0 < line.sent - length <= PIECE
    assert "HEAD" in line.asked and "PUT" not in line.asked
    assert line.pieces[:3] == [PIECE] * 3 and max(line.pieces[3:]) == PIECE // 2, "smaller after the break"


def test_what_has_arrived_is_shown_and_outlives_a_reload(
    visit: Visits, client: FlaskClient, web_app: Flask, owner: Engine, store: Path
) -> None:
    report = filed(client)
    with cutting(visit.url) as (at, line):
        line.cut_at = 150_000
        page = offered(visit, at, report)
        page.route("**/upload", lambda route: route.abort() if line.cuts else route.continue_())
        choose(page, noise())
        expect(page.locator(".picture-state")).to_have_text("Part of it has arrived. The rest sends by itself.", timeout=20_000)
        bar = page.get_by_role("progressbar", name="Picture 1: Part of it has arrived")
        expect(bar).to_be_visible()
        assert 20 < int(bar.get_attribute("value") or 0) < 100
        assert page.locator("[data-status]").inner_text().startswith("Picture 1: Part of it has arrived")
        assert barriers(page) == [] and sideways(page) == 0
        sent = line.sent
        page.unroute("**/upload")
        line.dark = True
        page.goto(f"{at}/follow-up/pictures")
        page.evaluate(OFFER, [report["id"], report["receipt_code"], ""])
        expect(page.get_by_role("progressbar")).to_be_visible()
        line.dark = False
        expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.", timeout=20_000)
        assert line.sent > sent
    assert 0 < line.sent - len(kept(web_app, owner, report)) <= PIECE


def test_a_bad_day_sends_each_picture_once(
    visit: Visits, client: FlaskClient, web_app: Flask, owner: Engine, store: Path
) -> None:
    report, chance = filed(client), random.Random(20261122)
    with cutting(visit.url) as (at, line):
        page = offered(visit, at, report)
        line.dark = True
        choose(page, *(noise(seed) for seed in range(3)))
        expect(page.locator(".picture-list li")).to_have_count(3, timeout=20_000)
        line.dark = False
        line.way = lambda: chance.choices(list(DAY), list(DAY.values()))[0]
        rounds = page.evaluate(UNTIL_GONE)
    assert rounds > 0 and line.cuts > 3
    assert sorted(rows(owner, "select n, state from picture")) == [(n, "waiting") for n in (1, 2, 3)]
    length = sum(len(kept(web_app, owner, report, n)) for n in (1, 2, 3))
    assert line.sent - length <= line.cuts * PIECE
    assert rows(owner, "select 1 from picture_upload") == []


def test_where_pieces_do_not_pass_the_picture_is_sent_whole(
    visit: Visits, client: FlaskClient, owner: Engine, store: Path
) -> None:
    report = filed(client)
    page = offered(visit, visit.url, report)
    methods: list[str] = []

    def gate(route: Route) -> None:
        methods.append(route.request.method)
        if route.request.method == "PATCH":
            route.fulfill(status=405, content_type="text/html", body="no")
        else:
            route.continue_()

    page.route("**/api/v1/reports/**", gate)
    choose(page, jpeg())
    expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.")
    assert methods == ["PATCH", "PUT"] and rows(owner, "select n from picture") == [(1,)]


def test_a_browser_that_makes_no_digests_sends_whole(visit: Visits, client: FlaskClient, owner: Engine, store: Path) -> None:
    page = visit()
    page.add_init_script("Object.defineProperty(globalThis.crypto, 'subtle', {value: undefined})")
    report = filed(client)
    page.goto("/follow-up/pictures")
    page.evaluate(OFFER, [report["id"], report["receipt_code"], ""])
    choose(page, jpeg())
    expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.")
    assert rows(owner, "select n from picture") == [(1,)]


def test_a_picture_that_is_removed_half_sent_is_deleted_at_once(
    visit: Visits, client: FlaskClient, owner: Engine, store: Path
) -> None:
    report = filed(client)
    with cutting(visit.url) as (at, line):
        line.cut_at = 150_000
        page = offered(visit, at, report)
        page.route(
            "**/upload", lambda route: route.abort() if route.request.method == "PATCH" and line.cuts else route.continue_()
        )
        choose(page, noise())
        expect(page.locator(".picture-state")).to_contain_text("Part of it has arrived", timeout=20_000)
        assert len(rows(owner, "select 1 from picture_piece")) == 2
        with page.expect_response(lambda answer: answer.request.method == "DELETE"):
            page.get_by_role("button", name="Remove picture 1").click()
        assert rows(owner, "select 1 from picture_upload") == []
        page.unroute("**/upload")
        page.locator("input[data-way=choose]").set_input_files({**PHOTO, "buffer": jpeg(64, 64)})
        expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.", timeout=20_000)
    assert rows(owner, "select n, width from picture") == [(1, None)]


def test_another_picture_on_its_way_leads_to_the_next_number(
    visit: Visits, client: FlaskClient, owner: Engine, store: Path
) -> None:
    report = filed(client)
    send_piece(client, report, large_jpeg(150_000), 0, PIECE)
    page = offered(visit, visit.url, report)
    choose(page, jpeg(64, 64))
    expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.", timeout=20_000)
    assert rows(owner, "select n from picture") == [(2,)]
