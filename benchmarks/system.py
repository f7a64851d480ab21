"""A real system to measure: its own embedded database with fsync on, the web alone or every process, a Redis of its own.

Everything stands in one temporary folder and ends with the run, also when the run is killed.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import psycopg

from benchmarks.ground import lay_ground
from reporting.adapters import schema
from reporting.adapters.postgres.launcher import Cluster, launch
from reporting.adapters.processes.kernel import die_with_parent
from reporting.bootstrap import plain_url
from reporting.cli.ground import environment_of
from reporting.cli.up import web_command
from reporting.config import Settings

HOST: Final = "127.0.0.1"
ROOT: Final = Path(__file__).resolve().parents[1]
START_SECONDS: Final = 60.0
KEY: Final = "YmVuY2htYXJrcyBuZWVkIGEga2V5IG9mIDMyIGJ5dGU="


@dataclass(frozen=True, slots=True)
class Site:
    """The database and the settings every measured process runs with."""

    settings: Settings
    cluster: Cluster
    folder: Path
    token: str
    organisation_id: str

    def owner(self) -> psycopg.Connection[Any]:
        """A connection that sees everything; each statement is its own transaction."""
        return psycopg.connect(plain_url(self.cluster.owner_url), autocommit=True)

    @property
    def address(self) -> tuple[str, int]:
        return self.settings.host, self.settings.port


@contextmanager
def site() -> Iterator[Site]:
    """A migrated database with organisations, areas and an operator, on fresh ports."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="reporting-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        cluster = _database(folder / "database", stack)
        schema.upgrade(cluster.owner_url)
        settings = Settings(
            database_url=cluster.app_url,
            database_owner_url=cluster.owner_url,
            data_dir=str(folder),
            master_key=KEY,
            host=HOST,
            port=free_port(),
            stream_port=free_port(),
            trusted_proxies=1,
            log_level="error",
        )
        operator = lay_ground(settings)
        yield Site(settings, cluster, folder, operator.token, operator.organisation_id)


def _database(folder: Path, stack: ExitStack) -> Cluster:
    """The server remembers when each transaction committed: that is how the line is timed without disturbing it."""
    first = launch(folder)
    with psycopg.connect(plain_url(first.superuser_url), autocommit=True) as connection:
        connection.execute("alter system set track_commit_timestamp = on")
    first.stop()
    cluster = launch(folder)
    stack.callback(cluster.stop)
    return cluster


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextmanager
def web(here: Site, application: str = "", port: int = 0) -> Iterator[tuple[str, int]]:
    """The web process alone, or another WSGI application under exactly its settings; gives its address."""
    settings = replace(here.settings, port=port or here.settings.port)
    command = web_command(settings)
    if application:
        command = (*command[:-1], application)
    with _running(command, settings):
        _wait_for(f"http://{settings.host}:{settings.port}/health/live")
        yield settings.host, settings.port


@contextmanager
def everything(here: Site, redis_url: str = "") -> Iterator[int]:
    """All processes as `reporting up` starts them; gives the supervisor's process id."""
    settings = replace(here.settings, redis_url=redis_url)
    with _running((sys.executable, "-m", "reporting", "up"), settings) as process:
        _wait_for(f"http://{settings.host}:{settings.port}/health/live")
        _wait_for_pulses(here)
        yield process.pid


@contextmanager
def redis(here: Site) -> Iterator[str]:
    """A Redis server of its own with its default settings; gives its address."""
    port = free_port()
    command = ["redis-server", "--bind", HOST, "--port", str(port), "--dir", str(here.folder), "--save", ""]
    with _running(command, here.settings):
        _wait_for_port(port)
        yield f"redis://{HOST}:{port}/0"


def has_redis() -> bool:
    """Whether this machine has a Redis server to measure with."""
    return shutil.which("redis-server") is not None


@contextmanager
def _running(command: Sequence[str], settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {**environment_of(settings), "PYTHONPATH": str(ROOT), "HOME": str(Path.home())}
    ends_with_us = die_with_parent(signal.SIGTERM)
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        cwd=settings.data_dir,
        preexec_fn=ends_with_us,  # noqa: PLW1509
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(address: str) -> None:
    def answers() -> bool:
        try:
            with urllib.request.urlopen(address, timeout=1) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    _patiently(answers, address)


def _wait_for_port(port: int) -> None:
    def accepts() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, port)) == 0

    _patiently(accepts, f"port {port}")


def _wait_for_pulses(here: Site) -> None:
    """The line stands when relay and worker have given a sign of life since now."""
    with here.owner() as connection:
        connection.execute("delete from pulse")
        _patiently(lambda: _count(connection, "select count(*) from pulse where process in ('relay', 'worker')") == 2, "the line")


def _count(connection: "psycopg.Connection[Any]", statement: str) -> int:
    row = connection.execute(statement).fetchone()
    return int(row[0]) if row else 0


def _patiently(done: Any, what: str) -> None:
    until = time.monotonic() + START_SECONDS
    while not done():
        if time.monotonic() > until:
            raise RuntimeError(f"{what} did not come up within {START_SECONDS:.0f} s")
        time.sleep(0.05)


def environment_free_of_proxies() -> None:
    """The measured addresses are this machine's own: no proxy stands between."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        os.environ.pop(name, None)
