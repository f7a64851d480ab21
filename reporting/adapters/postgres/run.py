"""The embedded server as a program in the foreground: `python -m reporting.adapters.postgres.run --data DIR`.

It prepares the cluster, waits until an earlier server has let go of the data, starts the server and ends when it ends.
SIGTERM and SIGINT shut it down fast; when this program is killed, the kernel passes the same wish to the server.
"""

import argparse
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reporting.adapters.postgres.cluster import Cluster
from reporting.adapters.postgres.home import Home
from reporting.adapters.postgres.launcher import prepare
from reporting.adapters.postgres.leftovers import make_way
from reporting.adapters.postgres.settings import LauncherError

_WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
_LOOK_EVERY_SECONDS = 0.5
_FAST_SECONDS = 6.0  # then the server is ended at once and recovers at its next start
_PATIENCE_SECONDS = 10.0


def main() -> int:
    """Run until the server ends. 0 after an ordered stop, 1 with one line where it could not start or broke down."""
    parser = argparse.ArgumentParser(prog="reporting.adapters.postgres.run", description="Run the embedded database.")
    parser.add_argument("--data", type=Path, required=True, help="data folder; the cluster in it is made if need be")
    parser.add_argument("--with-parent", type=int, metavar="PID", help="stop when this parent process ends")
    wishes = parser.parse_args()
    try:
        cluster = prepare(wishes.data)
        with _sole_runner(cluster.home):
            make_way(cluster.home)
            return serve(cluster, wishes.with_parent)
    except LauncherError as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def serve(cluster: Cluster, parent: int | None) -> int:
    """Start the server and stay until it has ended, together with every process of it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    server = cluster.account.start(
        [
            cluster.binaries.program("postgres"),
            "-D",
            str(cluster.home.pgdata),
            "-c",
            f"config_file={cluster.home.configuration}",
        ],
        folder=Path("/"),
    )
    ordered = _stay(server, parent)
    make_way(cluster.home)
    return 0 if ordered and server.returncode == 0 else 1


def _stay(server: "subprocess.Popen[bytes]", parent: int | None) -> bool:
    """Wait for the end of the server; True when it was asked for."""
    asked_at: float | None = None
    while server.poll() is None:
        arrived = signal.sigtimedwait(_WATCHED, _LOOK_EVERY_SECONDS)
        wanted = arrived is not None and arrived.si_signo != signal.SIGCHLD
        orphaned = parent is not None and os.getppid() != parent
        if asked_at is None and (wanted or orphaned):
            asked_at = time.monotonic()
            server.send_signal(signal.SIGINT)
        elif asked_at is not None and time.monotonic() > asked_at + _FAST_SECONDS:
            server.send_signal(signal.SIGQUIT)
    return asked_at is not None


@contextmanager
def _sole_runner(home: Home) -> Iterator[None]:
    """Hold the cluster against a second runner; wait a little for one that is just ending."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    with home.lock.open("a") as lock:
        while not _locked(lock.fileno()):
            if time.monotonic() > deadline:
                raise LauncherError(f"the database in {home.folder} is already running")
            time.sleep(0.1)
        yield


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
