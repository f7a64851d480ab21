"""A running site and real browsers for tests of pages. Whatever a page complains about in its console fails the test."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

AXE = Path(__file__).parent / "pages" / "axe" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
BLOCKED = "Service Worker registration blocked by Playwright"
HERE = {"latitude": 60.1690, "longitude": 24.9400, "accuracy": 18}


@dataclass
class Visits:
    """Opens pages of the site; `complaints` gathers what they print as an error, but for the kinds in `forgiven`.

    Service workers are blocked unless a test asks for them: what they fetch passes by the routes that tests lay.
    """

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def __call__(self, width: int = 390, height: int = 844, **options: Any) -> Page:
        """A fresh browser profile; location is allowed and says HERE unless the test says otherwise."""
        options = {"geolocation": HERE, "permissions": ["geolocation"], "service_workers": "block", **options}
        context = self.browser.new_context(viewport={"width": width, "height": height}, base_url=self.url, **options)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        known = any(kind in message.text for kind in (BLOCKED, *self.forgiven))
        if message.type in ("error", "warning") and not known:
            self.complaints.append(message.text)


@pytest.fixture(scope="session")
def site(web_app: Flask) -> Iterator[str]:
    """The address of the application, served by threads of this process."""
    server = make_server("127.0.0.1", 0, web_app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Visits]:
    """Opens pages; at the end of the test none of them may have complained."""
    visits = Visits(chromium, site)
    yield visits
    for context in chromium.contexts:
        context.close()
    assert visits.complaints == []


AXE_RUN = """async (tags) => {
  const stuck = Array.from(document.querySelectorAll("*")).filter((each) => getComputedStyle(each).position === "sticky");
  for (const each of stuck) Object.assign(each.style, { position: "relative", inset: "auto" });
  scrollTo({ top: 0, behavior: "instant" });
  const found = await axe.run(document, { runOnly: tags });
  for (const each of stuck) Object.assign(each.style, { position: "", inset: "" });
  return found.violations.map((each) => [each.id, each.nodes.map((node) => node.html.slice(0, 120))]);
}"""


def barriers(page: Page) -> list[str]:
    """What axe-core finds wrong on the page as it stands, one line for each rule.

    Seen from the top, with bars that stick to the window's edge laid where they are written: what happens to lie half under one
    of them at this height of letters can be scrolled away from there, and is no barrier.
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    return [f"{rule}: {elements[:3]}" for rule, elements in page.evaluate(AXE_RUN, AXE_TAGS)]


SMALL = """() => Array.from(document.querySelectorAll("a, button, summary, input:not([type=hidden]), select, textarea"))
  .filter((each) => each.checkVisibility() && !each.matches(".skip"))
  .map((each) => [each.outerHTML.slice(0, 80), (each.closest("label") ?? each).getBoundingClientRect()])
  .filter(([, box]) => box.width < 48 || box.height < 48).map(([html]) => html)"""


def small_targets(page: Page) -> list[str]:
    """Visible controls under 48 by 48 pixels."""
    found: list[str] = page.evaluate(SMALL)
    return found


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wider
