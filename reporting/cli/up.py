"""`reporting up`: every process of the system on one machine, supervised; and `web` and `stream` one by one."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from reporting.adapters.postgres.launcher import as_program, prepare
from reporting.adapters.processes.checks import CannotStart, require_free_port, require_free_space
from reporting.adapters.processes.program import Program
from reporting.adapters.supervisor import Supervisor
from reporting.cli.ground import DATABASE_NAME, environment_of, with_secrets
from reporting.config import Settings, read_settings

SPACE_NEEDED = 200 * 1024 * 1024
LINE = ("relay", "worker", "worker-media", "worker-delivery", "beat")
COMMAND = (sys.executable, "-m", "reporting")
WEB_STOP_SECONDS = 4.0


@click.command()
def up() -> None:
    """Run all processes from the settings in the environment (see .env.example)."""
    settings = read_settings()
    if not settings.database_url and os.geteuid() == 0:
        raise CannotStart("as root, set DATABASE_URL: an embedded database is for a user of its own (`reporting demo` may)")
    programs, settings = all_programs(settings)
    sys.exit(Supervisor(programs, sys.stderr, on_ready=lambda: announce(settings)).run())


def announce(settings: Settings) -> None:
    """Where everything is."""
    click.echo(f"Ready. Public pages: {settings.origin}/   Control room: {settings.origin}/control/")


def all_programs(settings: Settings, then: Sequence[Program] = ()) -> tuple[list[Program], Settings]:
    """Every program, and the settings they run with. Refuses ports in use and a full disk before anything is started."""
    data = Path(settings.data_dir).absolute()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    require_free_space(data, SPACE_NEEDED)
    require_free_port(settings.host, settings.port)
    require_free_port(settings.host, settings.effective_stream_port)
    settings = with_secrets(replace(settings, data_dir=str(data)), data)
    programs: list[Program] = []
    if not settings.database_url:
        cluster = prepare(data / DATABASE_NAME)
        settings = replace(settings, database_url=cluster.app_url, database_owner_url=cluster.owner_url)
        programs.append(as_program(cluster))
    environment = environment_of(settings)
    return [*programs, *_processes(settings, environment, bool(programs)), *then], settings


def _processes(settings: Settings, environment: Mapping[str, str], embedded: bool) -> list[Program]:
    before = ("database",) if embedded else ()
    after = ("migrate",)
    web_ready = answers(f"http://{settings.host}:{settings.port}/health/live")
    stream_ready = answers(f"http://{settings.host}:{settings.effective_stream_port}/health/live")
    return [
        Program("migrate", (*COMMAND, "migrate"), environment_of(settings, owner=True), depends=before, once=True),
        Program("web", web_command(settings), environment, web_ready, after, stop_seconds=WEB_STOP_SECONDS),
        Program("stream", (sys.executable, "-m", "reporting.stream"), environment, stream_ready, after),
        *(Program(name, (*COMMAND, name), environment, depends=after) for name in LINE),
    ]


def answers(address: str) -> Callable[[], bool]:
    """A cheap question: does the address answer?"""

    def ask() -> bool:
        try:
            with urllib.request.urlopen(address, timeout=0.5) as response:  # noqa: S310  our own loopback address
                return bool(response.status == 200)
        except (TimeoutError, urllib.error.URLError, ConnectionError):
            return False

    return ask


def web_command(settings: Settings) -> tuple[str, ...]:
    """granian: one process per core, an event loop and a few threads each; a worker that dies is replaced."""
    return (
        *(sys.executable, "-m", "granian", "--interface", "asginl", "--loop", "uvloop", "--factory", "--no-ws", "--http", "1"),
        *("--host", settings.host, "--port", str(settings.port), "--workers", str(settings.web_processes)),
        *("--backlog", "2048", "--backpressure", "4096", "--http1-header-read-timeout", "10000"),
        *("--respawn-failed-workers", "--respawn-interval", "0.3", "--workers-kill-timeout", "3"),
        *("--log-level", "warning", "reporting.web.server:application"),
    )


@click.command()
def web() -> None:
    """Run the web process in the foreground."""
    command = web_command(read_settings())
    os.execv(command[0], command)  # noqa: S606  replaces this process, so that signals reach the server


@click.command()
def stream() -> None:
    """Run the live stream in the foreground."""
    os.execv(sys.executable, (sys.executable, "-m", "reporting.stream"))  # noqa: S606
