"""Requests that meet over one kind of work: everybody gets their own result, and nobody who is alone waits."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from reporting.web import crowd
from reporting.web.crowd import MOST_AT_ONCE, NOT_AGAIN, Crowd
from tests.web.test_bridge import run

FOR_EVER = 30.0


class Worker:
    """Doubles numbers and falls down over 99; while it is shut it waits inside a call."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.open, self.began = threading.Event(), threading.Event()
        self.open.set()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append(list(numbers))
        self.began.set()
        assert self.open.wait(10)
        if 99 in numbers:
            raise RuntimeError("everything fell down")
        return [2 * number for number in numbers]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is held back is held back until those who are expected have come, and everybody stays expected."""
    monkeypatch.setattr(crowd, "HOLDS", ((0, FOR_EVER),))
    monkeypatch.setattr(crowd, "LATELY_SECONDS", FOR_EVER)


async def shut_in(worker: Worker, meeting: "Crowd[int, int]") -> "asyncio.Task[int]":
    """A first item whose work does not end until the worker is opened."""
    worker.open.clear()
    first = asyncio.ensure_future(meeting.do(0, "first"))
    await asyncio.to_thread(worker.began.wait, 10)
    return first


def test_who_sends_alone_is_never_held_back(patient: None) -> None:
    worker = Worker()

    async def ask() -> list[int]:
        meeting = Crowd(worker)
        return [await meeting.do(number, "one") for number in (1, 2, 3)]

    assert run(ask()) == [2, 4, 6]
    assert worker.calls == [[1], [2], [3]]


def test_those_who_come_meanwhile_are_served_together_and_get_their_own(patient: None) -> None:
    worker = Worker()

    async def ask() -> list[int]:
        meeting = Crowd(worker)
        first = await shut_in(worker, meeting)
        others = [asyncio.ensure_future(meeting.do(number, f"sender {number}")) for number in range(1, 6)]
        again = asyncio.ensure_future(meeting.do(6, "first"))
        await asyncio.sleep(0)
        worker.open.set()
        return await asyncio.gather(first, *others, again)

    assert run(ask()) == [0, 2, 4, 6, 8, 10, 12]
    assert worker.calls == [[0], [1, 2, 3, 4, 5, 6]]


def test_a_crowd_is_waited_for_until_one_of_each_is_here(patient: None) -> None:
    worker = Worker()

    async def ask() -> tuple[list[int], int]:
        meeting = Crowd(worker)
        await meeting.do(1, "one")
        slow = asyncio.ensure_future(meeting.do(2, "another"))
        await asyncio.sleep(0.05)
        held = len(worker.calls)
        return await asyncio.gather(slow, meeting.do(3, "one")), held

    assert run(ask()) == ([4, 6], 1)
    assert worker.calls == [[1], [2, 3]]


def test_who_was_waited_for_in_vain_is_not_waited_for_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "LATELY_SECONDS", FOR_EVER)
    holds = []

    async def ask() -> None:
        meeting = Crowd(Worker())
        await meeting.do(0, "gone")
        for number in range(2 * NOT_AGAIN + 2):
            asked = asyncio.ensure_future(meeting.do(number, "one"))
            await asyncio.sleep(0)
            holds.append(meeting._held is not None)
            await asked

    run(ask())
    assert holds == ([True] + [False] * NOT_AGAIN) * 2


def test_a_crowd_is_held_back_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "HOLDS", ((4, FOR_EVER), (0, 0.01)))
    monkeypatch.setattr(crowd, "LATELY_SECONDS", FOR_EVER)
    worker = Worker()

    async def ask() -> tuple[int, list[int]]:
        meeting = Crowd(worker)
        await meeting.do(1, "gone")
        held_shortly = asyncio.ensure_future(meeting.do(2, "one"))
        await asyncio.sleep(0)
        another = asyncio.ensure_future(meeting.do(3, "another"))  # so that it was not in vain
        await asyncio.gather(held_shortly, another)
        held_longer = asyncio.ensure_future(meeting.do(4, "one"))
        await asyncio.sleep(0.05)
        before = len(worker.calls)
        return before, await asyncio.gather(held_longer, meeting.do(5, "another"), meeting.do(6, "gone"))

    assert run(ask()) == (2, [8, 10, 12])
    assert worker.calls == [[1], [2, 3], [4, 5, 6]]


def test_who_has_not_sent_for_a_while_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "HOLDS", ((0, FOR_EVER),))
    monkeypatch.setattr(crowd, "LATELY_SECONDS", 0.01)

    async def ask() -> int:
        meeting = Crowd(Worker())
        await meeting.do(1, "gone")
        await asyncio.sleep(0.05)
        return await meeting.do(2, "one")

    assert run(ask()) == 4


def test_work_that_fails_fails_for_all_who_were_in_it_and_for_nobody_else(patient: None) -> None:
    worker = Worker()

    async def ask() -> list[int | BaseException]:
        meeting = Crowd(worker)
        first = await shut_in(worker, meeting)
        others = [asyncio.ensure_future(meeting.do(number, f"sender {number}")) for number in (1, 99)]
        again = asyncio.ensure_future(meeting.do(2, "first"))
        await asyncio.sleep(0)
        worker.open.set()
        told = await asyncio.gather(first, *others, again, return_exceptions=True)
        return [*told, *await asyncio.gather(*(meeting.do(5, sender) for sender in ("first", "sender 1", "sender 99")))]

    told = run(ask())
    assert told[0] == 0
    assert [str(each) for each in told[1:4]] == ["everything fell down"] * 3
    assert told[4:] == [10, 10, 10]


def test_who_stopped_waiting_disturbs_nobody(patient: None) -> None:
    worker = Worker()

    async def ask() -> int:
        meeting = Crowd(worker)
        first = await shut_in(worker, meeting)
        gone = asyncio.ensure_future(meeting.do(1, "first"))
        await asyncio.sleep(0)
        gone.cancel()
        first.cancel()
        worker.open.set()
        return await meeting.do(7, "first")

    assert run(ask()) == 14


def test_a_crowd_is_served_in_portions(patient: None) -> None:
    worker, many = Worker(), MOST_AT_ONCE + 20

    async def ask() -> list[int]:
        meeting = Crowd(worker)
        first = await shut_in(worker, meeting)
        others = [asyncio.ensure_future(meeting.do(number, "first")) for number in range(1, many)]
        await asyncio.sleep(0)
        worker.open.set()
        return await asyncio.gather(first, *others)

    assert run(ask()) == [2 * number for number in range(many)]
    assert [len(call) for call in worker.calls] == [1, MOST_AT_ONCE, 19]
