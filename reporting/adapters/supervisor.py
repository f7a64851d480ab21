"""The supervisor: starts programs in order, brings back what dies, writes one log, ends everything together.

Nothing it started may outlive it, however it ends. Three ties see to that: on an orderly end it stops its programs in
reverse order and kills what is late; every program is told by the kernel when the supervisor dies; and a small watchdog
process then kills the groups that did not listen. Orphans below it become its own children, so that nothing is lost
sight of and no zombie stays.

It runs in one thread, which must live as long as the programs (the kernel's tie is to the thread that started them).
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import FrameType
from typing import TextIO

from reporting.adapters.processes.checks import (
    CannotStart,
    require_free_port,
    require_free_space,
    require_writable,
)
from reporting.adapters.processes.child import Child, State
from reporting.adapters.processes.guard import Guard
from reporting.adapters.processes.kernel import adopt_orphans, child_pids
from reporting.adapters.processes.log import ProgramLog, local_time
from reporting.adapters.processes.program import BackOff, Program, start_levels

__all__ = [
    "BackOff",
    "CannotStart",
    "Clock",
    "Program",
    "Supervisor",
    "require_free_port",
    "require_free_space",
    "require_writable",
]

_NAME = "supervisor"
_TICK_SECONDS = 0.1
_STOP_SECONDS = 8.0  # so that on a busy machine, too, everything has ended after 10 s
_REMIND_SECONDS = 10.0


@dataclass(frozen=True)
class Clock:
    """Seconds for waiting, and the time of day for the log."""

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = local_time


class Supervisor:
    """Runs programs together until it is asked to stop (SIGINT, SIGTERM, SIGHUP or `request_stop`)."""

    def __init__(
        self,
        programs: Sequence[Program],
        log_stream: TextIO,
        *,
        on_ready: Callable[[], None] | None = None,
        clock: Clock | None = None,
    ) -> None:
        """`on_ready` is called once, when all programs are ready for the first time. Refuses circular `depends`."""
        self._levels = start_levels(programs)
        self._stream = log_stream
        self._on_ready = on_ready
        self._clock = clock or Clock()
        self._stops_asked = 0
        self._children: dict[str, Child] = {}
        self._strangers: set[int] = set()
        self._remind_at = 0.0

    def request_stop(self) -> None:
        """Ask `run` to end everything; asked twice, it kills without waiting. Safe from a signal handler or thread."""
        self._stops_asked += 1

    def pids(self) -> dict[str, int | None]:
        """Process id of each program's present life, None while it is between two."""
        return {name: child.pid for name, child in self._children.items()}

    def run(self) -> int:
        """Stay until asked to stop. 0 after that; 1 when a program that runs once failed three times."""
        names = [program.name for level in self._levels for program in level]
        self._strangers = child_pids()
        log = ProgramLog(self._stream, [_NAME, *names], self._clock.now)
        adopt_orphans(True)
        guard = Guard()
        self._children = {program.name: Child(program, log, guard) for level in self._levels for program in level}
        try:
            with self._signals():
                self._watch(log, guard)
                self._end_all(log, guard)
        finally:
            self._end_strays(guard)
            guard.close()
            adopt_orphans(False)
            log.close()
        return int(any(child.gave_up for child in self._children.values()))

    def _watch(self, log: ProgramLog, guard: Guard) -> None:
        announced = False
        self._remind_at = self._clock.monotonic() + _REMIND_SECONDS
        while not self._stops_asked and not any(child.gave_up for child in self._children.values()):
            now = self._clock.monotonic()
            self._reap(guard)
            guard.keep_alive()
            for child in self._children.values():
                child.look(now)
                if child.may_start(now) and self._has_what_it_needs(child.program):
                    child.start(now)
            if not announced:
                announced = self._announce(log, now)
            _pump(log, _TICK_SECONDS)

    def _has_what_it_needs(self, program: Program) -> bool:
        return all(self._children[name].is_ready for name in program.depends)

    def _announce(self, log: ProgramLog, now: float) -> bool:
        missing = [name for name, child in self._children.items() if not child.is_ready]
        if missing and now >= self._remind_at:
            self._remind_at = now + _REMIND_SECONDS
            log.say(_NAME, f"still waiting for {', '.join(missing)}")
        if not missing and self._on_ready is not None:
            self._on_ready()
        return not missing

    def _end_all(self, log: ProgramLog, guard: Guard) -> None:
        """Stop level by level, the last started first. Each level may use its share of the time that is left."""
        log.say(_NAME, "stopping")
        end_by = self._clock.monotonic() + _STOP_SECONDS
        for levels_left in range(len(self._levels), 0, -1):
            level = [self._children[program.name] for program in self._levels[levels_left - 1]]
            share = (end_by - self._clock.monotonic()) / levels_left
            self._end_level(level, share, log, guard)
        log.say(_NAME, "stopped")

    def _end_level(self, level: list[Child], share: float, log: ProgramLog, guard: Guard) -> None:
        now = self._clock.monotonic()
        for child in level:
            child.end(now + min(child.program.stop_seconds, share))
        while any(child.state is not State.FINISHED for child in level):
            self._reap(guard)
            now = self._clock.monotonic()
            for child in self._children.values():
                if self._stops_asked > 1:
                    child.end(now)
                child.look(now)
            _pump(log, _TICK_SECONDS / 2)

    def _reap(self, guard: Guard) -> None:
        """Take the exit status of adopted orphans; our own programs' are taken by those who started them."""
        own = {child.pid for child in self._children.values()} | {guard.pid}
        for pid in child_pids() - self._strangers - own:
            _take_status(pid)

    def _end_strays(self, guard: Guard) -> None:
        """Kill whatever is left below us: programs after a fault of our own, and orphans that left their group."""
        deadline = time.monotonic() + 1.0
        while (left := child_pids() - self._strangers - {guard.pid}) and time.monotonic() < deadline:
            for pid in left:
                os.kill(pid, signal.SIGKILL)  # ours and unreaped: the number is still its own
                _take_status(pid)
            time.sleep(0.01)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        kept = {signum: signal.signal(signum, self._on_signal) for signum in _STOPPING}
        try:
            yield
        finally:
            for signum, handler in kept.items():
                signal.signal(signum, handler)

    def _on_signal(self, _signum: int, _frame: FrameType | None) -> None:
        self.request_stop()


_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _pump(log: ProgramLog, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        log.pump(left)


def _take_status(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:  # taken already
        return
