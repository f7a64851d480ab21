"""The doorbell: tells the relay and the live stream that something is waiting, without slowing the one who rings.

`NOTIFY` inside a transaction that writes takes a lock over the whole database until its commit is on disk, so that
concurrent filings would queue for the disk one by one. The doorbell rings after the commit, from its own thread and
connection, and many rings become one: after each it rests a moment, so that a busy minute costs fifty rings a second and
not one for each report. A lost ring costs nothing but the time until the next poll.
"""

import threading
import time
from typing import Final

import psycopg
import structlog

OUTBOX: Final = "reporting_outbox"
LIVE: Final = "reporting_live"
REST_SECONDS: Final = 0.02

log = structlog.get_logger()


class Doorbell:
    """Rings PostgreSQL channels from a background thread; starts with the first ring, safe from many threads."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._waiting: set[str] = set()
        self._rung = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def ring(self, channel: str) -> None:
        """Returns at once; never raises for a database that is away."""
        with self._lock:
            self._waiting.add(channel)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="doorbell", daemon=True)
                self._thread.start()
        self._rung.set()

    def close(self) -> None:
        """Ends the thread; what is waiting is left to the next poll."""
        self._closed = True
        self._rung.set()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def _run(self) -> None:
        connection: psycopg.Connection | None = None
        while True:
            self._rung.wait()
            self._rung.clear()
            if self._closed:
                break
            with self._lock:
                channels, self._waiting = self._waiting, set()
            connection = self._notify(connection, channels)
            time.sleep(REST_SECONDS)
        if connection is not None:
            connection.close()

    def _notify(self, connection: psycopg.Connection | None, channels: set[str]) -> psycopg.Connection | None:
        try:
            if connection is None or connection.closed:
                connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=2)
            for channel in sorted(channels):
                connection.execute("select pg_notify(%s, '')", (channel,))
        except psycopg.Error as error:
            log.warning("doorbell.silent", error=type(error).__name__)
            return None
        return connection
