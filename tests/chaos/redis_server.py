"""A Redis server to kill, to freeze and to keep away."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from tests.chaos.ground import eventually, free_ports, listens


class Redis:
    """A Redis server that forgets everything when it dies, kept alive by a thread while it is `wanted`."""

    def __init__(self, folder: Path) -> None:
        self.port = free_ports(1)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._wanted, self._closed = threading.Event(), False
        self._wanted.set()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()
        eventually("Redis listens", lambda: listens(self.port), 10)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def stay_away(self) -> None:
        """Killed, and not started again before `come_back`."""
        self._wanted.clear()
        os.kill(self.pid, signal.SIGKILL)
        eventually("Redis is gone", lambda: not listens(self.port), 10)

    def come_back(self) -> None:
        self._wanted.set()
        eventually("Redis listens", lambda: listens(self.port), 10)

    def close(self) -> None:
        self._closed = True
        self._wanted.set()
        if self._process is not None:
            self._process.kill()
        self._keeper.join()

    def _keep(self) -> None:
        while not self._closed:
            options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self._folder)]
            self._process = subprocess.Popen(
                ["redis-server", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
            self._process.wait()
            time.sleep(0.5)
            self._wanted.wait()
