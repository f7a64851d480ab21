"""S13: nothing a person wrote is in a log, a message, a figure, or a table that is not meant to hold it."""

import base64
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from reporting.adapters.postgres.launcher import Cluster
from reporting.config import Settings
from tests.canaries import CANARIES, SECRETS
from tests.cast import put_on_stage
from tests.emptying import empty

pytestmark = pytest.mark.db

ROOT = Path(__file__).parents[1]
MEANT = {
    "message": ("description", "language"),
    "report": (
        "description",
        "why_unusual",
        "place",
        "moving_to",
        "already_told",
        "language",
        "venue",
        "observed_at",
        "latitude",
        "longitude",
    ),
    "incident": ("description", "place", "venue", "latitude", "longitude"),
    "trace": ("own latitude",),
    "account": ("operator", "operator email"),
    "token": ("token name",),
    "assessment": ("description",),
}
"""Table -> the canaries that it is meant to hold in clear. Every other table holds none."""


@pytest.fixture(scope="module")
def walked(cluster: Cluster, settings: Settings, owner: Engine, line_app: Flask, tmp_path_factory: Any) -> Any:
    """The walk, done once, in a process of its own: its words, what it handed out, and what the database logged meanwhile."""
    empty(owner)
    with line_app.app_context():
        put_on_stage()
    told = asdict(settings) | {"data_dir": str(tmp_path_factory.mktemp("canaries"))}
    log = cluster.home.log
    command = [sys.executable, "-m", "tests.canary_walk"]
    done = subprocess.run(command, input=json.dumps(told), capture_output=True, text=True, cwd=ROOT, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return {"log": done.stderr, "server": log.read_text(encoding="utf-8", errors="replace"), **json.loads(done.stdout)}


def secrets_in(words: str) -> list[str]:
    return [secret for secret in SECRETS if secret.lower() in words.lower()]


def test_no_log_line_holds_a_canary(walked: Any) -> None:
    assert secrets_in(walked["log"]) == []


def test_every_line_of_the_log_is_ours(walked: Any) -> None:
    told = [json.loads(line) for line in walked["log"].splitlines()]
    events = {each["event"] for each in told}
    assert {"line.put_back", "request.failed", "database.away", "process.crashed", "library"} <= events
    assert all("withheld" not in each for each in told)


def test_the_databases_own_log_holds_none(walked: Any) -> None:
    assert "ready to accept connections" in walked["server"]
    assert secrets_in(walked["server"]) == []


def test_messages_carry_ids_and_nothing_else(walked: Any) -> None:
    assert walked["messages"]
    for message in walked["messages"]:
        body = base64.b64decode(json.loads(message)["body"]).decode()
        assert secrets_in(message) == secrets_in(body) == []


def test_figures_hold_none(walked: Any) -> None:
    assert "reporting_filed" in walked["metrics"] and secrets_in(walked["metrics"]) == []


def test_every_table_holds_what_it_is_meant_to_and_no_more(walked: Any, owner: Engine) -> None:
    with owner.connect() as connection:
        names = connection.execute(text("select tablename from pg_tables where schemaname = 'public'")).scalars().all()
        for name in names:
            read = "\n".join(connection.execute(text(f"select row_to_json(t)::text from {name} t")).scalars())
            allowed = {CANARIES[key].lower() for key in MEANT.get(name, ())}
            found = {canary.lower() for canary in CANARIES.values() if canary.lower() in read.lower()}
            assert found <= allowed, name
            if name in ("outbox", "report", "audit_event", "live_event", "assessment", "incident"):
                assert read or name in ("outbox",), name


def test_a_dead_letter_names_the_fault_and_not_the_words(walked: Any, owner: Engine) -> None:
    """The walk poisoned its report until it was dead before it let it go on."""
    lines = [json.loads(line) for line in walked["log"].splitlines()]
    kinds = {each["error"] for each in lines if each["event"] == "line.put_back"}
    assert kinds == {"ValueError", "InvalidTextRepresentation"}


def test_canaries_would_be_found() -> None:
    """The search itself: each canary is found where it is."""
    for canary in CANARIES.values():
        assert secrets_in(f"x{canary.upper()}y")
