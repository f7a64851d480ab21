"""A control room for tests of the console: application and stream on free ports, incidents to work on, people who sign in."""

import contextlib
import gc
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from reporting import jobs
from reporting.adapters.doorbell import LIVE
from reporting.app import put_on_faces
from reporting.bootstrap import adapters, build, close_idle
from reporting.cli.ground import environment_of
from reporting.config import Settings
from reporting.extensions import db
from reporting.models.incident import Incident
from reporting.models.report import Report
from reporting.policy import Actor
from reporting.services import casework
from reporting.services.history import announce
from tests.cast import PEOPLE, Cast, a_report, new_key
from tests.site import Visits
from worker.line import run_line

DESK = (1366, 768)
GPU_GRUMBLES = ("GPU stall", "GL Driver Message", "WebGL")


@dataclass(frozen=True)
class Served:
    """The application, and the address it answers at."""

    url: str
    app: Flask


@dataclass
class Stream:
    """The live stream's process, which a test may stop and start again."""

    settings: Settings
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        command = [sys.executable, "-m", "reporting.stream"]
        self.process = subprocess.Popen(command, env=environment_of(self.settings), stderr=subprocess.DEVNULL)
        for _ in range(300):
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"{self.settings.stream_address}/health/live", timeout=1).close()
                return
            time.sleep(0.1)
        raise AssertionError("the stream did not start")

    def stop(self) -> None:
        """Ends it at once, as a fault would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class Room:
    """The city's control room: incidents come in, people sit down, colleagues act."""

    url: str
    stream: Stream
    cast: Cast
    line_app: Flask
    visits: Visits
    client: FlaskClient
    sessions: dict[str, Any] = field(default_factory=dict)

    def incident(self, **changes: Any) -> str:
        """Puts an incident before the city's room, as the line would; returns its id."""
        return self.incidents(changes)[0]

    def incidents(self, *many: dict[str, Any]) -> list[str]:
        """Many at once."""
        with self.line_app.app_context():
            rows = [Incident(**self._facts(**changes)) for changes in many]
            db.session.add_all(rows)
            db.session.flush()
            ids = [str(row.id) for row in rows]
            for row in rows:
                announce(db.session, row, "opened")
            db.session.commit()
            adapters().doorbell.ring(LIVE)
        return ids

    def _facts(self, opened_s: float = 30, **changes: Any) -> dict[str, Any]:
        opened = datetime.now(UTC) - timedelta(seconds=opened_s)
        priority, status = changes.get("priority", 3), changes.get("status", "new")
        target = adapters().settings.acknowledge_targets.get(priority)
        return {
            "number": uuid.uuid4().hex[:8].upper(),
            "organisation_id": uuid.UUID(self.cast.organisations["city"]),
            "category": "unattended_item",
            "priority": priority,
            "status": status,
            "summary": "Grey holdall by the ticket machine",
            "lat": 60.1690,
            "lon": 24.9400,
            "accuracy_m": 12,
            "place": "Central station",
            "opened_at": opened,
            "due_at": opened + timedelta(seconds=target) if target and status == "new" else None,
            "report_count": 1,
            "independent_sources": 1,
            **changes,
        }

    def filed(self, **told: Any) -> str:
        """A report through the public door and the whole line; returns the id of its incident."""
        answer = self.client.post("/api/v1/reports", json=a_report(**told), headers=new_key())
        report_id = uuid.UUID(answer.get_json()["id"])
        with self.line_app.app_context():
            for job in (jobs.TRIAGE, *jobs.LINE):  # what a busy machine put back is done at the second try
                run_line(job, [report_id])
            return str(db.session.get_one(Report, report_id).incident_id)

    def items(self, who: str = "aino") -> list[dict[str, Any]]:
        """The whole queue as the API tells it."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while cursor is not None:
            answer = self.client.get(f"/api/v1/incidents?limit=200&cursor={cursor}", headers=self.cast.headers(who)).get_json()
            found, cursor = found + answer["items"], answer["next"]
        return found

    def read(self, incident_id: str) -> dict[str, Any]:
        """An incident as the API tells it."""
        found: dict[str, Any] = self.client.get(f"/api/v1/incidents/{incident_id}", headers=self.cast.headers("aino")).get_json()
        return found

    def bo_acts(self, action: str, incident_id: str, *words: Any) -> None:
        """Bo, at another desk, does something to an incident as it stands."""
        who = Actor(self.cast.people["bo"].account_id, "supervisor", "Bo", self.cast.organisations["city"], "City room")
        version = self.read(incident_id)["version"]
        with self.line_app.app_context():
            getattr(casework, action)(who, incident_id, version, *words)

    def seat(self, who: str = "aino", size: tuple[int, int] = DESK, theme: str = "dark", **options: Any) -> Page:
        """A browser in which this person is signed in, without a page yet."""
        if who not in self.sessions:
            self.sessions[who] = self._sign_in(who)
        page = self.visits(*size, storage_state=self.sessions[who], **options)
        page.add_init_script(f"localStorage.setItem('control.theme', '{theme}')")
        return page

    def console(self, path: str = "/control/", who: str = "aino", **options: Any) -> Page:
        """The console as this person sees it once it is live."""
        page = self.seat(who, **options)
        page.goto(path)
        expect(page.locator("#link-state")).to_have_text("Live")
        if "map" not in path and "incidents/" not in path:
            expect(page.locator("#grid")).to_have_attribute("aria-rowcount", str(len(self.items(who))))
        return page

    def _sign_in(self, who: str) -> Any:
        page = self.visits(*DESK)
        page.goto("/control/sign-in")
        person = self.cast.people[who]
        page.get_by_label("E-mail").fill(f"{who}@example.org")
        page.get_by_label("Password").fill(person.password)
        page.get_by_label("Six-digit code").fill(pyotp.TOTP(person.totp_secret).now())
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_load_state()
        state = page.context.storage_state()
        page.context.close()
        return state


assert {"aino", "bo", "eve", "fred", "carl"} <= set(PEOPLE)


def free_ports() -> tuple[int, int]:
    """Two ports nobody uses at the moment."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


@pytest.fixture(scope="session")
def room_settings(settings: Settings) -> Settings:
    """The installation's settings with ports of its own."""
    port, stream_port = free_ports()
    return replace(settings, port=port, stream_port=stream_port)


@pytest.fixture(scope="session")
def control_room(room_settings: Settings) -> Iterator[Served]:
    """The application that talks to its own stream, served by threads of this process."""
    app = put_on_faces(build(room_settings, process="web", pool=8))
    server = make_server("127.0.0.1", room_settings.port, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield Served(f"http://127.0.0.1:{room_settings.port}", app)
    server.shutdown()
    serving.join()
    server.server_close()
    with app.app_context():
        db.session.remove()
        close_idle()
        adapters().doorbell.close()


@pytest.fixture(scope="session")
def stream(room_settings: Settings, cluster: object) -> Iterator[Stream]:
    """The live stream, running."""
    running = Stream(room_settings)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def live_stream(stream: Stream) -> Stream:
    """The stream, started again where the test before stopped it."""
    if stream.process is None:
        stream.start()
    return stream


@pytest.fixture
def room(control_room: Served, live_stream: Stream, cast: Cast, line_app: Flask, chromium: Browser) -> Iterator[Room]:
    """The city's control room on empty tables; at the end no page may have complained."""
    visits = Visits(chromium, control_room.url, forgiven=list(GPU_GRUMBLES))
    yield Room(control_room.url, live_stream, cast, line_app, visits, control_room.app.test_client())
    for context in chromium.contexts:
        context.close()
    forget_files()
    assert visits.complaints == []


def forget_files() -> None:
    """The test server leaves a range of the map open when a browser goes away in the middle of it; that is no fault of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
