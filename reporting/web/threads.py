"""A few threads that work for an event loop. Answers that are ready in the same moment wake the loop once, not once each."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

Call = tuple[Callable[..., Any], tuple[Any, ...]]


class Threads:
    """Runs calls, each in one of `count` threads, for one event loop. The standard library's executor wakes the loop for every
    answer, which costs a busy server more than its routing does."""

    def __init__(self, count: int) -> None:
        self._calls: SimpleQueue[tuple[asyncio.Future[Any], Call]] = SimpleQueue()
        self._ready: deque[tuple[asyncio.Future[Any], Any, BaseException | None]] = deque()
        self._woken = False
        for number in range(count):
            threading.Thread(target=self._serve, name=f"web_{number}", daemon=True).start()

    async def run(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The function's result, or its exception."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._calls.put((future, (function, arguments)))
        return await future

    def _serve(self) -> None:
        while True:
            future, (function, arguments) = self._calls.get()
            result, error = None, None
            try:
                result = function(*arguments)
            except BaseException as raised:
                error = raised
            self._ready.append((future, result, error))
            if not self._woken:
                self._woken = True
                with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                    future.get_loop().call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._woken = False  # first: an answer that comes from here on wakes the loop again
        while self._ready:
            future, result, error = self._ready.popleft()
            if future.done():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
