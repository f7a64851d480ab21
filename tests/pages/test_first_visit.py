"""What a first visit costs: bytes on the wire as Chromium counts them, one origin, no cookie, no map before it is asked for."""

import json
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tests.site import Visits

pytestmark = [pytest.mark.browser, pytest.mark.db]

WHOLE_VISIT = 45_000
SCRIPTS = 24_000


@dataclass
class Wire:
    """Addresses and the bytes that each cost, with headers, as the network counted them."""

    bytes: dict[str, int] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)

    def listen(self, page: Page) -> None:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._came)

    def of(self, *ends: str) -> int:
        """The bytes of files whose path ends so."""
        return sum(size for address, size in self.bytes.items() if urllib.parse.urlsplit(address).path.endswith(ends))

    def _asked(self, event: Any) -> None:
        self._addresses[event["requestId"]] = event["request"]["url"]

    def _came(self, event: Any) -> None:
        address = self._addresses.get(event["requestId"], "")
        self.bytes[address] = self.bytes.get(address, 0) + int(event["encodedDataLength"])


@pytest.fixture
def wire(visit: Visits) -> Iterator[tuple[Wire, Page]]:
    """A phone that was never here, and what its first visit asks for."""
    page = visit(service_workers="block")
    wire = Wire()
    wire.listen(page)
    yield wire, page


@pytest.mark.parametrize("path", ["/", "/v/K7QD", "/?lang=ar"])
def test_the_first_visit_fits_the_budget(wire: tuple[Wire, Page], cast: Cast, path: str) -> None:
    counted, page = wire
    page.goto(path, wait_until="networkidle")
    expect(page.locator(".stepped")).to_be_visible()
    told = json.dumps(dict(sorted(counted.bytes.items(), key=lambda each: -each[1])), indent=1)
    assert sum(counted.bytes.values()) <= WHOLE_VISIT, told
    assert counted.of(".mjs", ".js") <= SCRIPTS, told


def test_a_visit_asks_nobody_else_sets_no_cookie_and_loads_no_map(wire: tuple[Wire, Page], visit: Visits) -> None:
    counted, page = wire
    page.goto("/", wait_until="networkidle")
    page.locator("#category-unattended_item ~ .face").click()
    page.locator("#elsewhere-open").click()
    assert {"/".join(address.split("/")[:3]) for address in counted.bytes if address.startswith("http")} == {visit.url}
    assert page.context.cookies() == []
    assert not [address for address in counted.bytes if "vendor" in address or "/maps/" in address]
