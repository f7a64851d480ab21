"""Taps, seconds and typed characters from opening the report page to the receipt: `python -m benchmarks.taps --url URL`.

A robot goes each way on a phone-sized window, with the page's own scripts and policies. Its seconds are those of a machine that
never hesitates: they say what the page itself costs, not how fast people are. It files real reports at that address.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

HERE: Final = {"latitude": 60.1690, "longitude": 24.9400, "accuracy": 18}
RECEIPT: Final = "#receipt[data-state=sent] #receipt-code"
PEERS: Final = (
    ("Signalen", "4 screens and an overlay", "10-11", "typing required"),
    ("FixMyStreet", "6-9 screens", "11-13", "title, details, name, e-mail twice"),
)
"""Counted from their code."""


@dataclass
class Robot:
    """Taps and types on one page, and counts both."""

    page: Page
    taps: int = 0
    typed: int = 0

    def tap(self, selector: str) -> None:
        self.page.locator(selector).click()
        self.taps += 1

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.typed += len(words)


def _place(robot: Robot) -> None:
    robot.tap("#category-unattended_item ~ .face")
    robot.tap("#here")
    robot.tap("#send-row .send")


def _hot(robot: Robot) -> None:
    robot.tap("#category-unattended_item ~ .face")
    robot.tap("#here")
    for question, answer in (("hot_hidden", "yes"), ("hot_obvious", "unknown"), ("hot_typical", "no")):
        robot.tap(f"#unattended_item-{question} [value={answer}] + span")
    robot.tap("#send-row .send")


def _poster(robot: Robot) -> None:
    robot.tap("#category-suspicious_vehicle ~ .face")
    robot.tap("#send-row .send")


def _words(robot: Robot) -> None:
    robot.tap("#category-suspicious_vehicle ~ .face")
    robot.tap("#place")
    robot.write("platform 3")
    robot.tap("#where-next")
    robot.tap("#send-row .send")


def _map(robot: Robot) -> None:
    robot.tap("#category-suspicious_vehicle ~ .face")
    robot.tap("#elsewhere-open")
    robot.tap("#map-open")
    robot.tap(".maplibregl-canvas")
    robot.tap("#where-next")
    robot.tap("#send-row .send")


def _plain(robot: Robot) -> None:
    robot.tap("#category-suspicious_vehicle ~ .face")
    robot.tap("#place")
    robot.write("platform 3")
    robot.tap("#send-row .send")


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a receipt: its words, what the robot does, and how its browser is set up."""

    words: str
    go: Callable[[Robot], None]
    path: str = "/"
    location: bool = True
    script: bool = True


def ways(code: str) -> tuple[Way, ...]:
    """Every way; `code` is a place code that is in use."""
    return (
        Way("The phone's own place", _place),
        Way("The same with the three HOT answers", _hot),
        Way("A poster's code", _poster, path=f"/v/{code}"),
        Way("Location refused, place in words", _words, location=False),
        Way("A pin on the map", _map),
        Way("Without scripting, place in words", _plain, script=False),
    )


def walk(browser: Browser, url: str, way: Way) -> tuple[int, int, float]:
    """Taps, typed characters and seconds from asking for the page to the receipt in sight."""
    options: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "base_url": url, "java_script_enabled": way.script}
    if way.location:
        options |= {"geolocation": HERE, "permissions": ["geolocation"]}
    context = browser.new_context(**options)
    page = context.new_page()
    robot = Robot(page)
    begun = time.perf_counter()
    page.goto(way.path)
    way.go(robot)
    page.locator(RECEIPT if way.script else "#receipt-code").wait_for()
    seconds = time.perf_counter() - begun
    context.close()
    return robot.taps, robot.typed, seconds


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--code", default="040E", help="a place code that is in use there")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="Chromium's path")
    asked = parser.parse_args()
    arguments = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    print("| way | taps | typed characters | seconds of a robot |\n|---|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.browser, args=arguments)
        for way in ways(asked.code):
            taps, typed, seconds = walk(browser, asked.url, way)
            print(f"| {way.words} | {taps} | {typed} | {seconds:.1f} |", flush=True)
        browser.close()
    for name, screens, taps_of_peer, asks in PEERS:
        print(f"| {name}: {screens} | {taps_of_peer} | {asks} | |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
