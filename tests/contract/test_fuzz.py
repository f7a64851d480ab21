"""Schemathesis over the whole API: every operation, every phase, every check, as an operator and as nobody. No surprises.

Three rules that OpenAPI has no words for are kept for requests that are meant to be right, as the description's README tells
people: keys and receipt codes are fresh for each report, a version is named once, a cursor goes with the order of its page.
"""

import base64
import json
import threading
import uuid
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from schemathesis.engine import Status, events, from_schema
from schemathesis.transport.wsgi import WSGITransport

from reporting import jobs
from reporting.domain.receipts import new_receipt_code
from reporting.queries.health import PROCESSES
from reporting.services.line import beat_pulse, claim_new
from tests.cast import Cast, a_report, new_key
from tests.contract.document import Json, strict
from tests.pictures import digest
from tests.test_line import run

pytestmark = pytest.mark.db

EXAMPLES = 80
SEQUENCES = {"max-steps": 8, "generation": {"max-examples": 15}}
NETWORK_SETTINGS = ("max_redirects", "verify", "cert", "proxies")


def cursors() -> st.SearchStrategy[str]:
    """Cursors of the default order, as a page gives them."""
    times = st.datetimes().map(lambda moment: moment.isoformat() + "Z")
    parts = st.tuples(st.just("priority"), st.integers(1, 4), times | st.just("infinity"), times, st.uuids().map(str))
    return parts.map(lambda told: base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode())


def boxes() -> st.SearchStrategy[str]:
    """Boxes whose south is not north of their north."""
    degrees = st.floats(-90, 90, allow_nan=False)
    corners = st.tuples(degrees, degrees, degrees, degrees)
    return corners.map(lambda at: f"{at[0] * 2},{min(at[1], at[3])},{at[2] * 2},{max(at[1], at[3])}")


schemathesis.openapi.format("receipt-code", st.integers(0, 2**75 - 1).map(lambda bits: new_receipt_code(lambda _n: bits)))
schemathesis.openapi.format("idempotency-key", st.uuids().map(str))
schemathesis.openapi.format("bbox", boxes())
schemathesis.openapi.format("cursor", cursors())
schemathesis.openapi.format("sha-256-digest", st.binary(max_size=9).map(digest))
schemathesis.serializer.alias("application/partial-upload", "application/octet-stream")


@schemathesis.hook("before_call")
def keep_the_rules(_context: Any, case: Any, _settings: dict[str, Any]) -> None:
    """Makes a case that is meant to be right keep the three rules; one that is meant to be wrong stays as it is."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    body = case.body if isinstance(case.body, dict) else {}
    if case.operation.label == "POST /api/v1/reports":
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
        if body.get("receipt_code"):
            body["receipt_code"] = new_receipt_code(lambda _n: uuid.uuid4().int >> 53)
    elif case.method == "POST" and "incident_id" in (case.path_parameters or {}):
        named_in_header = "If-Match" in (case.headers or {})
        body["version"] = None if named_in_header else 1 if body.get("version") is None else body["version"]
    if "cursor" in (case.query or {}):
        case.query.pop("sort", None)


@pytest.fixture(autouse=True)
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests reach the application as from this machine, and without the settings of a network session, which an
    in-process client does not know."""
    send = WSGITransport.send

    def sent(self: WSGITransport, case: Any, **settings: Any) -> Any:
        own = {name: value for name, value in settings.items() if name not in NETWORK_SETTINGS}
        return send(self, case, **own, environ_base={"REMOTE_ADDR": "127.0.0.1"})

    monkeypatch.setattr(WSGITransport, "send", sent)


@pytest.fixture
def living_line(line_app: Flask, cast: Cast, client: FlaskClient) -> Iterator[None]:
    """A line at work beside the requests: signs of life, and incidents out of what is filed."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.2):
            with line_app.app_context():
                for process in PROCESSES:
                    beat_pulse(process)
                letters = claim_new(50)
            run(line_app, *(letter.subject_id for letter in letters if letter.job == jobs.TRIAGE))

    client.post("/api/v1/reports", json=a_report(), headers=new_key())
    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()


@dataclass
class Outcome:
    """How many requests each phase made, and what was found wrong, in words."""

    requests: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def take(self, event: Any) -> None:
        """Takes in one event of the engine."""
        if isinstance(event, events.NonFatalError | events.FatalError):
            info = getattr(event, "info", None)
            self.wrong.append(f"{info.title}: {info.message}\n{info.traceback}" if info else repr(event))
        if isinstance(event, events.ScenarioFinished):
            phase = event.phase.name
            self.requests[phase] = self.requests.get(phase, 0) + len(event.recorder.cases)
            self.wrong += list(_failures(phase, event.recorder))


def _failures(phase: str, recorder: Any) -> Iterator[str]:
    for key, checks in recorder.checks.items():
        for check in checks:
            if check.status == Status.FAILURE:
                failure = check.failure_info.failure
                asked = recorder.cases[key].value.as_curl_command()
                yield f"{phase} {recorder.label}: {check.name}: {failure.title}: {failure.message}\n  {asked[:2000]}"


def walk(app: Flask, described: Json, token: str | None, examples: int = EXAMPLES) -> Outcome:
    """Runs every phase of the engine over the described API."""
    config: dict[str, Any] = {
        "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
        "phases": {"stateful": SEQUENCES},
        "auth": {"openapi": {"token": {"bearer": token}}} if token else {},
    }
    schema = schemathesis.openapi.from_dict(described, config=schemathesis.Config.from_dict(config))
    schema.app = app
    outcome = Outcome()
    for event in from_schema(schema).execute():
        outcome.take(event)
    return outcome


@pytest.mark.parametrize("who", ["aino", None])
def test_nothing_in_the_api_surprises(web_app: Flask, cast: Cast, living_line: None, who: str | None) -> None:
    outcome = walk(web_app, strict(), cast.tokens[who] if who else None)
    assert outcome.wrong == [], "\n\n".join(outcome.wrong)
    assert set(outcome.requests) == {"EXAMPLES", "COVERAGE", "FUZZING", "STATEFUL_TESTING"}


def test_the_walk_would_notice(web_app: Flask, client: FlaskClient) -> None:
    """The net holds: a status, a field, a parameter and a guard that are described wrongly are each found."""
    described = deepcopy(strict())
    kept = ("/api/v1/reports", "/api/v1/categories", "/api/v1/venues/{code}", "/health/live")
    described["paths"] = {path: described["paths"][path] for path in kept}
    del described["paths"]["/api/v1/venues/{code}"]["get"]["responses"]["404"]
    described["components"]["schemas"]["Category"]["properties"]["icon"] = {"type": "integer"}
    described["paths"]["/health/live"]["get"]["security"] = [{"token": []}]
    described["paths"]["/api/v1/categories"]["get"]["parameters"][0]["schema"] = {"type": "string", "enum": ["en"]}
    said = "\n".join(walk(web_app, described, "rpt_none", examples=5).wrong)
    for check in ("status_code_conformance", "response_schema_conformance", "ignored_auth", "negative_data_rejection"):
        assert check in said
