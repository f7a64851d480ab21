"""Work that costs little more for many than for one: who comes while another is at it is done together with all who wait.

The first thread to come does its own item at once, so that nobody who is alone waits. Those who come meanwhile wait; the first
of them then does all that have gathered, by one call, and so on: nobody works for others more than once. While many come, the one
whose turn it is holds on until as many are here as can be hoped for, or a good millisecond has passed: with eight connections
that costs a sixth less processor time for each, in the web and in the database. Hoped for are all threads of the process; after
holding on in vain, for a while, as many as came then.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_AT_ONCE: Final = 64
HOLD_SECONDS: Final = 0.0012
HOPE_AGAIN: Final = 32
"""After so many calls all threads are hoped for again."""
CROWD: Final = 1.5
"""Served together on average, lately: from so many on it is worth holding on."""


@dataclass(slots=True)
class _Turn:
    """One thread's item. The gate opens when the item is done, or when it is this thread's turn to do what has gathered."""

    item: Any
    gate: threading.Lock = field(default_factory=threading.Lock)
    done: bool = False
    outcome: Any = None

    def __post_init__(self) -> None:
        self.gate.acquire()

    def result(self) -> Any:
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome


class Gathering:
    """Where the threads of one process meet over one kind of work; `threads` is how many there are."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._lock = threading.Lock()
        self._waiting: list[_Turn] = []
        self._busy = False
        self._lately = 1.0
        self._hoped = threads
        self._hopeless = 0
        self._holding = False
        self._enough = threading.Lock()
        self._enough.acquire()

    def do(self, work: Callable[[Sequence[Item]], Sequence[Result | Exception]], item: Item) -> Result:
        """What `work` makes of this item; `work` gets the items that have gathered and gives an outcome for each, in order.

        An exception among the outcomes is raised to whose item it is; one that `work` raises, to all.
        """
        mine = _Turn(item)
        with self._lock:
            self._arrives(mine)
            waits, self._busy = self._busy, True
        if waits:
            mine.gate.acquire()
            if mine.done:
                return mine.result()  # type: ignore[no-any-return]
        self._lead(work)
        return mine.result()  # type: ignore[no-any-return]

    def _arrives(self, turn: _Turn) -> None:
        self._waiting.append(turn)
        if self._holding and len(self._waiting) >= self._hoped:
            self._holding = False
            self._enough.release()

    def _hold(self) -> None:
        """Waits for those who are on their way, and not for long."""
        with self._lock:
            self._holding = len(self._waiting) < self._hoped
            if not self._holding:
                return
        if not self._enough.acquire(timeout=HOLD_SECONDS):
            with self._lock:
                if self._holding:
                    self._holding, self._hoped, self._hopeless = False, len(self._waiting), HOPE_AGAIN
                else:  # they came in the last moment
                    self._enough.acquire()

    def _take(self) -> list[_Turn]:
        with self._lock:
            gathered, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            self._lately += (len(gathered) - self._lately) / 8
            self._hopeless -= 1
            if self._hopeless <= 0:
                self._hoped = self._threads
        return gathered

    def _lead(self, work: Callable[[Sequence[Item]], Sequence[Result | Exception]]) -> None:
        """The caller's own item is the first of those that wait."""
        if self._lately > CROWD:
            self._hold()
        gathered = self._take()
        try:
            outcomes: Sequence[Any] = work([each.item for each in gathered])
        except BaseException as error:
            outcomes = [error] * len(gathered)
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._busy = following is not None
        if following is not None:
            following.gate.release()
        for each, outcome in zip(gathered, outcomes, strict=True):
            each.done, each.outcome = True, outcome
        for each in gathered[1:]:
            each.gate.release()
