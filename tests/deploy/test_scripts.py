"""The scripts that set up an installation: what they make is what the services and the program expect."""

import os
import re
import shutil
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

from reporting.adapters.postgres import initialise
from reporting.config import MASTER_KEY_BYTES, Settings, master_key
from tests.guards.tree import ROOT, named, tracked_files

SCRIPTS = sorted([*(ROOT / "deploy").rglob("*.sh"), ROOT / ".ci/run"])


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_a_script_parses_and_may_be_run(path: Path) -> None:
    shell = "bash" if "bash" in path.read_text().splitlines()[0] else "sh"
    assert subprocess.run([shell, "-n", str(path)], check=False).returncode == 0
    assert path.stat().st_mode & stat.S_IXUSR


def made(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Runs the script that makes secrets."""
    command = ["sh", str(ROOT / "deploy/secrets.sh"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.root
def test_secrets_are_private_and_fit_together(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert made(folder).returncode == 0
    files = {path.name: path.read_text().strip() for path in folder.iterdir()}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 and path.stat().st_uid == 999 for path in folder.iterdir())
    assert files["app_pgpass"] == f"database:5432:reporting:reporting_app:{files['app_password']}"
    assert files["owner_pgpass"] == f"database:5432:reporting:reporting_owner:{files['owner_password']}"
    assert files["redis_url"] == f"redis://:{files['redis_conf'].removeprefix('requirepass ')}@redis:6379/0"
    assert len(master_key(Settings(secrets_file=str(folder / "master_key.json")))) == MASTER_KEY_BYTES
    assert len({files[name] for name in ("postgres_password", "owner_password", "app_password")}) == 3


@pytest.mark.root
def test_secrets_are_never_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    made(folder)
    before = {path.name: path.read_text() for path in folder.iterdir()}
    again = made(folder)
    assert (again.returncode, len(again.stderr.splitlines())) == (1, 1)
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_every_secret_that_compose_names_is_made() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    wanted = set(re.findall(r"SECRETS_DIR[^}]*\}/([\w.]+)\"", compose))
    script = (ROOT / "deploy/secrets.sh").read_text()
    assert wanted == set(re.findall(r"^keep ([\w.]+)", script, re.MULTILINE))


def test_both_ways_to_make_a_database_give_the_same_roles() -> None:
    """The embedded server and the container's script must not drift apart."""
    passwords = {"reporting_owner": "$owner", "reporting_app": "$app"}
    ours = [*initialise._roles_and_database(passwords), *initialise._schema()]
    script = (ROOT / "deploy/database/roles.sh").read_text().replace("$powerless", initialise._POWERLESS)
    theirs = script.partition("<<SQL\n")[2].partition("\nSQL")[0].replace("\\connect reporting\n", "")
    assert [line.rstrip(";").lower() for line in theirs.splitlines()] == [line.lower() for line in ours]


@pytest.mark.parametrize(
    ("said", "status", "wanted"),
    [
        ('{"problems": []}', 0, 0),
        ('{"problems": ["worker is silent"]}', 1, 0),
        ('{"problems": ["relay is silent"]}', 1, 1),
        ("", 1, 1),
    ],
)
def test_a_container_is_ill_when_its_own_process_is_silent(tmp_path: Path, said: str, status: int, wanted: int) -> None:
    answering = tmp_path / "reporting"
    answering.write_text(f"#!/bin/sh\nprintf '%s' '{said}'\nexit {status}\n")
    answering.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    command = ["sh", str(ROOT / "deploy/container/healthy.sh"), "relay"]
    assert subprocess.run(command, env=environment, check=False).returncode == wanted


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize("target", ["demo", "test", "bench", "lint", "lock"])
def test_make_knows_the_target(target: str) -> None:
    assert subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, check=False).returncode == 0


def test_the_lock_files_hold_everything_with_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        pinned = re.findall(r"^([\w.-]+)==.*\\$", text, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[\w.-]+", text, re.MULTILINE)), "every line pins a version and has hashes"
        assert "//" not in text
    assert (ROOT / "requirements-dev.lock").read_text().count("==") > (ROOT / "requirements.lock").read_text().count("==")


def test_every_file_of_the_program_is_installed_with_it() -> None:
    """What is no Python file comes along only where `package-data` in pyproject.toml names its ending."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    rooms = ("reporting/", "worker/", "migrations/")
    files = [path for path in tracked_files() if named(path).startswith(rooms) and path.suffix != ".py"]
    assert not [named(path) for path in files if not any(path.match(pattern) for pattern in patterns)]
