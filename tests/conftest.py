"""The test bench: a real PostgreSQL under our own launcher, the application in two sights, and a fixed cast of people."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine

from reporting.adapters import schema
from reporting.adapters.postgres.launcher import Cluster, ServerSettings, launch
from reporting.app import put_on_faces
from reporting.auth.guesses import GUESSES, SIGN_INS
from reporting.bootstrap import SYSTEM, adapters, build, close_idle
from reporting.config import Settings
from reporting.extensions import db
from tests.cast import Cast, put_on_stage
from tests.emptying import empty

pytest_plugins = (
    "tests.site",
    "tests.control_room",
    "tests.drafting",
    "tests.outside",
    "tests.pictures",
    "tests.looking",
    "tests.talking",
)

KEY = "dGhpcyBpcyBhIHRlc3Qga2V5IG9mIDMyIGJ5dGVzISE="
SHARED_DATA = Path(os.environ.get("REPORTING_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
LOOPBACK = ("127.", "::1", "localhost")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What this machine cannot run is deselected and listed, never skipped."""
    reasons = {}
    if not SHARED_DATA.is_dir():
        reasons["shared_data"] = "the outside data is not here"
    if os.geteuid() != 0:
        reasons["root"] = "not root"
    out = [item for item in items if any(item.get_closest_marker(name) for name in reasons)]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in set(out)]
        config.stash[DESELECTED] = [item.nodeid for item in out]


DESELECTED = pytest.StashKey[list[str]]()
SKIPPED = pytest.StashKey[list[str]]()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remembers skips: where CI is set, each one is a failure."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


_skipped: list[str] = []


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With `CI` set a skipped test fails the run."""
    if os.environ.get("CI") and _skipped and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Lists what was deselected for want of data or rights."""
    for nodeid in config.stash.get(DESELECTED, []):
        terminalreporter.write_line(f"deselected here: {nodeid}")
    if os.environ.get("CI"):
        for nodeid in _skipped:
            terminalreporter.write_line(f"skipped, which counts as a failure: {nodeid}")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests talk to this machine only."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> object:
        host = address[0] if isinstance(address, tuple) else ""
        if host and not str(host).startswith(LOOPBACK):
            raise AssertionError(f"a test reached for the network: {address}")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A folder the database's account can reach."""
    path = Path(tempfile.mkdtemp(prefix="reporting-tests-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster(folder: Path) -> Iterator[Cluster]:
    """A PostgreSQL server with current tables, for the whole session."""
    running = launch(folder / "database", ServerSettings(fsync=False))
    schema.upgrade(running.owner_url)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def owner(cluster: Cluster) -> Iterator[Engine]:
    """The owner's connection: it sees everything and may change anything."""
    engine = create_engine(cluster.owner_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def settings(cluster: Cluster, folder: Path) -> Settings:
    """Settings of the test installation."""
    return Settings(
        database_url=cluster.app_url,
        database_owner_url=cluster.owner_url,
        master_key=KEY,
        data_dir=str(folder),
        time_zone="Europe/Helsinki",
    )


@pytest.fixture(scope="session")
def web_app(settings: Settings) -> Iterator[Flask]:
    """The web application, with the sight a face has: none."""
    app = put_on_faces(build(settings, process="web", pool=8))
    yield app
    _let_go(app)


@pytest.fixture(scope="session")
def line_app(settings: Settings) -> Iterator[Flask]:
    """The ground of the line's processes, with sight of everything."""
    app = build(settings, process="worker", reach=SYSTEM, pool=8)
    yield app
    _let_go(app)


def _let_go(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        close_idle()
        adapters().doorbell.close()


@pytest.fixture(autouse=True)
def _nobody_guessed() -> None:
    GUESSES.forget()
    SIGN_INS.forget()


@pytest.fixture
def clean(owner: Engine) -> None:
    """Empty tables."""
    empty(owner)


@pytest.fixture
def cast(clean: None, line_app: Flask) -> Cast:
    """Aino and Bo of the city, Carl of the mall who must not see the city's, and the others; with their tokens."""
    with line_app.app_context():
        return put_on_stage()


@pytest.fixture
def client(web_app: Flask, clean: None) -> FlaskClient:
    """A browser without any sign-in, on empty tables."""
    return web_app.test_client()
