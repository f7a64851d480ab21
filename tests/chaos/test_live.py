"""Live events across the death of the stream: each once and in order; and who was revoked hears nothing more."""

import http.client
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from tests.chaos.clients import FAULTS, bags, spots
from tests.chaos.ground import eventually
from tests.chaos.harness import System
from tests.chaos.verdict import judge

pytestmark = [pytest.mark.chaos, pytest.mark.db, pytest.mark.redis]

REVOKED_SECONDS = 5.0
"""The promise: five seconds after a revocation the stream has ended."""
LIVE = "/api/v1/live"


@dataclass
class Screen:
    """A console that follows the stream as a browser does: cut off, it comes again and names the last event it has."""

    system: System
    headers: Mapping[str, str]
    path: str = LIVE
    last: str = ""
    ids: list[str] = field(default_factory=list)
    resets: int = 0
    connections: int = 0
    refused: list[int] = field(default_factory=list)
    ended_at: float = 0.0
    comes_again: bool = True

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(15)

    def _follow(self) -> None:
        while not self._stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.system.port + 1, timeout=10)
            try:
                self._listen(connection)
            except FAULTS:
                time.sleep(0.2)
            finally:
                connection.close()
            self.ended_at = time.monotonic()
            if not self.comes_again:
                return

    def _listen(self, connection: http.client.HTTPConnection) -> None:
        connection.request("GET", self.path, headers={**self.headers, **({"Last-Event-ID": self.last} if self.last else {})})
        with connection.getresponse() as response:
            if response.status != 200:
                self.refused.append(response.status)
                time.sleep(0.2)
                return
            self.connections += 1
            kind, key = "", ""
            while not self._stop.is_set() and (line := response.readline()):
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "event":
                    kind = value
                elif name == "id":
                    key = value
                elif name == "" and kind:
                    self._hear(kind, key)
                    kind = ""

    def _hear(self, kind: str, key: str) -> None:
        self.last = key
        self.resets += kind == "reset"
        if kind == "incident":
            self.ids.append(key)


def test_every_event_comes_once_and_in_order_across_the_death_of_the_stream(system: System) -> None:
    city = "(select id from organisation where slug = 'city')"
    before = system.sql(f"select count(*) from live_event where organisation_id = {city}")[0].count
    screen = Screen(system, system.signed("aino"))
    eventually("the screen is connected", lambda: screen.connections == 1, 20)
    places = list(spots(60.172, 24.945, 4, 3))
    with system.crowd(bags(200, places, "A yellow bag at the kiosk"), rate=12) as crowd:
        for life in (2, 3):
            time.sleep(2)
            system.kill("stream")
            eventually("the screen is connected again", lambda life=life: screen.connections == life, 30)
    ledger = crowd.finish()
    judge(system, ledger)
    written = system.sql(f"select xid::text || '-' || id as key from live_event where organisation_id = {city} order by xid, id")
    expected = [row.key for row in written[before:]]
    eventually("the last event has come", lambda: screen.ids[-1:] == expected[-1:], 30)
    screen.close()
    print(f"{len(expected)} events over {screen.connections} connections")
    assert len(expected) > 50 and screen.connections == 3 and screen.resets == 0
    assert screen.ids == expected


@pytest.mark.parametrize("way", ["token", "ticket"])
def test_who_is_revoked_hears_nothing_more_after_five_seconds(system: System, way: str) -> None:
    name = {"token": "bo", "ticket": "dora"}[way]
    headers, path = system.signed(name), LIVE
    if way == "ticket":
        door = system.patient("GET", LIVE, headers=headers)
        assert door.status == 307
        address = urlsplit(door.headers["location"])
        headers, path = {}, f"{address.path}?{address.query}"
    screen = Screen(system, headers, path, comes_again=False)
    eventually("the screen is connected", lambda: screen.connections == 1, 20)
    try:
        print(system.command("key", "revoke", f"{name}@example.org"))
        revoked = time.monotonic()
        eventually("the stream has ended", lambda: screen.ended_at > 0, REVOKED_SECONDS)
        print(f"ended {screen.ended_at - revoked:.1f} s after the revocation")
    finally:
        screen.close()
        system.renew(name)
