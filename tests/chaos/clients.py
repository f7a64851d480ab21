"""Phones that do not give up: paced clients over HTTP which retry with the same key, and the ledger they keep of every answer."""

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

REPORTS = "/api/v1/reports"
ANSWER_SECONDS = 20.0
"""How long a phone waits for one answer. Longer than any promise, so that a hang is seen as what it is."""
STUBBORN_SECONDS = 120.0
PAUSE_SECONDS = 0.5
FAULTS = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Answer:
    """What came back (names of headers in lower case), after how many seconds, and when (monotonic)."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    seconds: float
    at: float

    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """One kept-alive connection, made anew when it breaks. Not for two threads at once."""

    def __init__(self, port: int, timeout: float = ANSWER_SECONDS) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """One request, sent once. Raises one of FAULTS when no answer came."""
        sent = None if body is None else json.dumps(body).encode()
        began = time.monotonic()
        try:
            self._connection.request(method, path, sent, {"Content-Type": "application/json", **(headers or {})})
            response = self._connection.getresponse()
            read = response.read()
        except BaseException:
            self._connection.close()
            raise
        if response.will_close:
            self._connection.close()
        told = {name.lower(): value for name, value in response.headers.items()}
        ended = time.monotonic()
        return Answer(response.status, read, told, ended - began, ended)

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()


@dataclass
class Entry:
    """One report in the ledger: its key, what was sent, every answer and every time none came."""

    body: dict[str, Any]
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    answers: list[Answer] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> Answer | None:
        return next((each for each in self.answers if each.status in (200, 201)), None)

    @property
    def report_id(self) -> str:
        return self._told("id")

    @property
    def receipt_code(self) -> str:
        return self._told("receipt_code")

    @property
    def reference(self) -> str:
        return self._told("reference")

    def _told(self, name: str) -> str:
        assert self.accepted is not None, f"not accepted: {self.faults[-3:]} {self.answers[-1:]}"
        return str(self.accepted.json()[name])

    def send(self, wire: Wire) -> Answer | None:
        """One attempt; None when no answer came."""
        try:
            answer = wire.ask("POST", REPORTS, self.body, {"Idempotency-Key": self.key})
        except FAULTS as fault:
            self.faults.append(f"{type(fault).__name__}: {fault}")
            return None
        self.answers.append(answer)
        return answer

    def insist(self, wire: Wire) -> "Entry":
        """Sends until it is accepted or refused for good, as a phone with a full outbox does."""
        give_up = time.monotonic() + STUBBORN_SECONDS
        while time.monotonic() < give_up:
            answer = self.send(wire)
            if answer is not None and answer.status not in (409, 503):
                break
            time.sleep(PAUSE_SECONDS)
        return self


class Ledger:
    """All entries of one crowd, or of one test that files by itself."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = list(entries)

    @property
    def report_ids(self) -> set[str]:
        return {entry.report_id for entry in self.entries if entry.accepted}

    @property
    def statuses(self) -> set[int]:
        return {answer.status for entry in self.entries for answer in entry.answers}

    def answers(self, status: int) -> list[Answer]:
        return [answer for entry in self.entries for answer in entry.answers if answer.status == status]


class Crowd:
    """Clients who file the bodies between them at `rate` reports a second, each retrying its own until it is accepted."""

    def __init__(self, port: int, bodies: Sequence[dict[str, Any]], rate: float, clients: int = 4) -> None:
        self.ledger = Ledger([Entry(body) for body in bodies])
        self._port, self._every = port, clients / rate
        self._threads = [
            threading.Thread(target=self._file, args=(self.ledger.entries[n::clients], n / rate), daemon=True)
            for n in range(clients)
        ]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.finish()

    def finish(self) -> Ledger:
        """Waits until every client has filed all it had."""
        for thread in self._threads:
            thread.join()
        return self.ledger

    @property
    def is_busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _file(self, entries: Sequence[Entry], delay: float) -> None:
        due = time.monotonic() + delay
        with Wire(self._port) as wire:
            for entry in entries:
                time.sleep(max(0.0, due - time.monotonic()))
                due = max(due + self._every, time.monotonic() - 1.0)  # what was missed is not made up for all at once
                entry.insist(wire)


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """The same work by many threads, let go at the same moment; their results in order."""
    gate = threading.Barrier(count)
    found: list[Any] = [None] * count

    def run(n: int) -> None:
        gate.wait()
        found[n] = work(n)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def spots(south: float, west: float, rows: int, columns: int) -> Iterator[dict[str, Any]]:
    """Points some 450 m apart, in WGS-84 degrees: what is reported at one of them is never joined to another."""
    for row in range(rows):
        for column in range(columns):
            yield {"lat": round(south + row * 0.004, 6), "lon": round(west + column * 0.008, 6), "accuracy_m": 8, "source": "gps"}


def bags(
    count: int, places: Sequence[dict[str, Any]], words: str = "A grey holdall by the ticket machine"
) -> list[dict[str, Any]]:
    """Reports about one bag at each place, in turn."""
    return [
        {"category": "unattended_item", "description": f"{words}, seen by {n}", "location": places[n % len(places)]}
        for n in range(count)
    ]
