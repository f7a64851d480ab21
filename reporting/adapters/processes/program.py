"""What a supervised program is: a command line, what it needs first, how it is told to stop."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """One program under supervision.

    environment: its whole environment; nothing is added.
    ready: cheap question (well under a second) asked until it says yes; an OSError means no. None: ready when started.
    depends: names of the programs that have to be ready before this one is started.
    stop_signal, stop_seconds: how it is asked to end, and how long it may take before it is killed.
    once: it runs to its end. It is ready when it ended with 0 and is then not started again.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    ready: Callable[[], bool] | None = None
    depends: tuple[str, ...] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 5.0
    once: bool = False


def start_levels(programs: Sequence[Program]) -> list[list[Program]]:
    """Programs in levels: each depends only on earlier levels. Refuses unknown names, doubles and circles."""
    names = [program.name for program in programs]
    if len(set(names)) != len(names):
        raise ValueError("two programs have the same name")
    levels: list[list[Program]] = []
    placed: set[str] = set()
    waiting = list(programs)
    while waiting:
        level = [program for program in waiting if placed.issuperset(program.depends)]
        if not level:
            raise ValueError(f"these programs wait for each other or for nobody: {[each.name for each in waiting]}")
        levels.append(level)
        placed.update(program.name for program in level)
        waiting = [program for program in waiting if program not in level]
    return levels


@dataclass
class BackOff:
    """How long to wait before a program is started again: 0.2 s, doubling to 10 s, from the start after 30 s of life."""

    first_seconds: float = 0.2
    longest_seconds: float = 10.0
    steady_seconds: float = 30.0
    _next: float = 0.0

    def after(self, lived_seconds: float) -> float:
        """Seconds to wait after a life of `lived_seconds`."""
        if lived_seconds >= self.steady_seconds or self._next == 0.0:
            self._next = self.first_seconds
        wait = self._next
        self._next = min(2 * wait, self.longest_seconds)
        return wait
