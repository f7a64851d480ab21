"""Threads that meet over one kind of work: everybody gets their own outcome, and nobody who is alone waits."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from reporting.adapters.gathering import HOPE_AGAIN, MOST_AT_ONCE, Gathering, _Turn


class Worker:
    """Doubles numbers, refuses 13, and holds the first call until it is told to go on."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.began, self.go = threading.Event(), threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.calls.append(list(numbers))
        self.began.set()
        assert self.go.wait(10)
        if 99 in numbers:
            raise RuntimeError("everything fell down")
        return [ValueError("unlucky") if number == 13 else 2 * number for number in numbers]


def gathered(numbers: Sequence[int]) -> tuple[Worker, list["Future[int]"]]:
    """The first number is being worked on while all others arrive."""
    worker, gathering, pool = Worker(), Gathering(4), ThreadPoolExecutor(len(numbers))
    futures = [pool.submit(gathering.do, worker, numbers[0])]
    assert worker.began.wait(10)
    futures += [pool.submit(gathering.do, worker, number) for number in numbers[1:]]
    while len(gathering._waiting) < len(numbers) - 1:
        threading.Event().wait(0.001)
    worker.go.set()
    pool.shutdown()
    return worker, futures


def test_who_comes_alone_is_served_alone() -> None:
    worker = Worker()
    worker.go.set()
    assert [Gathering(4).do(worker, number) for number in (1, 2)] == [2, 4]
    assert worker.calls == [[1], [2]]


class Holding:
    """Stands in for the lock of who holds on: notes each wait, and lets the next ones arrive in it."""

    def __init__(self, gathering: Gathering) -> None:
        self.waits, self.coming, self._gathering = 0, list[int](), gathering

    def acquire(self, timeout: float = 0.0) -> bool:
        self.waits += 1
        for number in self.coming:
            with self._gathering._lock:
                self._gathering._arrives(_Turn(number))
        return not self._gathering._holding

    def release(self) -> None:
        pass


def test_who_is_alone_is_never_held_up() -> None:
    gathering, worker = Gathering(4), Worker()
    gathering._enough = holding = Holding(gathering)  # type: ignore[assignment]
    worker.go.set()
    assert [gathering.do(worker, number) for number in range(12)] == [2 * number for number in range(12)]
    assert holding.waits == 0


def test_a_crowd_is_waited_for_until_every_thread_is_here_and_not_again_in_vain() -> None:
    gathering, worker = Gathering(4), Worker()
    gathering._enough = holding = Holding(gathering)  # type: ignore[assignment]
    worker.go.set()
    hoped = []
    for coming in ([2, 3, 4], [2], [2], *([[]] * HOPE_AGAIN)):
        gathering._lately, holding.coming = 4.0, coming
        assert gathering.do(worker, 1) == 2
        hoped.append(gathering._hoped)
    assert worker.calls[:3] == [[1, 2, 3, 4], [1, 2], [1, 2]]
    assert hoped[:3] == [4, 2, 2]
    assert hoped[3] == 1
    assert 4 in hoped[4:]


def test_a_real_crowd_is_gathered_and_loses_nobody() -> None:
    gathering, rounds, crowd = Gathering(4), 200, 4
    sizes: list[int] = []

    def work(numbers: Sequence[int]) -> list[int | Exception]:
        sizes.append(len(numbers))
        return [2 * number for number in numbers]

    def one(start: int) -> list[int]:
        return [gathering.do(work, start + number) for number in range(rounds)]

    with ThreadPoolExecutor(crowd) as pool:
        told = list(pool.map(one, [1000 * each for each in range(crowd)]))
    assert told == [[2 * (1000 * each + number) for number in range(rounds)] for each in range(crowd)]
    assert sum(sizes) == rounds * crowd


def test_those_who_come_meanwhile_are_served_together_and_get_their_own() -> None:
    worker, futures = gathered(range(10))
    assert [future.result() for future in futures] == [2 * number for number in range(10)]
    assert [sorted(call) for call in worker.calls] == [[0], list(range(1, 10))]


def test_an_outcome_that_is_an_exception_is_raised_to_whose_it_is() -> None:
    _worker, futures = gathered([1, 2, 13, 4])
    with pytest.raises(ValueError, match="unlucky"):
        futures[2].result()
    assert [futures[each].result() for each in (0, 1, 3)] == [2, 4, 8]


def test_work_that_fails_fails_for_all_who_were_in_it_and_for_nobody_else() -> None:
    worker, futures = gathered([1, 99, 3])
    assert futures[0].result() == 2
    assert [str(future.exception()) for future in futures[1:]] == ["everything fell down"] * 2
    gathering = Gathering(4)
    with pytest.raises(RuntimeError):
        gathering.do(worker, 99)
    assert gathering.do(worker, 5) == 10


def test_a_crowd_is_served_in_portions() -> None:
    numbers = range(100, 100 + MOST_AT_ONCE + 20)
    worker, futures = gathered(numbers)
    assert [future.result() for future in futures] == [2 * number for number in numbers]
    assert [len(call) for call in worker.calls] == [1, MOST_AT_ONCE, 19]
