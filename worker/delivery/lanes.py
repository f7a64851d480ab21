"""Lanes: each service that carries letters has threads of its own, so that one that hangs holds up nobody else's letters.

A service that was away a moment ago rests: its letters are put off without being tried, and the first after the rest finds out
whether it is back. So a mail server that is down for an hour costs one attempt now and then, not one for each letter.
"""

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

WIDTH: Final = 4
"""Letters of one service under way at once."""
FIRST_REST: Final = 5.0
LONGEST_REST: Final = 60.0

Do = Callable[[], None]


@dataclass(slots=True)
class _Lane:
    waiting: deque[tuple[uuid.UUID, Do]] = field(default_factory=deque)
    running: int = 0


class Lanes:
    """Work by service. Threads begin with the first piece of work and end with the last."""

    def __init__(self, width: int = WIDTH) -> None:
        self._width = width
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = {}
        self._known: set[uuid.UUID] = set()
        self._empty = threading.Condition(self._lock)

    def put(self, service: str, key: uuid.UUID, do: Do) -> bool:
        """Queues the work; False where the same key waits already or is under way."""
        with self._lock:
            if key in self._known:
                return False
            self._known.add(key)
            lane = self._lanes.setdefault(service, _Lane())
            lane.waiting.append((key, do))
            if lane.running < self._width:
                lane.running += 1
                threading.Thread(target=self._run, args=(lane,), name="lane", daemon=True).start()
        return True

    def settle(self, seconds: float) -> bool:
        """Waits until everything is done, so long at most; whether it is."""
        with self._empty:
            return self._empty.wait_for(lambda: not self._known, seconds)

    def _run(self, lane: _Lane) -> None:
        while (piece := self._next(lane)) is not None:
            key, do = piece
            try:
                do()
            finally:
                self._done(key)

    def _next(self, lane: _Lane) -> tuple[uuid.UUID, Do] | None:
        with self._lock:
            if lane.waiting:
                return lane.waiting.popleft()
            lane.running -= 1
            return None

    def _done(self, key: uuid.UUID) -> None:
        with self._empty:
            self._known.discard(key)
            if not self._known:
                self._empty.notify_all()


class Rests:
    """Which services are left alone, and until when; safe from many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._until: dict[str, tuple[float, float]] = {}

    def left(self, service: str) -> timedelta | None:
        """How long it is still left alone; None where it may be tried."""
        with self._lock:
            until, _length = self._until.get(service, (0.0, 0.0))
        left = until - self._clock()
        return timedelta(seconds=left) if left > 0 else None

    def away(self, service: str) -> None:
        """It was away: it rests, each time twice as long. Those who were under way together count as one."""
        with self._lock:
            until, length = self._until.get(service, (0.0, 0.0))
            if self._clock() < until:
                return
            longer = min(length * 2 or FIRST_REST, LONGEST_REST)
            self._until[service] = (self._clock() + longer, longer)

    def there(self, service: str) -> None:
        """It answered."""
        with self._lock:
            self._until.pop(service, None)
