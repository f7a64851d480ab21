"""Without a network, in a real browser with the content policy on: opens, keeps, sends itself, exactly once, and forgets."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect
from sqlalchemy import Engine, text

from tests.cast import Cast
from tests.site import Visits

pytestmark = [pytest.mark.browser, pytest.mark.db]

READY = """async (page) => {
  for (let turn = 0; turn < 400; turn++) {
    const names = await caches.keys();
    const up = navigator.serviceWorker.controller?.state === "activated" && names.length === 1;
    if (up && await (await caches.open(names[0])).match(page)) return names[0];
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}"""
KEPT = """async () => {
  const lists = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
  return lists.flat().map(({ url }) => url.replace(location.origin, ""));
}"""
WITH_SYNC = ["geolocation", "background-sync"]
NOT_SENT = "Saved on this phone. Not sent yet. Keep this page open or open it again when you have signal."


@pytest.fixture(autouse=True)
def _empty(clean: None, visit: Visits) -> None:
    """Empty tables; a network that is away is no fault of the page."""
    visit.forgiven.append("net::ERR")


def filed(owner: Engine) -> list[dict[str, Any]]:
    with owner.connect() as connection:
        return [dict(row) for row in connection.execute(text("select * from report order by received_at")).mappings()]


def opened(visit: Visits, path: str = "/", **options: Any) -> Page:
    """A page whose worker is up and has everything of the release, this page too."""
    page = visit(service_workers="allow", **options)
    page.goto(path)
    page.locator("h1").click()
    assert page.evaluate(READY, path.partition("?utm")[0])
    return page


def told(page: Page) -> str:
    """Fills the form in and presses Send; the code that is shown then."""
    page.locator("#what").get_by_text("A vehicle that worries me", exact=True).click()
    page.get_by_role("button", name="Here, where I am").click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#receipt-code")).not_to_be_empty()
    return page.locator("#receipt-code").inner_text()


def thanked(page: Page) -> None:
    expect(page.get_by_role("heading", name="Thank you. We have your report.")).to_be_visible()


def waiting(page: Page) -> None:
    expect(page.get_by_role("heading", name="Not sent yet")).to_be_visible()


def arrived(owner: Engine, page: Page, count: int = 1) -> None:
    """Waits until the server has so many reports, and sees that they do not become more."""
    for _ in range(100):
        if len(filed(owner)) >= count:
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)
    assert len(filed(owner)) == count


def new_page(context: BrowserContext, visit: Visits, path: str = "/") -> Page:
    page = context.new_page()
    page.on("console", visit._listen)
    page.goto(path)
    return page


def test_it_opens_and_reloads_without_a_network_and_sends_when_there_is_one(visit: Visits, owner: Engine) -> None:
    page = opened(visit)
    page.context.set_offline(True)
    page.reload()
    page.reload()
    code = told(page)
    waiting(page)
    expect(page.get_by_text(NOT_SENT)).to_be_visible()
    assert filed(owner) == []
    page.context.set_offline(False)
    thanked(page)
    arrived(owner, page)
    assert page.locator("#receipt-code").inner_text() == code


def test_a_poster_opens_without_a_network(visit: Visits, cast: Cast, owner: Engine) -> None:
    page = opened(visit, "/v/K7QD")
    expect(page.get_by_text("The Mall, North door")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("The Mall, North door")).to_be_visible()
    page.goto("/v/NEW1")
    page.locator("#what").get_by_text("A vehicle that worries me", exact=True).click()
    expect(page.locator("#venue")).to_have_value("NEW1")


def test_the_language_in_use_is_kept(visit: Visits) -> None:
    page = opened(visit, "/?lang=ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.goto("/v/NEW1?lang=ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")


def test_only_the_page_and_its_files_are_kept(visit: Visits, cast: Cast) -> None:
    page = opened(visit, "/?utm=somebody")
    code = told(page)
    thanked(page)
    page.get_by_role("button", name="See how it is going").click()
    expect(page.get_by_role("heading", name="We have your report")).to_be_visible()
    for path in ("/follow-up", "/about", "/control/sign-in", "/v/K7QD", "/"):
        page.goto(path)
    page.evaluate("fetch('/api/v1/categories')")
    page.wait_for_timeout(200)
    kept = page.evaluate(KEPT)
    assert sorted(address for address in kept if not address.startswith("/static/@")) == ["/", "/v/K7QD"]
    held = """async () => {
      const lists = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).matchAll()));
      return (await Promise.all(lists.flat().map((response) => response.text()))).join("");
    }"""
    assert code not in page.evaluate(held)


def test_a_kept_page_has_the_content_policy_and_says_nothing_about_this_hour(visit: Visits, cast: Cast) -> None:
    page = opened(visit, "/v/K7QD")
    page.context.set_offline(True)
    answer = page.reload()
    assert answer and answer.from_service_worker
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "require-trusted-types-for 'script'" in policy
    assert page.locator("html[data-kept]").count() == 1


def test_the_worker_alone_delivers_after_the_tab_was_closed(visit: Visits, owner: Engine) -> None:
    page = opened(visit, permissions=WITH_SYNC)
    context = page.context
    context.set_offline(True)
    told(page)
    waiting(page)
    bystander = context.new_page()
    page.close()
    context.set_offline(False)
    arrived(owner, bystander)


def test_without_background_sync_it_is_delivered_at_the_next_opening(visit: Visits, owner: Engine) -> None:
    page = opened(visit)
    context = page.context
    context.set_offline(True)
    code = told(page)
    waiting(page)
    bystander = context.new_page()
    page.close()
    context.set_offline(False)
    bystander.wait_for_timeout(1_000)
    assert filed(owner) == []
    again = new_page(context, visit)
    arrived(owner, again)
    expect(again.locator("#kept-reports").get_by_text(code)).to_be_visible()
    expect(again.locator("#kept-reports").get_by_text("Sent", exact=True)).to_be_visible()


def test_any_page_of_ours_delivers(visit: Visits, owner: Engine) -> None:
    page = opened(visit)
    page.context.set_offline(True)
    told(page)
    waiting(page)
    page.context.set_offline(False)
    page.goto("/about")
    arrived(owner, page)


def test_a_sync_that_the_browser_fires_delivers(visit: Visits, owner: Engine) -> None:
    page = opened(visit)
    page.context.route("**/api/v1/reports", lambda route: route.abort())
    told(page)
    waiting(page)
    page.context.unroute("**/api/v1/reports")
    fire_sync(page, visit.url)
    arrived(owner, page)
    thanked(page)


def fire_sync(page: Page, origin: str) -> None:
    """As the browser does when it finds a network: without waiting for one."""
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(each["registrationId"] for each in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(20)
    session.send(
        "ServiceWorker.dispatchSyncEvent",
        {"origin": origin, "registrationId": found[0], "tag": "outbox", "lastChance": False},
    )


def test_page_second_tab_and_worker_at_once_send_once(visit: Visits, owner: Engine) -> None:
    page = opened(visit, permissions=WITH_SYNC)
    page.context.set_offline(True)
    told(page)
    waiting(page)
    second = new_page(page.context, visit)
    sent: list[str] = []

    def finished(request: Request) -> None:
        if request.url.endswith("/api/v1/reports"):
            sent.append(request.method)

    page.context.on("requestfinished", finished)
    page.context.set_offline(False)
    fire_sync(page, visit.url)
    for tab in (page, second):
        tab.evaluate("dispatchEvent(new Event('online'))")
    arrived(owner, page)
    thanked(page)
    assert sent == ["POST"]


def test_reload_and_back_find_the_receipt_again(visit: Visits, owner: Engine) -> None:
    page = opened(visit)
    code = told(page)
    thanked(page)
    page.reload()
    thanked(page)
    expect(page.locator("#receipt-code")).to_have_text(code)
    page.get_by_role("button", name="See how it is going").click()
    expect(page.get_by_role("heading", name="We have your report")).to_be_visible()
    page.go_back()
    thanked(page)
    page.go_back()
    expect(page.get_by_role("heading", name="What is it?")).to_be_visible()
    expect(page.locator("#kept-reports").get_by_text(code)).to_be_visible()
    page.go_forward()
    thanked(page)
    expect(page.locator("#receipt-code")).to_have_text(code)
    assert len(filed(owner)) == 1


def test_back_while_it_waits_does_not_offer_to_send_it_twice(visit: Visits, owner: Engine) -> None:
    page = opened(visit)
    page.context.set_offline(True)
    told(page)
    waiting(page)
    page.go_back()
    expect(page.get_by_role("radio", name="A vehicle that worries me")).not_to_be_checked()
    expect(page.locator("#kept-reports").get_by_text("Not sent yet. It sends by itself.")).to_be_visible()
    page.context.set_offline(False)
    arrived(owner, page)


def test_a_double_tap_on_send_sends_once_and_shows_the_receipt(visit: Visits, owner: Engine) -> None:
    page = opened(visit)
    page.locator("#what").get_by_text("A vehicle that worries me", exact=True).click()
    page.get_by_role("button", name="Here, where I am").click()
    page.get_by_role("button", name="Send", exact=True).dblclick()
    thanked(page)
    arrived(owner, page)


def test_what_the_browser_threw_away_is_not_said_to_wait(visit: Visits) -> None:
    page = opened(visit)
    page.context.set_offline(True)
    told(page)
    waiting(page)
    page.evaluate("() => new Promise((resolve) => { indexedDB.deleteDatabase('outbox').onsuccess = resolve; })")
    page.context.set_offline(False)
    page.evaluate("() => new BroadcastChannel('outbox').postMessage('')")
    expect(page.get_by_role("heading", name="This report was deleted")).to_be_visible()
    expect(page.locator("#receipt-code")).to_be_hidden()


def test_danger_without_a_network_says_not_sent_and_call(visit: Visits) -> None:
    page = opened(visit)
    page.context.set_offline(True)
    page.locator("#what").get_by_text("A vehicle that worries me", exact=True).click()
    page.get_by_role("button", name="Here, where I am").click()
    page.get_by_role("group", name="Is it happening now?").get_by_text("Yes", exact=True).click()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("NOT SENT. Call 112 now.")).to_be_in_viewport()
    call = page.locator(".not-sent").get_by_role("link", name="Call 112")
    expect(call).to_have_attribute("href", "tel:112")
    page.context.set_offline(False)
    thanked(page)
    expect(call).to_be_hidden()


def test_what_the_worker_heard_refused_can_be_corrected(visit: Visits, owner: Engine) -> None:
    visit.forgiven.append("422")
    page = opened(visit)
    page.context.set_offline(True)
    page.locator("#what").get_by_text("A vehicle that worries me", exact=True).click()
    page.get_by_role("button", name="Here, where I am").click()
    page.locator("#description").evaluate("each => each.removeAttribute('maxlength')")
    page.get_by_label("In a few words (optional)").fill("a" * 4001)
    page.get_by_role("button", name="Send", exact=True).click()
    waiting(page)
    page.goto("/?lang=en")
    page.context.set_offline(False)
    expect(page.get_by_text("Not sent. Something has to be corrected first.")).to_be_visible()
    page.get_by_role("button", name="Correct it").click()
    expect(page.get_by_label("In a few words (optional)")).to_have_value("a" * 4001)
    page.get_by_label("In a few words (optional)").fill("a" * 4000)
    page.get_by_role("button", name="Send", exact=True).click()
    thanked(page)
    (report,) = filed(owner)
    assert (report["category"], report["lat"], len(report["description"])) == ("suspicious_vehicle", 60.169, 4000)
    page.goto("/")
    expect(page.locator("#kept-reports li")).to_have_count(1)


def test_one_is_forgotten_and_then_everything(visit: Visits, owner: Engine) -> None:
    page = opened(visit, permissions=WITH_SYNC)
    for _ in range(2):
        told(page)
        thanked(page)
        page.get_by_role("link", name="Tell us about something else").click()
    page.get_by_role("button", name="Forget this one").first.click()
    expect(page.locator("#kept-reports li")).to_have_count(1)
    page.evaluate("() => { indexedDB.open('pictures').onsuccess = ({ target }) => target.result.close(); }")
    page.get_by_role("button", name="Forget everything on this phone").click()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Forget everything on this phone").click()
    page.get_by_role("button", name="Forget everything", exact=True).click()
    expect(page.get_by_text("Forgotten. Nothing of your reports is left on this phone.")).to_be_focused()
    left = """async () => [await caches.keys(), await indexedDB.databases(), await navigator.serviceWorker.getRegistrations()]"""
    assert page.evaluate(left) == [[], [], []]
    assert len(filed(owner)) == 2


def test_what_was_forgotten_while_it_waited_is_not_sent(visit: Visits, owner: Engine) -> None:
    page = opened(visit)
    page.context.set_offline(True)
    told(page)
    waiting(page)
    page.go_back()
    page.get_by_role("button", name="Forget everything on this phone").click()
    expect(page.get_by_text("A report is not sent yet. It would be lost.")).to_be_visible()
    page.get_by_role("button", name="Forget everything", exact=True).click()
    expect(page.get_by_text("Forgotten.")).to_be_visible()
    page.context.set_offline(False)
    page.wait_for_timeout(700)
    assert filed(owner) == []


BROKEN = {
    "refused": "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };",
    "silent": "IDBFactory.prototype.open = () => ({});",
    "full": "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };",
}


@pytest.mark.parametrize("way", BROKEN)
def test_a_browser_that_stores_nothing_still_sends_and_says_so(visit: Visits, owner: Engine, way: str) -> None:
    page = visit()
    page.add_init_script(BROKEN[way])
    page.goto("/")
    page.context.set_offline(True)
    told(page)
    waiting(page)
    expect(page.get_by_text("Not sent yet, and this browser cannot save it.")).to_be_visible()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    page.context.set_offline(False)
    thanked(page)
    arrived(owner, page)
    code = page.locator("#receipt-code").inner_text()
    page.reload()
    thanked(page)
    expect(page.locator("#receipt-code")).to_have_text(code)


def test_a_new_release_takes_the_place_of_the_old_one(visit: Visits, monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(visit, "/?lang=ar")
    old = page.evaluate("caches.keys()")
    for module in ("reporting.app", "reporting.auth.headers", "reporting.citizen.offline"):
        monkeypatch.setattr(f"{module}.release", lambda: "fedcba987654")
    page.goto("/")
    for _ in range(100):
        if (names := page.evaluate("caches.keys()")) == ["shell-fedcba987654"]:
            break
        page.wait_for_timeout(50)
    assert names == ["shell-fedcba987654"] != old
    kept = page.evaluate(KEPT)
    assert {"/", "/?lang=ar"} <= set(kept)
    assert all(address.startswith("/static/@fedcba987654/") for address in kept if address.startswith("/static"))
    page.context.set_offline(True)
    page.goto("/?lang=ar")
    expect(page.locator(".stepped")).to_be_visible()


def test_the_page_opens_while_the_server_is_in_trouble(visit: Visits, web_app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    visit.forgiven.append("503")
    page = opened(visit)
    monkeypatch.setitem(web_app.view_functions, "citizen.report", lambda: ("away", 503))
    page.goto("/")
    told(page)


def test_the_app_can_be_installed_and_is_offered_only_after_a_receipt(visit: Visits) -> None:
    page = opened(visit)
    session = page.context.new_cdp_session(page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] in (
        [],
        [{"errorId": "in-incognito", "errorArguments": []}],
    )
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == [] and manifest["url"].endswith("/manifest.webmanifest")
    page.evaluate("() => { const event = new Event('beforeinstallprompt', { cancelable: true }); dispatchEvent(event); }")
    expect(page.locator("#install")).to_be_hidden()
    told(page)
    thanked(page)
    expect(page.get_by_role("button", name="Add to the home screen")).to_be_visible()
