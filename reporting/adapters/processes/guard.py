"""The supervisor's line to its watchdog, which is replaced when somebody kills it."""

import os
import subprocess
import sys

from reporting.adapters.processes import watchdog

_END_SECONDS = 1.0


class Guard:
    """Keeps a watchdog informed of the process groups that must not outlive this process."""

    def __init__(self) -> None:
        """Start the watchdog."""
        self._groups: dict[int, int] = {}
        self._process = _start()

    @property
    def pid(self) -> int:
        """Process id of the present watchdog."""
        return self._process.pid

    def watch(self, group: int, signum: int) -> None:
        """From now on this group ends with us; `signum` is how it is asked to."""
        self._groups[group] = signum
        self._tell(f"guard {group} {signum}")

    def release(self, group: int) -> None:
        """The group has ended; its number may soon be somebody else's."""
        if self._groups.pop(group, None) is not None:
            self._tell(f"release {group}")

    def keep_alive(self) -> None:
        """Replace a watchdog that was killed."""
        if self._process.poll() is not None:
            self._replace()

    def close(self) -> None:
        """Send the watchdog home; it ends what is still guarded."""
        _hang_up(self._process)
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _tell(self, line: str) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(f"{line}\n".encode())
            stdin.flush()
        except BrokenPipeError:
            self._replace()

    def _replace(self) -> None:
        _hang_up(self._process)
        self._process.wait()
        self._process = _start()
        for group, signum in self._groups.items():
            self._tell(f"guard {group} {signum}")


def _hang_up(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    try:
        process.stdin.close()
    except BrokenPipeError:
        return


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-I", "-S", os.path.abspath(watchdog.__file__)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,  # whoever reads our log must see its end when we end
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        bufsize=0,
        cwd="/",
    )
