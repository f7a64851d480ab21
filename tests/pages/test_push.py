"""Messages in a real browser: offered after a tap, shown by the service worker with neutral words, taken back with a tap."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from reporting.adapters.channels import channels_of
from tests.cast import a_report, new_key
from tests.outside import PUSH_HOST
from tests.receiver import Receiver
from tests.site import Visits, barriers, sideways, small_targets

pytestmark = [pytest.mark.browser, pytest.mark.db]

ENDPOINT = f"https://{PUSH_HOST}/send/phone"
SUBSCRIBE = """(subscription) => {
  PushManager.prototype.subscribe = async function (options) {
    window.asked = { visible: options.userVisibleOnly, key: options.applicationServerKey.length };
    const made = { endpoint: subscription.endpoint, toJSON: () => subscription, unsubscribe: async () => (window.ended = true) };
    window.made = made;
    return made;
  };
  PushManager.prototype.getSubscription = async () => window.made ?? null;
}"""


@pytest.fixture
def town(web_app: Flask) -> Iterator[None]:
    held = web_app.extensions["reporting"]
    on = replace(
        held.settings, push="on", push_services=PUSH_HOST, mail_server="127.0.0.1", mail_from="no-reply@town-one.org",
        sms_url="https://sms.gateway-one.org/", sms_body="to={to}&text={text}",
    )  # fmt: skip
    web_app.extensions["reporting"] = replace(held, settings=on, channels=channels_of(on))
    yield
    web_app.extensions["reporting"] = held


@pytest.fixture
def report(client: FlaskClient, town: None) -> dict[str, Any]:
    return client.post("/api/v1/reports", json=a_report(), headers=new_key()).get_json()  # type: ignore[no-any-return]


def being_told(visit: Visits, report: dict[str, Any], lang: str = "en", **options: Any) -> Page:
    """The page on which one chooses; a browser whose push service is ours to play."""
    page = visit(permissions=["notifications"], service_workers="allow", **options)
    subscription = Receiver().subscription(ENDPOINT)
    page.add_init_script(f"({SUBSCRIBE})({json.dumps(subscription)})")
    page.goto(f"/follow-up?lang={lang}")
    page.evaluate(
        """([code, lang]) => {
          const form = document.createElement("form");
          Object.assign(form, { method: "post", action: `/follow-up/channels?lang=${lang}` });
          const field = document.createElement("input");
          Object.assign(field, { name: "receipt_code", value: code });
          form.append(field);
          document.body.append(form);
          form.submit();
        }""",
        [report["receipt_code"], lang],
    )
    page.wait_for_url("**/follow-up/channels*")
    return page


def rows(owner: Engine) -> list[str]:
    with owner.connect() as connection:
        return list(connection.execute(text("select channel from subscription order by chosen_at")).scalars())


def test_nothing_is_asked_before_a_tap_and_one_tap_takes_it_back(visit: Visits, report: dict[str, Any], owner: Engine) -> None:
    page = being_told(visit, report)
    offer = page.get_by_role("button", name="Tell me on this phone")
    expect(offer).to_be_visible()
    assert page.evaluate("window.asked") is None and rows(owner) == []
    offer.click()
    expect(page.get_by_text("This phone tells you when there is an answer.")).to_be_visible()
    assert page.evaluate("window.asked") == {"visible": True, "key": 65} and rows(owner) == ["push"]
    page.reload()
    expect(page.get_by_text("This phone tells you when there is an answer.")).to_be_visible()
    page.locator("[data-push]").get_by_role("button", name="Stop messages").click()
    expect(offer).to_be_visible()
    assert rows(owner) == [] and page.evaluate("indexedDB.databases().then((all) => all.length)") >= 1


def test_the_offer_stays_on_the_receipt_whatever_else_changes_there(visit: Visits, town: None) -> None:
    page = visit(permissions=["notifications", "geolocation"], service_workers="allow")
    page.add_init_script(f"({SUBSCRIBE})({json.dumps(Receiver().subscription(ENDPOINT))})")
    page.goto("/")
    page.get_by_text("A vehicle that worries me", exact=True).click()
    page.get_by_role("button", name="Here, where I am").click()
    page.get_by_role("button", name="Send", exact=True).click()
    offer = page.get_by_role("button", name="Tell me on this phone")
    expect(offer).to_be_visible()
    page.evaluate("new BroadcastChannel('outbox').postMessage('changed')")
    page.wait_for_timeout(500)
    expect(offer).to_be_visible()


def test_the_phone_keeps_no_receipt_code_for_it(visit: Visits, report: dict[str, Any]) -> None:
    page = being_told(visit, report)
    page.get_by_role("button", name="Tell me on this phone").click()
    expect(page.get_by_text("This phone tells you")).to_be_visible()
    kept = page.evaluate(
        """() => new Promise((resolve) => {
          const request = indexedDB.open("push");
          request.onsuccess = () => {
            const all = request.result.transaction("ways").objectStore("ways").getAll();
            all.onsuccess = () => resolve(JSON.stringify(all.result));
          };
        })"""
    )
    assert ENDPOINT in kept and report["receipt_code"] not in kept and report["receipt_code"].replace("-", "") not in kept


def test_a_refusal_is_taken_calmly(visit: Visits, report: dict[str, Any], owner: Engine) -> None:
    page = being_told(visit, report)
    page.evaluate("() => void (Notification.requestPermission = async () => 'default')")
    page.get_by_role("button", name="Tell me on this phone").click()
    expect(page.get_by_role("button", name="Tell me on this phone")).to_be_enabled()
    page.evaluate("() => void Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    page.evaluate("() => void (Notification.requestPermission = async () => 'denied')")
    page.get_by_role("button", name="Tell me on this phone").click()
    expect(page.get_by_text("This browser does not allow our messages.")).to_be_visible()
    assert rows(owner) == []


def test_trouble_is_said_and_can_be_tried_again(visit: Visits, report: dict[str, Any], owner: Engine) -> None:
    visit.forgiven.append("Failed to load resource")
    page = being_told(visit, report)
    page.route("**/api/v1/follow-up/channels", lambda route: route.fulfill(status=503, body="{}"))
    page.get_by_role("button", name="Tell me on this phone").click()
    expect(page.get_by_text("That did not work.")).to_be_visible()
    page.unroute("**/api/v1/follow-up/channels")
    page.get_by_role("button", name="Tell me on this phone").click()
    expect(page.get_by_text("This phone tells you")).to_be_visible()
    assert rows(owner) == ["push"]


def test_on_an_iphone_it_says_what_to_do_first(visit: Visits, report: dict[str, Any]) -> None:
    page = visit()
    page.add_init_script("delete window.PushManager; Object.defineProperty(navigator, 'standalone', { value: false });")
    page.goto("/follow-up")
    page.evaluate(
        """(code) => { const form = document.createElement("form"); form.method = "post"; form.action = "/follow-up/channels";
          const field = document.createElement("input"); field.name = "receipt_code"; field.value = code;
          form.append(field); document.body.append(form); form.submit(); }""",
        report["receipt_code"],
    )
    expect(page.get_by_text("On an iPhone or iPad, add this page to your home screen first.")).to_be_visible()
    expect(page.get_by_role("button", name="Tell me on this phone")).to_be_hidden()


def test_without_script_mail_is_chosen_and_stopped(visit: Visits, report: dict[str, Any], owner: Engine) -> None:
    """The whole way as a person goes it, from the code to the page and back."""
    visit.forgiven.append("422 (UNPROCESSABLE")
    page = visit(java_script_enabled=False)
    page.goto("/follow-up")
    page.get_by_label("Your receipt code").fill(report["receipt_code"])
    page.get_by_role("button", name="See how it is going").click()
    page.get_by_role("button", name="Tell me when there is an answer").click()
    page.get_by_label("Your mail address").fill("maija@example.org")
    page.get_by_role("button", name="Tell me by mail").click()
    expect(page.get_by_text("We wrote to your mail address. Say yes there first.")).to_be_visible()
    assert "maija" not in page.content() and report["receipt_code"] not in page.url and rows(owner) == ["mail"]
    page.get_by_label("Your phone number").fill("not a number")
    page.get_by_role("button", name="Tell me by text message").click()
    expect(page.get_by_role("alert")).to_contain_text("Please check the number.")
    page.get_by_role("button", name="Stop messages").click()
    expect(page.get_by_text("No more messages come.")).to_be_visible()
    assert rows(owner) == []
    page.get_by_role("button", name="Back to your report").click()
    expect(page.get_by_role("button", name="Tell me when there is an answer")).to_be_visible()
    wrong = {"receipt_code": "0123-4567-89AB-CDE4", "channel": "mail", "step": "stop"}
    assert page.request.post("/follow-up/channels", form=wrong).status == 404


@pytest.fixture
def listening(visit: Visits, report: dict[str, Any]) -> tuple[Page, Any, str]:
    """A page whose service worker is awake, a line to the browser, and the worker's registration."""
    page = being_told(visit, report)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    line = page.context.new_cdp_session(page)
    found: list[str] = []
    there = threading.Event()

    def told(event: dict[str, Any]) -> None:
        for each in event["registrations"]:
            found.append(each["registrationId"])
            there.set()

    line.on("ServiceWorker.workerRegistrationUpdated", told)
    line.send("ServiceWorker.enable")
    for _ in range(100):
        if there.is_set():
            break
        page.wait_for_timeout(50)
    return page, line, found[0]


SHOWN = """() => navigator.serviceWorker.ready.then((registration) => registration.getNotifications()).then((all) =>
  all.map(({ title, body, lang, dir, tag, data }) => ({ title, body, lang, dir, tag, path: data.path })))"""


def deliver(listening: tuple[Page, Any, str], data: str) -> list[dict[str, str]]:
    page, line, registration = listening
    origin = page.evaluate("location.origin")
    line.send("ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": registration, "data": data})
    for _ in range(100):
        if shown := page.evaluate(SHOWN):
            return shown  # type: ignore[no-any-return]
        page.wait_for_timeout(50)
    return []


def test_a_letter_is_shown_in_its_own_language(listening: tuple[Page, Any, str]) -> None:
    letter = {
        "title": "رسالة لك",
        "body": "هناك رد على بلاغك.",
        "url": "https://x.org/follow-up",
        "lang": "ar",
        "dir": "rtl",
    }
    assert deliver(listening, json.dumps(letter)) == [
        {"title": "رسالة لك", "body": "هناك رد على بلاغك.", "lang": "ar", "dir": "rtl", "tag": "/follow-up", "path": "/follow-up"}
    ]


@pytest.mark.parametrize("data", ["", "nonsense", "{}", "[]", "null", '{"title": 7, "body": []}'])
def test_what_cannot_be_read_shows_the_words_that_were_kept(listening: tuple[Page, Any, str], data: str) -> None:
    page, *_more = listening
    page.get_by_role("button", name="Tell me on this phone").click()
    expect(page.get_by_text("This phone tells you")).to_be_visible()
    (shown,) = deliver(listening, data)
    assert shown["title"] == "A message for you" and shown["body"].startswith("There is an answer to your report.")


@pytest.mark.parametrize("url", ["https://evil.org/x", "/control/sign-out", "javascript:alert(1)", "//evil.org/venue", 7, None])
def test_a_letter_opens_pages_of_ours_alone(listening: tuple[Page, Any, str], url: Any) -> None:
    (shown,) = deliver(listening, json.dumps({"title": "A", "body": "B" * 5000, "url": url, "lang": "en", "dir": "ltr"}))
    assert shown["path"] == "/follow-up" and len(shown["body"]) == 300


def test_two_letters_are_one_on_the_screen(listening: tuple[Page, Any, str]) -> None:
    letter = json.dumps({"title": "A", "body": "B", "url": "/follow-up"})
    deliver(listening, letter)
    assert len(deliver(listening, letter)) == 1


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_anybodys_way(visit: Visits, report: dict[str, Any], lang: str, scheme: str) -> None:
    page = being_told(visit, report, lang=lang, width=320, color_scheme=scheme)
    page.locator("[data-do=choose]").wait_for(state="visible")
    assert barriers(page) == [] and sideways(page) == 0 and small_targets(page) == []
