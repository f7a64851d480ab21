"""A plug-in at arm's length: it runs in a process of its own, is waited for so long and no longer, and is ended when it hangs."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

from worker.second_opinion.answer import LONGEST_ANSWER, Opinion, State, read_answer
from worker.second_opinion.documents import document

KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV")
"""What a plug-in sees of the environment: no address of the database, no key."""
CHUNK: Final = 4096


class PlugIn:
    """The process of one plug-in, for as long as the block lasts. `seconds` is how long each answer is waited for."""

    def __init__(self, name: str, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._name, self._seconds, self._clock = name, seconds, clock
        self._process: subprocess.Popen[bytes] | None = None
        self._read = b""

    def __enter__(self) -> Self:
        environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        command = [sys.executable, "-m", "worker.second_opinion.child", self._name]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, env=environment, start_new_session=True, **pipes)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._end()

    def fault_in_loading(self, deadline: float) -> State | None:
        """Why it cannot be asked, or None where it was loaded by then; a plug-in that was not is ended."""
        line = self._line(deadline)
        if line is not None and b"ready" in line:
            return None
        state = self._why_silent()
        self._end()
        return state

    def ask(self, report: dict[str, Any], deadline: float) -> Opinion:
        """What it says of the report. Whoever is late is ended and asked nothing more."""
        began = self._clock()
        process = self._process
        if process is None or process.stdin is None:
            return Opinion("failed")
        try:
            process.stdin.write(document(report))
            process.stdin.flush()
        except OSError:
            self._end()
            return Opinion("failed")
        line = self._line(min(deadline, began + self._seconds))
        took = round((self._clock() - began) * 1000)
        if line is None:
            state = self._why_silent()
            self._end()
            return Opinion(state, took_ms=took)
        return read_answer(line, took)

    @property
    def is_running(self) -> bool:
        """Whether it can be asked."""
        return self._process is not None

    def _why_silent(self) -> State:
        if len(self._read) > LONGEST_ANSWER:
            return "nonsense"
        return "late" if self._process and self._process.poll() is None else "failed"

    def _line(self, deadline: float) -> bytes | None:
        """The next line it writes; None where it ends, writes too much or is late."""
        output = self._process.stdout if self._process else None
        while output and b"\n" not in self._read and len(self._read) <= LONGEST_ANSWER:
            ready, _, _ = select.select([output], [], [], max(0.0, deadline - self._clock()))
            chunk = os.read(output.fileno(), CHUNK) if ready else b""
            if not chunk:
                if ready and self._process:
                    self._process.wait()
                return None
            self._read += chunk
        line, found, rest = self._read.partition(b"\n")
        if not found:
            return None
        self._read = rest
        return line

    def _end(self) -> None:
        process, self._process, self._read = self._process, None, b""
        if process is None:
            return
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
