"""One prepared cluster as its users see it: addresses, whether it is alive, how it is stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from reporting.adapters.postgres.account import Account
from reporting.adapters.postgres.binaries import Binaries
from reporting.adapters.postgres.home import APP, OWNER, PORT, SUPERUSER, Home
from reporting.adapters.postgres.initialise import DATABASE
from reporting.adapters.postgres.leftovers import holders, postmaster_of, server_status

_STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Cluster:
    """A cluster that exists on disk. Its addresses stay the same over every restart; the server need not be running."""

    data: Path
    home: Home
    account: Account
    binaries: Binaries
    passwords: Mapping[str, str] = field(repr=False)
    runner: "subprocess.Popen[bytes] | None" = field(default=None, repr=False, compare=False)

    @property
    def app_url(self) -> str:
        """Address for the application: owns nothing, may do only what migrations granted."""
        return self._url(APP)

    @property
    def owner_url(self) -> str:
        """Address for migrations."""
        return self._url(OWNER)

    @property
    def superuser_url(self) -> str:
        """Address for tests and rescue; never for the application."""
        return self._url(SUPERUSER)

    @property
    def socket_folder(self) -> Path:
        """Folder of the unix socket, at most 90 bytes long."""
        return self.home.socket

    @property
    def pid(self) -> int | None:
        """Process id of the server, None while none runs."""
        return postmaster_of(self.home)

    def is_alive(self) -> bool:
        """True when the server runs and accepts connections. Costs no connection."""
        return server_status(self.home) == "ready" and self.pid is not None

    def stop(self) -> None:
        """Shut the server down fast (open transactions are rolled back) and wait until its processes are gone.

        Takes 10 s at most; then the server is killed, which costs only the recovery at the next start.
        """
        deadline = time.monotonic() + _STOP_SECONDS
        if self.runner is not None:
            self._stop_runner(deadline)
        while found := holders(self.home):
            late = time.monotonic() > deadline
            for pid in found if late else [self.pid or 0]:
                _send(pid, signal.SIGKILL if late else signal.SIGINT)
            time.sleep(0.05)

    def _stop_runner(self, deadline: float) -> None:
        assert self.runner is not None
        self.runner.terminate()
        try:
            self.runner.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.runner.kill()
            self.runner.wait()

    def _url(self, role: str) -> str:
        where = quote(str(self.home.socket), safe="/")
        return f"postgresql+psycopg://{role}:{self.passwords[role]}@/{DATABASE}?host={where}&port={PORT}"


def _send(pid: int, signum: int) -> None:
    if pid:
        try:
            os.kill(pid, signum)
        except ProcessLookupError:
            return
