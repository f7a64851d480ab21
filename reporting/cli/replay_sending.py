"""Sends reports over HTTP at a pace: a few connections that stay open, and a retry with the same key until it is answered."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import SplitResult

from reporting.cli.replay_rows import Outgoing

PATH: Final = "/api/v1/reports"
TIMEOUT_S: Final = 15.0
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 10.0
AGAIN: Final = frozenset((409, 500, 502, 503, 504))
"""Answers after which the same report is sent again with the same key: it is being filed, or the service is away."""

Accepted = Callable[[Outgoing, Mapping[str, Any], bool], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to send, with which further headers, how many a second (0: as fast as it goes), and how long to try each."""

    url: SplitResult
    headers: Mapping[str, str] = field(default_factory=dict)
    rate: float = 0.0
    connections: int = 8
    patience_s: float = 60.0


@dataclass(slots=True)
class Tally:
    """What came of it. Milliseconds are of answered requests, from the last try's sending to its answer."""

    accepted: int = 0
    replayed: int = 0
    undelivered: int = 0
    retries: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Reports that need no more work."""
        return self.accepted + self.replayed + self.undelivered + self.refused.total()


class Sending:
    """One replay: threads that share the reports, each with a connection of its own."""

    def __init__(self, target: Target, accepted: Accepted) -> None:
        self.tally = Tally()
        self._target = target
        self._accepted = accepted
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._taken = 0
        self._began = 0.0

    def run(self, reports: Iterator[Outgoing], watch: Callable[[Tally], None]) -> None:
        """Sends them all; calls `watch` a few times a second. Stops early, and cleanly, on an interrupt."""
        self._began = time.monotonic()
        threads = [threading.Thread(target=self._work, args=(reports,)) for _ in range(self._target.connections)]
        for thread in threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads):
                threads[0].join(timeout=0.2)
                watch(self.tally)
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()
        watch(self.tally)

    def _work(self, reports: Iterator[Outgoing]) -> None:
        line = _Line(self._target)
        while not self._stop.is_set():
            with self._lock:
                report, place = next(reports, None), self._taken
                self._taken += 1
            if report is None:
                break
            self._wait_for_turn(place)
            self._count(report, self._deliver(line, report))
        line.hang_up()

    def _wait_for_turn(self, place: int) -> None:
        if self._target.rate:
            self._stop.wait(max(0.0, self._began + place / self._target.rate - time.monotonic()))

    def _deliver(self, line: "_Line", report: Outgoing) -> "Answer | None":
        """Tries until there is an answer that is not `again`, or patience is over."""
        ends = time.monotonic() + self._target.patience_s
        wait = FIRST_WAIT_S
        while not self._stop.is_set():
            answer = line.send(report)
            if answer is not None and answer.status not in AGAIN:
                return answer
            pause = max(answer.retry_after_s if answer else 0.0, wait * random.uniform(0.5, 1.0))  # noqa: S311  spreads retries
            if time.monotonic() + pause > ends:
                return answer
            with self._lock:
                self.tally.retries += 1
            self._stop.wait(pause)
            wait = min(wait * 2, LONGEST_WAIT_S)
        return None

    def _count(self, report: Outgoing, answer: "Answer | None") -> None:
        with self._lock:
            tally = self.tally
            if answer is None or answer.status in AGAIN:
                tally.undelivered += 1
                return
            tally.milliseconds.append(answer.milliseconds)
            if answer.status not in (HTTPStatus.OK, HTTPStatus.CREATED):
                tally.refused.update([reason_of(answer)])
                return
            replayed = answer.status == HTTPStatus.OK
            tally.replayed += replayed
            tally.accepted += not replayed
            self._accepted(report, answer.told, replayed)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its status, its JSON, how long it took, and how long it asks to wait."""

    status: int
    told: Mapping[str, Any]
    milliseconds: float
    retry_after_s: float = 0.0


def reason_of(answer: Answer) -> str:
    """Why a report was refused, in one line that repeats nothing of it."""
    fields = [f"{each['field']} {each['code']}" for each in answer.told.get("errors", ()) if {"field", "code"} <= set(each)]
    return " ".join([str(answer.status), "; ".join(fields) or _phrase(answer.status)])


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "unknown status"


class _Line:
    """One connection that is opened when it is needed and kept as long as the other side keeps it."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._connection: http.client.HTTPConnection | None = None

    def send(self, report: Outgoing) -> Answer | None:
        """One try; None when nothing came back."""
        body = json.dumps(report.body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json", "Idempotency-Key": report.key, **report.headers, **self._target.headers}
        began = time.monotonic()
        try:
            connection = self._connection = self._connection or self._open()
            connection.request("POST", self._target.url.path.rstrip("/") + PATH, body, headers)
            response = connection.getresponse()
            raw = response.read()
        except (OSError, http.client.HTTPException):
            self.hang_up()
            return None
        milliseconds = (time.monotonic() - began) * 1000
        return Answer(response.status, _json(raw), milliseconds, _seconds(response.getheader("Retry-After")))

    def _open(self) -> http.client.HTTPConnection:
        url = self._target.url
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        return kind(url.hostname or "", url.port, timeout=TIMEOUT_S)

    def hang_up(self) -> None:
        """Lets the connection go; the next try opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _json(raw: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(raw)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _seconds(header: str | None) -> float:
    return min(float(header), LONGEST_WAIT_S) if header and header.isdecimal() else 0.0
