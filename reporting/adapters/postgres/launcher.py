"""The doors of the embedded server: `prepare` makes a cluster ready on disk, `launch` also starts it.

    cluster = prepare(data)          initdb, roles, passwords at the first call; reads them back at every later one.
                                     No server is running because of it, and one that runs is not disturbed.
    as_program(cluster)              the server as a supervised program; it comes back on the same socket when killed.
    cluster = launch(data)           prepare, start, wait until it accepts connections. For tests and short commands.
                                     The server ends with `cluster.stop()` and with the process that launched it,
                                     even when that one is killed.

In both cases the server itself is started by one piece of code, `python -m reporting.adapters.postgres.run`.
The caller's data folder holds `cluster.json` (mode 0600: where the cluster is, its passwords, its settings) and, where
the server's account can get there, the cluster itself in `postgres/`.
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from reporting.adapters.postgres.account import Account, choose_account
from reporting.adapters.postgres.binaries import choose_binaries, make_passable
from reporting.adapters.postgres.cluster import Cluster
from reporting.adapters.postgres.configuration import write_configuration
from reporting.adapters.postgres.home import (
    Home,
    Record,
    locate,
    make_folder,
    new_passwords,
    read_record,
    socket_folder,
    write_record,
)
from reporting.adapters.postgres.initialise import create_cluster, reset_passwords
from reporting.adapters.postgres.leftovers import make_way
from reporting.adapters.postgres.settings import LauncherError, ServerSettings
from reporting.adapters.processes.checks import CannotStart, require_free_space, require_writable
from reporting.adapters.processes.program import Program

__all__ = ["Cluster", "LauncherError", "ServerSettings", "as_program", "launch", "prepare"]

_SPACE_TO_CREATE = 200 * 1024 * 1024
_SPACE_TO_START = 50 * 1024 * 1024
_START_SECONDS = 60.0  # recovery after a crash is part of the start
_STOP_SECONDS = 8.0
_LARGEST_LOG = 5 * 1024 * 1024
_CODE = Path(__file__).resolve().parents[3]


def prepare(data: Path, settings: ServerSettings | None = None) -> Cluster:
    """Make the cluster of the data folder ready to be started. Safe to call at any time, also while it runs.

    `settings` None means the ones of the last preparation. Refuses with one line (`LauncherError`) where the folder
    cannot be written, the disk is full, no server programs fit or no account can run them.
    """
    folder = data.absolute()
    try:
        require_writable(folder)
        folder = folder.resolve()
        with _one_at_a_time(folder / ".cluster.lock"):
            return _prepared(folder, settings)
    except LauncherError:
        raise
    except CannotStart as refusal:
        raise LauncherError(str(refusal)) from refusal
    except OSError as refusal:
        where = refusal.filename or folder
        raise LauncherError(f"the database in {folder} cannot be prepared: {where}: {refusal.strerror}") from refusal


def launch(data: Path, settings: ServerSettings | None = None) -> Cluster:
    """Prepare the cluster, start its server and wait until it accepts connections. Refuses with `LauncherError`."""
    cluster = prepare(data, settings)
    with _log_of(cluster.home) as log:
        began_at = os.fstat(log.fileno()).st_size
        runner = subprocess.Popen(
            [*run_command(cluster.data), "--with-parent", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
            start_new_session=True,  # Ctrl-C must reach the users of the database before the database
        )
        running = replace(cluster, runner=runner)
        _wait_until_alive(running, log.fileno(), began_at)
    return running


def as_program(cluster: Cluster, name: str = "database") -> Program:
    """The server as a program for the supervisor."""
    return Program(
        name=name,
        argv=run_command(cluster.data),
        environment=_environment(),
        ready=cluster.is_alive,
        stop_seconds=_STOP_SECONDS,
    )


def run_command(data: Path) -> tuple[str, ...]:
    """Command line that runs the server of a data folder in the foreground."""
    return (sys.executable, "-m", "reporting.adapters.postgres.run", "--data", str(data))


def _prepared(data: Path, wanted: ServerSettings | None) -> Cluster:
    record = read_record(data)
    settings = wanted or (record.settings if record else ServerSettings())
    folder, account = _place(data, record, settings)
    home = Home(folder, socket_folder(folder, account.owner))
    if record is not None and record.complete and not home.exists():
        raise LauncherError(f"the database of {data} is gone from {folder}: restore it, or delete {data}/cluster.json")
    require_free_space(folder, _SPACE_TO_START if home.exists() else _SPACE_TO_CREATE)
    binaries = choose_binaries(settings, account, home.major())
    kept = record or Record(folder, new_passwords(), settings, complete=False)
    cluster = Cluster(data, home, account, binaries, kept.passwords)
    make_folder(home.socket, account)
    write_configuration(home, settings)
    _fill(cluster, kept, settings, passwords_lost=record is None)
    return cluster


def _place(data: Path, record: Record | None, settings: ServerSettings) -> tuple[Path, Account]:
    """Folder of the cluster, made where it does not exist, and the account that owns what is in it."""
    owner = _owner(record.home / "data") if record else None
    account = choose_account(settings, owner)
    folder = locate(data, account, record, settings)
    make_passable(folder)
    found = _owner(folder / "data")
    return folder, account if found == owner else choose_account(settings, found)


def _fill(cluster: Cluster, record: Record, settings: ServerSettings, passwords_lost: bool) -> None:
    home = cluster.home
    if not home.exists():
        write_record(cluster.data, record)  # before the cluster, which must never exist without its passwords
        create_cluster(home, cluster.binaries, cluster.account, record.passwords, settings.fsync)
    elif passwords_lost:
        make_way(home)
        reset_passwords(home, cluster.binaries, cluster.account, record.passwords)
    if record.finished(settings) != record or passwords_lost:
        write_record(cluster.data, record.finished(settings))


def _owner(pgdata: Path) -> int | None:
    return pgdata.stat().st_uid if pgdata.exists() else None


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _log_of(home: Home) -> Iterator[IO[bytes]]:
    path = home.log
    if path.exists() and path.stat().st_size > _LARGEST_LOG:
        path.unlink()
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "rb+") as log:
        yield log


def _environment() -> dict[str, str]:
    """This process's own environment, in which the program finds the same code."""
    path = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": f"{_CODE}{os.pathsep}{path}" if path else str(_CODE)}


def _wait_until_alive(cluster: Cluster, log: int, began_at: int) -> None:
    assert cluster.runner is not None
    deadline = time.monotonic() + _START_SECONDS
    while not cluster.is_alive():
        if cluster.runner.poll() is not None:
            raise LauncherError(_reason(log, began_at))
        if time.monotonic() > deadline:
            cluster.stop()
            raise LauncherError(f"the database in {cluster.data} did not start within {_START_SECONDS:.0f} s")
        time.sleep(0.02)


def _reason(log: int, began_at: int) -> str:
    text = os.pread(log, 65536, began_at).decode(errors="replace")
    lines = [line for line in text.splitlines() if line.strip()]
    said = [line for line in lines if "FATAL" in line or "PANIC" in line] or lines[-1:]
    return said[0].partition("FATAL:")[2].strip() or said[0] if said else "the database ended without a word"
