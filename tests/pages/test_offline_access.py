"""Everybody can use what comes after Send: each state without barriers, in both directions and themes, at 320 pixels."""

import pytest
from playwright.sync_api import Page, expect

from tests.site import Visits, barriers, sideways, small_targets

pytestmark = [pytest.mark.browser, pytest.mark.db]

EXPIRE = """() => new Promise((resolve) => {
  const request = indexedDB.open("outbox");
  request.onsuccess = () => {
    const store = request.result.transaction("parcels", "readwrite").objectStore("parcels");
    store.getAll().onsuccess = ({ target }) => {
      for (const parcel of target.result) store.put({ ...parcel, since: parcel.since - 25 * 3600_000 });
    };
    store.transaction.oncomplete = () => (request.result.close(), resolve());
  };
})"""


def faults(page: Page) -> list[str]:
    found = barriers(page) + [f"small: {each}" for each in small_targets(page)]
    return found + ([f"{sideways(page)} px too wide"] if sideways(page) > 0 else [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_state_after_send_is_free_of_barriers(visit: Visits, clean: None, lang: str, scheme: str) -> None:
    visit.forgiven.append("net::ERR")
    page = visit(320, 1400, color_scheme=scheme)
    page.goto(f"/?lang={lang}")
    page.route("**/api/v1/reports", lambda route: route.abort())
    page.locator("#category-suspicious_vehicle ~ .face").click()
    page.locator("#here").click()
    page.locator("[data-danger]").filter(visible=True).first.check(force=True)
    page.locator("button.send").click()
    expect(page.locator(".not-sent")).to_be_visible()
    expect(page.locator("#kept-reports")).to_be_visible()
    seen = {"danger, waiting": faults(page)}
    page.evaluate(EXPIRE)
    page.locator("#send-again").click()
    expect(page.locator("#receipt[data-state=expired]")).to_be_visible()
    seen["expired"] = faults(page)
    page.locator("#forget-all").click()
    seen["sure?"] = faults(page)
    page.locator("#forget-no").click()
    page.locator("[data-way=forget]").click()
    expect(page.locator("#receipt[data-state=gone]")).to_be_visible()
    seen["gone"] = faults(page)
    page.go_back()
    page.context.set_offline(True)
    expect(page.locator("#offline-note")).to_be_visible()
    seen["offline note"] = faults(page)
    assert not any(seen.values()), seen


def test_a_change_of_state_is_read_aloud_and_keys_are_enough(visit: Visits, clean: None) -> None:
    page = visit()
    page.goto("/")
    page.locator("#category-suspicious_vehicle ~ .face").click()
    page.locator("#here").click()
    page.locator("button.send").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#receipt-title")).to_be_focused()
    expect(page.locator("[aria-live=polite] #receipt-title")).to_contain_text("Thank you.")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator("#forget-all").evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#forget-sure")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#forgotten")).to_be_focused()
