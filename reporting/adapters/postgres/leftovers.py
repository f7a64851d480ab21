"""What an earlier server left: processes that still hold the data, and lock files that name somebody else.

After `kill -9` of the server its children end by themselves, but one that is busy notices late. A new server beside it
would write over it, which PostgreSQL prevents by refusing to start ("pre-existing shared memory block is still in
use"). So we wait for them, then end them. A process is recognised by its title, which everybody may read, and by its
user id, which nobody can fake; its working folder would need rights that root lacks in many containers.

The lock files name a process id. After a crash the same number may belong to an unrelated process (in a container it
nearly always does) and the server would refuse to start for ever; so they go, but only when no process holds the data.
"""

import os
import signal
import time
from itertools import pairwise
from pathlib import Path

from reporting.adapters.postgres.home import PORT, Home
from reporting.adapters.postgres.settings import LauncherError

_PID_LINE, _STATUS_LINE = 0, 7
_PATIENCE_SECONDS = 10.0
_ASK_AFTER_SECONDS, _KILL_AFTER_SECONDS = 1.0, 4.0
_PAUSE_SECONDS = 0.05


def holders(home: Home) -> list[int]:
    """Ids of all processes that work on the data of this cluster."""
    if not home.exists():
        return []
    owner = home.pgdata.stat().st_uid
    return [int(entry.name) for entry in Path("/proc").iterdir() if _holds(entry, home, owner)]


def postmaster_of(home: Home) -> int | None:
    """Id of the running server, None where the lock file names nobody or somebody else."""
    pid = _lock_line(home, _PID_LINE)
    if not pid.isdigit() or not _holds(Path("/proc") / pid, home, home.pgdata.stat().st_uid):
        return None
    return int(pid)


def server_status(home: Home) -> str:
    """The server's own word in its lock file: starting, ready, stopping or standby; empty where there is none."""
    return _lock_line(home, _STATUS_LINE)


def make_way(home: Home) -> None:
    """Promise that no process holds the data and no stale lock stands in the way.

    Waits up to 10 s for a server that is just ending. Refuses where one keeps running.
    """
    began = time.monotonic()
    while found := holders(home):
        waited = time.monotonic() - began
        server = postmaster_of(home)
        if waited > _PATIENCE_SECONDS:
            raise LauncherError(f"the database in {home.folder} is already running (process {server or found[0]})")
        if server is None and waited > _ASK_AFTER_SECONDS:
            _end(found, signal.SIGKILL if waited > _KILL_AFTER_SECONDS else signal.SIGQUIT)
        time.sleep(_PAUSE_SECONDS)
    for lock in (home.pgdata / "postmaster.pid", home.socket / f".s.PGSQL.{PORT}.lock"):
        lock.unlink(missing_ok=True)


def _holds(entry: Path, home: Home, owner: int) -> bool:
    if not entry.name.isdigit():
        return False
    try:
        words = (entry / "cmdline").read_bytes().split(b"\0")
        if words[0].startswith(f"postgres: {home.mark}: ".encode()):
            return entry.stat().st_uid == owner
        named = any(pair == (b"-D", os.fsencode(home.pgdata)) for pair in pairwise(words))
        return named and entry.stat().st_uid == owner
    except OSError:  # it ended while we looked
        return False


def _end(pids: list[int], signum: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, signum)
        except ProcessLookupError:
            continue


def _lock_line(home: Home, number: int) -> str:
    try:
        lines = (home.pgdata / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return ""
    return lines[number].strip() if len(lines) > number else ""
