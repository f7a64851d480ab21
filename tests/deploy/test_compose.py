"""docker-compose.yml, read by the real docker-compose: its commands exist, no secret and no default password stands in it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from reporting import jobs
from reporting.cli.main import cli
from tests.guards.tree import ROOT

pytestmark = pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed")

GIVEN = {"SITE_ADDRESS": "reports.example.org", "SECRETS_DIR": "/etc/reporting/secrets"}
PROCESSES = {"migrate", "web", "stream", "relay", "worker", "worker-media", "worker-delivery", "beat"}
SECRET_WORDS = ("PASSWORD", "MASTER_KEY", "TOKEN")


def compose(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Runs docker-compose on the project's file with this environment and no `.env`."""
    clean = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment}
    with tempfile.NamedTemporaryFile() as nothing:
        command = ["docker-compose", "--file", str(ROOT / "docker-compose.yml"), "--env-file", nothing.name, *arguments]
        return subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    """The file as docker-compose understands it."""
    answer = compose(GIVEN, "config")
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = yaml.safe_load(answer.stdout)
    return found


def test_it_is_valid() -> None:
    answer = compose(GIVEN, "config", "--quiet")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


@pytest.mark.parametrize("missing", sorted(GIVEN))
def test_it_refuses_to_be_read_without_secrets_or_a_name(missing: str) -> None:
    answer = compose({name: value for name, value in GIVEN.items() if name != missing}, "config", "--quiet")
    assert answer.returncode != 0
    assert "Missing mandatory value" in answer.stderr


def test_the_copied_example_alone_starts_nothing(tmp_path: Path) -> None:
    answer = subprocess.run(
        ["docker-compose", "--env-file", str(ROOT / ".env.example"), "config", "--quiet"],
        cwd=ROOT, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode != 0


def test_every_process_of_the_system_is_a_service(whole: dict[str, Any]) -> None:
    started = {each["command"][1] for each in whole["services"].values() if list(each.get("command", ""))[:1] == ["reporting"]}
    assert started == PROCESSES
    assert set(jobs.CONSUMERS) <= started


@pytest.mark.parametrize("command", sorted(PROCESSES))
def test_a_service_runs_a_command_that_exists(command: str) -> None:
    assert command in cli.list_commands(None)  # type: ignore[arg-type]


def test_nothing_secret_stands_in_it(whole: dict[str, Any]) -> None:
    for name, service in whole["services"].items():
        for variable, value in (service.get("environment") or {}).items():
            secret = any(word in variable for word in SECRET_WORDS) and not variable.endswith("_ID")
            assert not (secret and value and not str(value).startswith("/run/secrets/")), f"{name}: {variable}"
            assert "@" not in str(value) or ":" not in str(value).partition("@")[0].partition("//")[2], f"{name}: {variable}"


@pytest.mark.parametrize(
    ("promise", "kept"),
    [
        ("comes back when it dies", lambda service: service["restart"] in ("unless-stopped", "on-failure")),
        ("has bounded logs", lambda service: service["logging"]["options"]["max-size"]),
        ("asks for nothing by privilege", lambda service: not service.get("privileged")),
    ],
)
def test_every_service(whole: dict[str, Any], promise: str, kept: Callable[[dict[str, Any]], Any]) -> None:
    assert not [name for name, service in whole["services"].items() if not kept(service)], promise


def test_every_service_that_stays_is_watched(whole: dict[str, Any]) -> None:
    assert not {name for name, service in whole["services"].items() if not service.get("healthcheck")} - {"migrate"}


def test_only_the_proxy_can_be_reached(whole: dict[str, Any]) -> None:
    assert {name for name, service in whole["services"].items() if service.get("ports")} == {"proxy"}
    assert whole["networks"]["line"]["internal"] is True
    outside = {name for name, service in whole["services"].items() if "outside" in service["networks"]}
    assert outside == {"proxy", "worker-delivery"}, "who takes reports in calls nobody; who calls sees no report"


def test_the_owner_of_the_tables_only_migrates(whole: dict[str, Any]) -> None:
    holders = {
        name
        for name, service in whole["services"].items()
        if "owner_pgpass" in {each["source"] for each in service.get("secrets", [])}
    }
    assert holders == {"migrate"}


def test_the_intake_knows_no_broker(whole: dict[str, Any]) -> None:
    holders = {
        name
        for name, service in whole["services"].items()
        if "redis_url" in {each["source"] for each in service.get("secrets", [])}
    }
    assert holders == {"relay", "worker", "worker-media", "worker-delivery", "beat"}


def test_the_database_keeps_its_files_where_version_18_looks(whole: dict[str, Any]) -> None:
    database = whole["services"]["database"]
    assert database["image"] == "postgres:18"
    assert "database:/var/lib/postgresql:rw" in database["volumes"]
