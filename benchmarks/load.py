"""The load generator: keep-alive HTTP/1.1 over raw sockets in one thread, cheap enough to share two cores with what it measures.

`closed_loop` keeps every connection busy (how much can it take); `open_loop` sends at fixed times whatever comes back (how
long does it take): a request that has to wait for a free connection counts from the time at which it was due.
"""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

HEAD_END: Final = b"\r\n\r\n"
ANSWER_SECONDS: Final = 30.0
"""Patience with a server that has stopped answering."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer; times are seconds of the wall clock."""

    due: float
    ended: float
    status: int
    body: bytes

    @property
    def ms(self) -> float:
        return (self.ended - self.due) * 1000


@dataclass(slots=True)
class Outcome:
    """What came back in a measured time."""

    seconds: float
    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.exchanges) / self.seconds

    def require(self, *statuses: int) -> "Outcome":
        """Raises RuntimeError where anything else was answered: a figure of refusals is no figure."""
        wrong = [each for each in self.exchanges if each.status not in statuses]
        if wrong or not self.exchanges:
            said = wrong[0].body[:200] if wrong else b"nothing was answered"
            raise RuntimeError(f"{len(wrong)} unexpected answers: {wrong[0].status if wrong else ''} {said!r}")
        return self


class Connection:
    """One keep-alive connection with at most one request under way."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), timeout=5)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self.due = 0.0

    def send(self, request: bytes, due: float) -> None:
        """Sends a request that was due at this time."""
        self.due = due
        self.socket.sendall(request)

    def receive(self) -> Exchange | None:
        """The answer once it is complete, else None; raises ConnectionError when the server has hung up."""
        chunk = self.socket.recv(262144)
        if not chunk:
            raise ConnectionError("the server closed the connection")
        self._received += chunk
        end = self._received.find(HEAD_END)
        if end < 0:
            return None
        length = _length(self._received[:end])
        whole = end + len(HEAD_END) + length
        if len(self._received) < whole:
            return None
        body, status = self._received[end + len(HEAD_END) : whole], int(self._received[9:12])
        self._received = self._received[whole:]
        return Exchange(self.due, time.time(), status, body)


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"\r\ncontent-length:")
    if at < 0:
        return 0
    return int(lower[at + 17 :].split(b"\r\n", 1)[0])


class Pool:
    """Connections to one address, watched together."""

    def __init__(self, host: str, port: int, count: int) -> None:
        self._selector = selectors.DefaultSelector()
        self.idle = [Connection(host, port) for _ in range(count)]
        self._all = list(self.idle)
        for each in self._all:
            self._selector.register(each.socket, selectors.EVENT_READ, each)

    def answers(self, timeout: float) -> Iterator[tuple[Connection, Exchange]]:
        """The answers that are complete, within at most so many seconds."""
        for key, _events in self._selector.select(max(0.0, timeout)):
            exchange = key.data.receive()
            if exchange is not None:
                yield key.data, exchange

    @property
    def busy(self) -> int:
        return len(self._all) - len(self.idle)

    def close(self) -> None:
        self._selector.close()
        for each in self._all:
            each.socket.close()


def closed_loop(pool: Pool, requests: Iterator[bytes], seconds: float) -> Outcome:
    """Keeps every connection busy for so long, then waits for the last answers, which do not count."""
    began = time.time()
    until = began + seconds
    outcome = Outcome(seconds)
    while pool.idle:
        pool.idle.pop().send(next(requests), time.time())
    while (now := time.time()) < until:
        for connection, exchange in pool.answers(until - now):
            outcome.exchanges.append(exchange)
            connection.send(next(requests), time.time())
    _drain(pool, Outcome(seconds))
    return outcome


def open_loop(pool: Pool, requests: Sequence[bytes], rate: float) -> Outcome:
    """Sends every request at its time, `rate` a second, and waits for all answers."""
    outcome = Outcome(len(requests) / rate)
    began, sent = time.time() + 0.05, 0
    while sent < len(requests):
        due = began + sent / rate
        now = time.time()
        if now >= due and pool.idle:
            pool.idle.pop(0).send(requests[sent], due)  # in turn: the server hangs up on one that rests for ten seconds
            sent += 1
            continue
        for connection, exchange in pool.answers(due - now if pool.idle else 1.0):
            outcome.exchanges.append(exchange)
            pool.idle.append(connection)
    _drain(pool, outcome)
    return outcome


def _drain(pool: Pool, outcome: Outcome) -> None:
    patience = time.time() + ANSWER_SECONDS
    while pool.busy:
        if time.time() > patience:
            raise RuntimeError(f"{pool.busy} requests were not answered within {ANSWER_SECONDS:.0f} s")
        for connection, exchange in pool.answers(1.0):
            outcome.exchanges.append(exchange)
            pool.idle.append(connection)
