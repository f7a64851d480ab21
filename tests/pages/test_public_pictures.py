"""Pictures on the phone: made small and bare, kept until they are sent, never in the way; and the form without scripting."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from playwright.sync_api import Page, Route, expect
from sqlalchemy import Engine

from reporting.bootstrap import adapters
from tests.pictures import drawn, exif, filed, icc, jpeg, picture_id, rows, saved
from tests.site import Visits, barriers, sideways, small_targets

pytestmark = [pytest.mark.browser, pytest.mark.db]

OFFER = """async ([reportId, receiptCode, noCamera]) => {
  document.querySelector("h1").nextElementSibling?.remove();
  document.querySelector("main").append(Object.assign(document.createElement("h2"), { textContent: "Thank you" }));
  const box = document.querySelector("main").appendChild(document.createElement("div"));
  box.id = "offer-pictures";
  if (noCamera) document.querySelector("main").dataset.noCamera = noCamera;
  const { offerPictures } = await import("/static/js/public/pictures.mjs");
  await offerPictures(box, { reportId, receiptCode });
}"""
PHOTO = {"name": "holiday.jpg", "mimeType": "image/jpeg"}


def photo() -> bytes:
    """A picture of twelve megapixels, lying on its side, with everything a phone writes into it."""
    noise = Image.effect_noise((4000, 3000), 60).convert("RGB")
    noise.paste(drawn(3000, 2000), (500, 500))
    return saved(noise, "JPEG", quality=90, exif=exif(6), icc_profile=icc())


def offered(visit: Visits, report: dict[str, Any], no_camera: str = "", **options: Any) -> Page:
    page = visit(**options)
    page.goto("/follow-up/pictures")
    page.evaluate(OFFER, [report["id"], report["receipt_code"], no_camera])
    return page


def choose(page: Page, *files: bytes) -> None:
    page.locator("input[data-way=choose]").set_input_files([{**PHOTO, "buffer": data} for data in files])


def states(page: Page) -> list[str]:
    return [line.get_attribute("data-state") or "" for line in page.locator(".picture-list li").all()]


def test_a_photo_becomes_small_and_bare_on_the_phone(
    visit: Visits, client: FlaskClient, web_app: Flask, owner: Engine, store: Path
) -> None:
    report = filed(client)
    page = offered(visit, report)
    choose(page, photo())
    expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.", timeout=15_000)
    with web_app.app_context():
        data = adapters().pictures.open(picture_id(owner, report), "original").read()
    found = Image.open(io.BytesIO(data))
    assert found.format == "JPEG" and max(found.size) == 1600 and found.size[0] < found.size[1]
    assert len(data) <= 400_000 and not dict(found.getexif()) and "icc_profile" not in found.info
    assert b"Quokka" not in data and b"Exif" not in data
    assert rows(owner, "select n, state from picture") == [(1, "waiting")]


def test_both_ways_are_there_and_only_one_opens_the_camera(visit: Visits, client: FlaskClient, store: Path) -> None:
    page = offered(visit, filed(client))
    take, choice = page.locator("input[data-way=take]"), page.locator("input[data-way=choose]")
    assert take.get_attribute("capture") == "environment" and choice.get_attribute("capture") is None
    assert page.get_by_text("Do not go closer").last.is_visible()
    assert barriers(page) == [] and small_targets(page) == [] and sideways(page) == 0


def test_three_are_the_most_and_one_can_be_taken_away(visit: Visits, client: FlaskClient, owner: Engine, store: Path) -> None:
    page = offered(visit, filed(client))
    page.context.set_offline(True)
    choose(page, *(jpeg(100 + n, 80) for n in range(5)))
    expect(page.locator(".picture-list li")).to_have_count(3)
    expect(page.get_by_role("alert").filter(visible=True)).to_have_text("Three pictures are the most. The others were left out.")
    assert not page.locator(".picture-ways").is_visible()
    page.get_by_role("button", name="Remove picture 2").click()
    expect(page.locator(".picture-list li")).to_have_count(2)
    assert page.locator(".picture-ways").is_visible()
    assert page.evaluate("document.activeElement.type") == "file"
    visit.forgiven.append("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(False)
    expect(page.locator(".picture-list li[data-state=sent]")).to_have_count(2, timeout=15_000)
    assert sorted(rows(owner, "select n from picture")) == [(1,), (3,)]


def test_what_was_not_sent_goes_on_after_a_reload(visit: Visits, client: FlaskClient, owner: Engine, store: Path) -> None:
    report = filed(client)
    page = offered(visit, report)
    visit.forgiven.append("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    choose(page, jpeg())
    expect(page.locator(".picture-state")).to_have_text("Not sent yet. It sends by itself.")
    page.context.set_offline(False)
    page.goto("/about")
    page.goto("/follow-up/pictures")
    page.evaluate("async () => (await import('/static/js/public/pictures.mjs')).sendKept()")
    assert rows(owner, "select n, state from picture") == [(1, "waiting")]
    page.evaluate(OFFER, [report["id"], report["receipt_code"], ""])
    expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.")


def test_a_busy_server_is_asked_again_and_a_refusal_is_said(
    visit: Visits, client: FlaskClient, owner: Engine, store: Path
) -> None:
    page = offered(visit, filed(client))
    visit.forgiven.append("Failed to load resource")
    answers = [(503, {"Retry-After": "1"}), (507, {"Retry-After": "1"}), (0, {})]

    def busy(route: Route) -> None:
        status, headers = answers.pop(0) if answers else (-1, {})
        if status > 0:
            route.fulfill(status=status, headers=headers, body="{}")
        elif status == 0:
            route.abort()
        else:
            route.continue_()

    page.route("**/pictures/1/upload", busy)
    choose(page, jpeg())
    expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.", timeout=20_000)
    refusal = {"status": 422, "content_type": "application/problem+json", "body": json.dumps({"errors": []})}
    page.route("**/pictures/2/upload", lambda route: route.fulfill(**refusal))
    choose(page, jpeg(64, 64))
    expect(page.locator(".picture-state").last).to_have_text("We cannot take this picture.")
    assert states(page) == ["sent", "refused"]
    assert rows(owner, "select n from picture") == [(1,)]


def test_a_number_that_is_taken_elsewhere_leads_to_the_next(
    visit: Visits, client: FlaskClient, owner: Engine, store: Path
) -> None:
    report = filed(client)
    client.put(f"/api/v1/reports/{report['id']}/pictures/1", data=jpeg(), headers={"Receipt-Code": report["receipt_code"]})
    page = offered(visit, report)
    visit.forgiven.append("409")
    choose(page, jpeg(64, 64))
    expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.", timeout=15_000)
    assert sorted(rows(owner, "select n from picture")) == [(1,), (2,)]


def test_what_this_phone_cannot_open_is_said_in_words(visit: Visits, client: FlaskClient, owner: Engine, store: Path) -> None:
    page = offered(visit, filed(client))
    for data in (b"\x00\x00\x00\x18ftypheic" + bytes(100), b"<svg", b""):
        choose(page, data)
        expect(page.get_by_role("alert").filter(visible=True)).to_contain_text("cannot be opened on this phone")
    assert states(page) == [] and rows(owner, "select 1 from picture") == []
    choose(page, jpeg())
    expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.")


def test_nothing_is_offered_where_the_answers_keep_cameras_away(visit: Visits, client: FlaskClient, store: Path) -> None:
    page = offered(visit, filed(client), no_camera="item")
    assert page.locator("#offer-pictures input").count() == 0


def test_a_browser_that_stores_nothing_still_sends(visit: Visits, client: FlaskClient, owner: Engine, store: Path) -> None:
    page = visit()
    page.add_init_script("Object.defineProperty(globalThis, 'indexedDB', {value: {open() { throw new Error('no'); }}})")
    report = filed(client)
    page.goto("/follow-up/pictures")
    page.evaluate(OFFER, [report["id"], report["receipt_code"], ""])
    choose(page, jpeg())
    expect(page.locator(".picture-state")).to_have_text("Sent. Thank you.")
    assert page.get_by_text("Keep this page open until they are sent.").is_visible()
    assert rows(owner, "select n from picture") == [(1,)]


def test_forgetting_everything_deletes_them(visit: Visits, client: FlaskClient, store: Path) -> None:
    page = offered(visit, filed(client))
    visit.forgiven.append("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    choose(page, jpeg())
    expect(page.locator(".picture-list li")).to_have_count(1)
    delete = "new Promise((done) => { indexedDB.deleteDatabase('pictures').onsuccess = () => done('gone'); })"
    assert page.evaluate(delete) == "gone"


@pytest.mark.parametrize("width", [320, 390])
def test_the_form_needs_no_script(visit: Visits, client: FlaskClient, owner: Engine, store: Path, width: int) -> None:
    report = filed(client)
    visit.forgiven.append("415")
    page = visit(width, java_script_enabled=False)
    page.goto("/follow-up/pictures")
    page.get_by_label("Your receipt code").fill(report["receipt_code"])
    page.get_by_label("Picture", exact=True).set_input_files({**PHOTO, "buffer": jpeg(exif=exif())})
    page.get_by_role("button", name="Send the picture").click()
    expect(page.get_by_role("status")).to_contain_text("We have your picture")
    page.get_by_label("Picture", exact=True).set_input_files({**PHOTO, "buffer": b"<svg>"})
    page.get_by_role("button", name="Send the picture").click()
    expect(page.locator("#picture-problem")).to_contain_text("We cannot take this kind of file")
    assert rows(owner, "select n from picture") == [(1,)]


def test_the_page_is_for_everybody(visit: Visits) -> None:
    for options in ({}, {"color_scheme": "dark"}, {"width": 320}, {"forced_colors": "active"}):
        page = visit(**options)
        page.goto("/follow-up/pictures")
        assert barriers(page) == [] and sideways(page) == 0
