"""The threads behind the event loop: results, exceptions, and many at once."""

import asyncio
import threading
from typing import Any

import pytest

from reporting.web.threads import Threads
from tests.web.test_bridge import run


def test_results_and_exceptions_come_back_to_who_asked() -> None:
    async def ask() -> list[Any]:
        threads = Threads(2)
        return await asyncio.gather(*(threads.run(int, text) for text in ("1", "x", "3")), return_exceptions=True)

    first, refused, third = run(ask())
    assert (first, third) == (1, 3)
    assert isinstance(refused, ValueError)


def test_many_calls_are_all_answered_and_never_more_at_once_than_there_are_threads() -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def work(number: int) -> int:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        threading.Event().wait(0.001)
        with lock:
            inside -= 1
        return number

    async def ask() -> list[int]:
        threads = Threads(3)
        return await asyncio.gather(*(threads.run(work, number) for number in range(200)))

    assert run(ask()) == list(range(200))
    assert most == 3


def test_who_stopped_waiting_disturbs_nobody() -> None:
    go = threading.Event()

    async def ask() -> int:
        threads = Threads(1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await threads.run(go.wait, 10)
        go.set()
        return await threads.run(int, "7")

    assert run(ask()) == 7
