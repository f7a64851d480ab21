"""One supervised program over its lives: started, ready, lost, cleared away, started again."""

import signal
import subprocess
from enum import Enum

from reporting.adapters.processes.guard import Guard
from reporting.adapters.processes.kernel import die_with_parent, group_is_empty, signal_group
from reporting.adapters.processes.log import ProgramLog
from reporting.adapters.processes.program import BackOff, Program

_CLEARING_SECONDS = 3.0
_ATTEMPTS_ONCE = 3


class State(Enum):
    """Where a program stands. CLEARING: its main process is gone, others of its group still end."""

    WAITING = "waiting"
    STARTED = "started"
    READY = "ready"
    CLEARING = "clearing"
    FINISHED = "finished"


class Child:
    """The present life of one program. All times are seconds of the supervisor's monotonic clock."""

    def __init__(self, program: Program, log: ProgramLog, guard: Guard) -> None:
        """Nothing is started yet."""
        self.program = program
        self.state = State.WAITING
        self.gave_up = False
        self._log, self._guard = log, guard
        self._process: subprocess.Popen[bytes] | None = None
        self._back_off = BackOff()
        self._started_at = self._again_at = 0.0
        self._kill_at: float | None = None
        self._ending = False
        self._failures = 0

    @property
    def pid(self) -> int | None:
        """Process id of the present life, which is also its group's."""
        return self._process.pid if self._process else None

    @property
    def is_ready(self) -> bool:
        """True while what depends on this program may run."""
        return self.state is State.READY or (self.state is State.FINISHED and not self._ending)

    def may_start(self, now: float) -> bool:
        """True when it waits and the back-off is over."""
        return self.state is State.WAITING and now >= self._again_at and not self._ending

    def start(self, now: float) -> None:
        """Begin a new life in its own session and process group, tied to this process's life."""
        self._started_at = now
        try:
            self._process = self._spawn()
        except OSError as refusal:
            self._wait_again(now, f"cannot be started: {refusal.strerror}: {refusal.filename}")
            return
        assert self._process.stdout is not None
        self._guard.watch(self._process.pid, self.program.stop_signal)
        self._log.follow(self.program.name, self._process.stdout)
        self._say(f"started (process {self._process.pid})")
        self.state = State.STARTED
        self._kill_at = None

    def look(self, now: float) -> None:
        """Notice what happened since the last look and do what follows from it."""
        if self.state in (State.STARTED, State.READY):
            self._look_at_process(now)
        if self.state is State.CLEARING:
            self._clear(now)

    def end(self, kill_at: float) -> None:
        """Ask the program to end for good; what is left of it at `kill_at` is killed."""
        self._kill_at = kill_at if self._kill_at is None else min(kill_at, self._kill_at)
        if self._ending:
            return
        self._ending = True
        if self.state is State.WAITING:
            self.state = State.FINISHED
        elif self._process is not None and self.state is not State.CLEARING:
            self._process.send_signal(self.program.stop_signal)

    def _spawn(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            list(self.program.argv),
            env=dict(self.program.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            start_new_session=True,
            preexec_fn=die_with_parent(self.program.stop_signal),  # noqa: PLW1509 - the supervisor has one thread
        )

    def _look_at_process(self, now: float) -> None:
        assert self._process is not None
        if self._process.poll() is not None:
            # A server's children may still hold its port, or its data: they end before it starts again.
            self.state = State.CLEARING
            signal_group(self._process.pid, self.program.stop_signal)
            if self._kill_at is None:
                self._kill_at = now + min(self.program.stop_seconds, _CLEARING_SECONDS)
        elif self._kill_at is not None and now >= self._kill_at:
            signal_group(self._process.pid, signal.SIGKILL)
        elif self.state is State.STARTED and self._says_ready():
            self.state = State.READY
            self._say("ready")

    def _says_ready(self) -> bool:
        if self.program.once:
            return False
        try:
            return self.program.ready is None or self.program.ready()
        except OSError:  # nobody listens yet
            return False

    def _clear(self, now: float) -> None:
        assert self._process is not None
        if not group_is_empty(self._process.pid):
            if self._kill_at is not None and now >= self._kill_at:
                signal_group(self._process.pid, signal.SIGKILL)
            return
        self._guard.release(self._process.pid)
        code, self._process = self._process.returncode, None
        if self._ending or (self.program.once and code == 0):
            self.state = State.FINISHED
            self._say("done" if code == 0 else _ending_words(code))
            return
        self._wait_again(now, _ending_words(code))

    def _wait_again(self, now: float, words: str) -> None:
        self._failures += 1
        if self.program.once and self._failures >= _ATTEMPTS_ONCE:
            self.gave_up = True
        seconds = self._back_off.after(now - self._started_at)
        self._again_at = now + seconds
        self.state = State.WAITING
        self._say(words if self.gave_up else f"{words}; starts again in {seconds:g} s")

    def _say(self, text: str) -> None:
        self._log.say(self.program.name, text)


def _ending_words(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    return f"ended by {signal.Signals(-code).name}" if -code in signal.valid_signals() else f"ended by signal {-code}"
