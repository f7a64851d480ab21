"""`reporting demo`: the whole system on one machine with its own database, the demo city, and fresh sign-ins."""

import fcntl
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click
import pyotp

from reporting.adapters.processes.checks import CannotStart, require_free_port
from reporting.adapters.processes.program import Program
from reporting.adapters.supervisor import Supervisor
from reporting.cli.city import SIGN_INS
from reporting.cli.ground import environment_of
from reporting.cli.up import COMMAND, all_programs
from reporting.config import Settings, read_settings
from reporting.domain.errors import Refused

PATIENCE_S = 10.0
"""After a `kill -9` of an earlier run its processes need some seconds to let go of their ports."""
TEXT_IN_FINLAND = "112"
"""The demo city's country takes emergency calls as text messages too."""
SHOWN = ("operator", "supervisor", "venue_staff", "venue_manager")


@click.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path(".data"), show_default=True)
@click.option("--port", type=click.IntRange(1, 65534), default=8000, show_default=True)
def demo(data: Path, port: int) -> None:
    """Run everything with the demo city; Ctrl-C stops it cleanly. A second start keeps the data."""
    data = data.absolute()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(data):
        _run(data, port)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Two demos on one folder would take each other's sign-ins away."""
    with (data / ".demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotStart(f"a demo runs in {data} already: stop it or choose another folder with --data") from None
        yield


def _run(data: Path, port: int) -> None:
    (data / SIGN_INS).unlink(missing_ok=True)
    told = read_settings()
    settings = replace(told, data_dir=str(data), port=port, stream_port=port + 1, host="127.0.0.1", public_url="", push="on")
    settings = replace(settings, emergency_text=told.emergency_text or TEXT_IN_FINLAND)
    for each in (settings.port, settings.effective_stream_port):
        require_free_port(settings.host, each, PATIENCE_S)
    programs, settings = all_programs(settings)
    ready = tuple(program.name for program in programs)
    programs.append(Program("city", (*COMMAND, "load-city"), environment_of(settings, owner=True), depends=ready, once=True))
    sys.exit(Supervisor(programs, sys.stderr, on_ready=lambda: announce(settings)).run())


def announce(settings: Settings) -> None:
    """Addresses and a few sign-ins; the rest stands in demo.json."""
    path = Path(settings.data_dir) / SIGN_INS
    told = json.loads(path.read_text(encoding="utf-8"))
    accounts, device = told["accounts"], told["device_code"]
    lines = [
        "",
        f"  Public pages   {settings.origin}/",
        f"  Control room   {settings.origin}/control/",
        f"  Venue staff    {settings.origin}/venue/",
        "",
    ]
    for name in SHOWN:
        each = accounts[name]
        lines.append(f"  {name:<14} {each['email']:<28} password {each['password']}  code secret {each['totp_secret']}")
    lines += ["", f"  Code for a device of {device['for']} at /venue/: {device['code']}, once, within 12 hours"]
    lines += ["", f"  Every sign-in and token: {path}"]
    lines += [f"  A six-digit code now: {sys.argv[0]} code {SHOWN[0]} --data {settings.data_dir}", ""]
    click.echo("\n".join(lines))


@click.command()
@click.argument("account", default="operator")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=Path(".data"), show_default=True)
def code(account: str, data: Path) -> None:
    """The six-digit code of a demo account, as its authenticator would show it now."""
    try:
        known = json.loads((data / SIGN_INS).read_text(encoding="utf-8"))["accounts"]
    except OSError:
        raise Refused(f"{data / SIGN_INS} is not there: the demo writes it when it is ready.") from None
    if account not in known:
        raise Refused(f"There is no demo account {account}; there are {', '.join(known)}.")
    click.echo(pyotp.TOTP(known[account]["totp_secret"]).now())
