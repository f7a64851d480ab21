"""The relay: rings the workers' doorbell for every letter in the outbox, and does itself what has waited too long.

It needs no broker. While the broker is away it does the work at once; what a worker was rung for and did not do within
three seconds it takes up by calling the same functions. It also keeps the clocks of the control rooms, in a
thread of their own: a flood of ladders delays no letter, and a flood of letters no ladder. A letter is published
once and never again: an outbox that is published anew at every look grows a queue of thousands of doubles while the workers
are slow.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final, Protocol

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from reporting import jobs
from reporting.adapters.bell import Bell
from reporting.domain.turns import Turns
from reporting.services.line import BATCH, Letter, beat_pulse, claim_stale
from reporting.services.turns import claim_in_turn
from worker.clocks import keep_clocks
from worker.line import run_line

WAITED_LONG: Final = timedelta(seconds=3)
LOOK_SECONDS: Final = 0.25
"""How often it looks without having been rung for."""
BEHIND_SECONDS: Final = 0.03
"""How often it looks while letters stand behind and wait for room."""
STALE_SECONDS: Final = 0.5
CLOCK_SECONDS: Final = 0.5
PULSE_SECONDS: Final = 5.0
GATHER_SECONDS: Final = ((300.0, 0.1), (100.0, 0.05), (0.0, 0.02))
"""After the first ring it waits for more letters, the longer the more came lately: from so many letters a second on, seconds.
So a busy minute travels in batches: a report in a batch of one costs the worker six times as much as one in a batch of ten,
and nobody notices some hundredths of a second. It goes by the letters of a second, not by those of a look, for a longer wait
finds more and would then be kept for ever."""
SHORTEST_SPAN: Final = 0.02
"""Seconds over which letters are counted at least."""
BROKER_REST_SECONDS: Final = 3.0
CLAIM: Final = 400

log = structlog.get_logger()


class Publish(Protocol):
    """Rings for one batch of one job; raises OSError or a subclass of it, or a broker's own error, when it cannot."""

    def __call__(self, job: str, report_ids: Sequence[str]) -> None: ...


class Came:
    """How many letters come in a second: counted from one look that found some to the next."""

    def __init__(self) -> None:
        self.a_second = 0.0
        self._count = 0
        self._since = float("-inf")

    def note(self, letters: int) -> None:
        """Letters were found."""
        self._count += letters

    def until(self, now: float) -> None:
        """A look has ended."""
        if self._count:
            self.a_second = self._count / max(now - self._since, SHORTEST_SPAN)
            self._count, self._since = 0, now


class Relay:
    """One relay. `turn` is one look at the letters, `tick` one at the clocks; several relays may run side by side, since letters
    are claimed."""

    def __init__(self, app: Flask, publish: Publish, broker_errors: tuple[type[Exception], ...]) -> None:
        self._app = app
        self._publish = publish
        self._broker_errors = broker_errors
        self._broker_rests_until = 0.0
        self._turns = Turns()
        self._more_behind = False
        self._came = Came()
        self._stale_at = self._pulse_at = 0.0
        self._turned_at = 0.0

    def run(self, bell: Bell, stop: threading.Event, clock: Callable[[], float] = time.monotonic) -> None:
        """Looks again and again until it is stopped. A database that is away is waited for. Where either of the two loops ends
        by a fault, both end and it raises: whoever started the process starts it again."""
        with ThreadPoolExecutor(1, "clocks") as other:
            ticking = other.submit(self._tick_on, stop, clock)
            try:
                self._turn_on(bell, stop, clock)
            finally:
                stop.set()
                bell.close()
        ticking.result()

    def _turn_on(self, bell: Bell, stop: threading.Event, clock: Callable[[], float]) -> None:
        while not stop.is_set():
            self._turned_at = clock()
            rung = bell.wait(BEHIND_SECONDS if self._more_behind else LOOK_SECONDS)
            if rung:
                time.sleep(gather_seconds(self._came.a_second))
            try:
                with self._app.app_context():
                    self.turn(clock())
            except SQLAlchemyError as error:
                log.warning("relay.waits", error=type(error).__name__)
                stop.wait(LOOK_SECONDS)

    def _tick_on(self, stop: threading.Event, clock: Callable[[], float]) -> None:
        try:
            while not stop.wait(CLOCK_SECONDS):
                try:
                    with self._app.app_context():
                        self.tick(clock())
                except SQLAlchemyError as error:
                    log.warning("relay.clocks_wait", error=type(error).__name__)
        finally:
            stop.set()

    def turn(self, now: float) -> None:
        """Rings for what is new, does what has waited."""
        while self._ring_for_new(now):
            pass
        self._came.until(now)
        if now >= self._stale_at:
            self._stale_at = now + STALE_SECONDS
            self._do(claim_stale(WAITED_LONG, BATCH), now)

    def tick(self, now: float) -> None:
        """Keeps the clocks; gives a sign of life where the letters are being looked at as well."""
        keep_clocks()
        if now >= self._pulse_at and now - self._turned_at < PULSE_SECONDS:
            self._pulse_at = now + PULSE_SECONDS
            beat_pulse("relay")

    def _ring_for_new(self, now: float) -> bool:
        """Whether there may be more at once."""
        claimed = claim_in_turn(CLAIM, self._turns)
        self._more_behind = claimed.more_behind
        self._came.note(len(claimed.letters))
        for job, ids in batches(claimed.letters):
            if not self._ring(job, ids, now) and job in jobs.LINE:
                run_line(job, ids)
        return claimed.full

    def _ring(self, job: str, ids: list, now: float) -> bool:
        return now >= self._broker_rests_until and self._rung(job, ids, now)

    def _rung(self, job: str, ids: list, now: float) -> bool:
        try:
            self._publish(job, [str(each) for each in ids])
        except self._broker_errors as error:
            log.warning("relay.broker_away", job=job, error=type(error).__name__)
            self._broker_rests_until = now + BROKER_REST_SECONDS
            return False
        return True

    def _do(self, letters: list[Letter], now: float) -> None:
        """An errand is rung for again: it may take many seconds, and the line's letters must not wait behind it."""
        for job, ids in batches(letters):
            if job not in jobs.LINE:
                self._ring(job, ids, now)
                continue
            log.info("relay.does_itself", job=job, count=len(ids))
            run_line(job, ids)


def batches(letters: Sequence[Letter]) -> Iterator[tuple[str, list]]:
    """Letters as (job, report ids), at most BATCH ids each, in their order."""
    by_job: dict[str, list] = defaultdict(list)
    for letter in letters:
        by_job[letter.job].append(letter.subject_id)
    for job, ids in by_job.items():
        for start in range(0, len(ids), BATCH):
            yield job, ids[start : start + BATCH]


def gather_seconds(a_second: float) -> float:
    """How long to wait for more letters after the first, when so many come in a second."""
    return next(seconds for least, seconds in GATHER_SECONDS if a_second >= least)
