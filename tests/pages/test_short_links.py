"""The page behind a message's short link, and a venue's device that chooses push, in a real browser: plain, for everybody."""

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.confirming import unconfirmed, word
from tests.pages.test_push import ENDPOINT, SUBSCRIBE, report, town
from tests.receiver import Receiver
from tests.site import Visits, barriers, sideways, small_targets
from tests.venue.house import PIN, code_for

__all__ = ["report", "town"]
pytestmark = [pytest.mark.browser, pytest.mark.db]


@pytest.fixture
def link(client: FlaskClient, report: dict[str, Any]) -> str:
    """The short link of an address that nobody confirmed yet."""
    asked = {"receipt_code": report["receipt_code"], "channel": "mail", "address": "maija@example.org"}
    assert client.post("/api/v1/follow-up/channels", json=asked).status_code == 200
    (way,) = unconfirmed(client)
    return f"/s/{word(client, way)}"


@pytest.mark.parametrize(("lang", "width", "scheme"), [("en", 390, "light"), ("ar", 320, "dark"), ("el", 320, "light")])
def test_the_page_is_for_everybody(visit: Visits, link: str, lang: str, width: int, scheme: Any) -> None:
    page = visit(width, color_scheme=scheme)
    page.goto(f"{link}?lang={lang}")
    assert barriers(page) == [] and small_targets(page) == [] and sideways(page) == 0
    page.locator("button[value=yes]").click()
    assert barriers(page) == [] and sideways(page) == 0
    page.goto(f"{link}?lang={lang}")
    assert barriers(page) == [] and small_targets(page) == [] and sideways(page) == 0


def test_yes_by_keyboard_and_without_script_and_back_does_no_harm(visit: Visits, link: str, owner: Engine) -> None:
    page = visit(java_script_enabled=False)
    page.goto(link)
    page.get_by_role("button", name="Yes, write to me").press("Enter")
    expect(page.get_by_role("heading", name="Thank you. We write to you here.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="Open the page")).to_be_visible()
    with owner.connect() as connection:
        assert connection.execute(text("select confirmed_at is not null from subscription")).all() == [(True,)]


def test_a_device_of_the_house_chooses_push_by_a_tap_and_takes_it_back(
    visit: Visits, town: None, cast: Cast, web_app: Flask, owner: Engine
) -> None:
    page = visit(permissions=["notifications"], service_workers="allow")
    page.add_init_script(f"({SUBSCRIBE})({json.dumps(Receiver().subscription(ENDPOINT))})")
    page.goto("/venue/sign-in")
    for name, said in (("code", code_for(web_app, cast)), ("name", "Till 2"), ("pin", PIN)):
        page.locator(f"[name={name}]").first.fill(said)
    page.locator("[name=pin]").first.press("Enter")
    offer = page.get_by_role("button", name="Tell me on this device")
    expect(offer).to_be_visible()
    assert barriers(page) == [] and sideways(page) == 0
    offer.click()
    expect(page.get_by_text("This device says when something waits here.")).to_be_visible()
    with owner.connect() as connection:
        chosen = connection.execute(text("select channel, account_id, device_id is not null from subscription")).all()
    assert [tuple(each) for each in chosen] == [("push", None, True)]
    page.locator("[data-push]").get_by_role("button", name="Stop messages").click()
    expect(offer).to_be_visible()
    with owner.connect() as connection:
        assert connection.execute(text("select * from subscription")).all() == []
