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
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psycopg

from benchmarks import processes
from benchmarks.ground import Operator, lay_ground
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


class Site:
    """The database, the settings every measured process runs with, and what runs at this moment.

    What is asked for stays until something else is asked for: starting the whole system takes longer than some measurements.
    """

    def __init__(self, settings: Settings, cluster: Cluster, operator: Operator) -> None:
        self.settings = settings
        self.cluster = cluster
        self.token = operator.token
        self.organisation_id = operator.organisation_id
        self._runs = ""
        self._stack = ExitStack()
        self._started = 0

    @property
    def address(self) -> tuple[str, int]:
        return self.settings.host, self.settings.port

    def owner(self) -> "psycopg.Connection[Any]":
        """A connection that sees everything; each statement is its own transaction."""
        return psycopg.connect(plain_url(self.cluster.owner_url), autocommit=True)

    def database_processes(self) -> list[int]:
        """The database server and everything it has started."""
        return [*([self.cluster.pid] if self.cluster.pid else []), *processes.titled(f"postgres: {self.cluster.home.mark}: ")]

    def web(self) -> int:
        """Runs the web alone; gives the process id of its first process."""
        if self._runs != "web":
            self.rest()
            process = self._stack.enter_context(running(web_command(self.settings), self.settings))
            wait_for(f"http://{self.settings.host}:{self.settings.port}/health/live")
            self._runs, self._started = "web", process.pid
        return self._started

    def line(self, broker: str) -> int:
        """Runs all processes as `reporting up` starts them, over `redis` or `files`; gives the supervisor's process id."""
        if self._runs != broker:
            self.rest()
            address = self._stack.enter_context(redis(self.settings)) if broker == "redis" else ""
            settings = replace(self.settings, redis_url=address)
            process = self._stack.enter_context(running((sys.executable, "-m", "reporting", "up"), settings))
            wait_for(f"http://{settings.host}:{settings.port}/health/live")
            with self.owner() as connection:
                _wait_for_line(connection)
            self._runs, self._started = broker, process.pid
        return self._started

    def rest(self) -> None:
        """Ends whatever runs, but not the database."""
        self._stack.close()
        self._runs = ""


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
        here = Site(settings, cluster, lay_ground(settings))
        stack.callback(here.rest)
        yield here


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
def under_the_same_settings(here: Site, application: str) -> Iterator[tuple[str, int]]:
    """Another WSGI application exactly as the web is served; gives its address."""
    settings = replace(here.settings, port=free_port())
    with running((*web_command(settings)[:-1], application), settings):
        wait_for(f"http://{settings.host}:{settings.port}/health/live")
        yield settings.host, settings.port


@contextmanager
def redis(settings: Settings) -> Iterator[str]:
    """A Redis server of its own with its default settings; gives its address."""
    port = free_port()
    command = ["redis-server", "--bind", HOST, "--port", str(port), "--dir", settings.data_dir, "--save", ""]
    with running(command, settings):
        _wait_for_port(port)
        yield f"redis://{HOST}:{port}/0"


def has_redis() -> bool:
    """Whether this machine has a Redis server to measure with."""
    return shutil.which("redis-server") is not None


@contextmanager
def running(command: Sequence[str], settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that ends with the block; what it says goes into a log in the run's folder."""
    environment = {**environment_of(settings, owner=True), "PYTHONPATH": str(ROOT)}
    ends_with_us = die_with_parent(signal.SIGTERM)
    with open(Path(settings.data_dir) / "processes.log", "ab") as log:
        process = subprocess.Popen(
            command,
            env=environment,
            stdout=log,
            stderr=log,
            cwd=settings.data_dir,
            preexec_fn=ends_with_us,  # noqa: PLW1509  started from the only thread
        )
    try:
        yield process
    except RuntimeError:
        print(log_tail(settings), file=sys.stderr)
        raise
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def log_tail(settings: Settings) -> str:
    """The last lines that the processes wrote."""
    return (Path(settings.data_dir) / "processes.log").read_text(errors="replace")[-3000:]


def wait_for(address: str) -> None:
    """Waits until the address answers; raises RuntimeError when it does not come up."""

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


def _wait_for_line(connection: "psycopg.Connection[Any]") -> None:
    """The line stands when relay and worker have given a sign of life since now."""
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
