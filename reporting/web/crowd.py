"""Requests of one moment, worked on together by one thread: what costs little more for many than for one.

Who comes while the thread is at work waits, and all who have gathered are its next work. While many come, the next work is held
back until one from every sender of the last moment is here, or some milliseconds have passed: each statement and each commit
then serves more of them. Who sends alone is never held back, and neither is anybody for a few works after it was in vain.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_AT_ONCE: Final = 64
HOLDS: Final = ((40, 0.05), (0, 0.015))
"""From so many that came lately on, the next work is held back for at most so many seconds. A crowd gains more from larger works,
which leave more of the processors to the line, than it loses by waiting."""
LATELY_SECONDS: Final = 0.25
"""Who has sent within this time is expected to send again."""
NOT_AGAIN: Final = 4
"""So many works are not held back after one that was in vain."""


@dataclass(frozen=True, slots=True)
class _Turn(Generic[Item, Result]):
    """One item, and where its result goes."""

    item: Item
    future: "asyncio.Future[Result]"


class Crowd(Generic[Item, Result]):
    """Where the requests of one event loop meet over one kind of work, which a thread of its own does."""

    def __init__(self, work: Callable[[Sequence[Item]], Sequence[Result]]) -> None:
        """`work` gets the items that have gathered and gives a result for each, in order; what it raises is raised to all."""
        self._work = work
        self._waiting: list[_Turn[Item, Result]] = []
        self._senders: dict[str, float] = {}
        self._came: deque[float] = deque()
        self._busy = False
        self._held: asyncio.TimerHandle | None = None
        self._held_with = 0
        self._not_again = 0
        self._calls: SimpleQueue[tuple[asyncio.AbstractEventLoop, list[_Turn[Item, Result]]]] = SimpleQueue()
        threading.Thread(target=self._serve, name="crowd", daemon=True).start()

    async def do(self, item: Item, sender: str) -> Result:
        """What the work makes of this item; `sender` is the connection it came by."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Turn(item, future))
        self._heard(sender, time.monotonic())
        self._look()
        return await future

    def _heard(self, sender: str, now: float) -> None:
        """Keeps when the last moment's items came, and their senders, those who were heard last at the end."""
        self._came.append(now)
        while self._came[0] < now - LATELY_SECONDS:
            self._came.popleft()
        self._senders.pop(sender, None)
        self._senders[sender] = now
        while self._senders[first := next(iter(self._senders))] < now - LATELY_SECONDS:
            del self._senders[first]

    def _look(self) -> None:
        """Lets the thread begin, or holds on, or leaves both to whoever comes next."""
        if self._busy or not self._waiting:
            return
        if len(self._waiting) >= min(len(self._senders), MOST_AT_ONCE) or self._not_again > 0:
            self._begin()
        elif self._held is None:
            self._held_with = len(self._waiting)
            self._held = asyncio.get_running_loop().call_later(self._hold_seconds(), self._held_long_enough)

    def _hold_seconds(self) -> float:
        return next(seconds for least, seconds in HOLDS if len(self._came) >= least)

    def _held_long_enough(self) -> None:
        in_vain = len(self._waiting) == self._held_with
        self._begin()
        if in_vain:
            self._not_again = NOT_AGAIN

    def _begin(self) -> None:
        if self._held is not None:
            self._held.cancel()
            self._held = None
        gathered, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
        self._busy = True
        self._not_again -= 1
        self._calls.put((asyncio.get_running_loop(), gathered))

    def _serve(self) -> None:
        while True:
            loop, gathered = self._calls.get()
            results: Sequence[Result] | BaseException
            try:
                results = self._work([each.item for each in gathered])
            except BaseException as error:
                results = error
            with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                loop.call_soon_threadsafe(self._deliver, gathered, results)

    def _deliver(self, gathered: list[_Turn[Item, Result]], results: Sequence[Result] | BaseException) -> None:
        self._busy = False
        if isinstance(results, BaseException):
            for each in gathered:
                if not each.future.done():
                    each.future.set_exception(results)
        else:
            for each, result in zip(gathered, results, strict=True):
                if not each.future.done():
                    each.future.set_result(result)
        self._look()
