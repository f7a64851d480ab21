"""Whose rights the embedded server gets: an ordinary user's own, or an unprivileged account's where root starts it."""

import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from reporting.adapters.postgres.account import Account, How, choose_account
from reporting.adapters.postgres.binaries import choose_binaries
from reporting.adapters.postgres.launcher import LauncherError, ServerSettings, launch
from reporting.adapters.postgres.leftovers import holders

PROJECT = Path(__file__).resolve().parents[2]
OUR_CODE = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")])}
START_AND_TELL = """
import json, os, sys
from pathlib import Path
from reporting.adapters.postgres.launcher import ServerSettings, launch
wishes = json.loads(sys.argv[2])
cluster = launch(Path(sys.argv[1]), ServerSettings(fsync=False, shared_buffers_mb=32, **wishes))
print(json.dumps({"uid": os.geteuid(), "pid": cluster.pid, "url": cluster.app_url, "how": cluster.account.how.value}), flush=True)
sys.stdin.readline()
cluster.stop()
"""


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder that every account can reach."""
    with tempfile.TemporaryDirectory(prefix="reporting-test-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def settings_in(room: Path) -> ServerSettings:
    return ServerSettings(fsync=False, shared_buffers_mb=32, common=str(room / "common"))


def who_asks(url: str) -> str:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute("SELECT current_user::text").fetchone()
    assert row is not None
    return str(row[0])


def owner_of(pid: int | None) -> int:
    assert pid is not None
    return Path(f"/proc/{pid}").stat().st_uid


# An ordinary user -----------------------------------------------------------------------------------------------------


def an_interpreter_for(uid: int, room: Path) -> list[str]:
    """A Python that this user can run; a copy of ours where it lies in a closed folder."""
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        ask = [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        try:
            if subprocess.run(ask, user=uid, check=False, cwd="/", stderr=subprocess.DEVNULL).returncode == 0:
                return [candidate]
        except OSError:
            continue
    home = room / "python"
    leave = shutil.ignore_patterns("test", "site-packages", "__pycache__", "*.a")
    shutil.copytree(sys.base_prefix, home, symlinks=True, ignore=leave)
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return ["/usr/bin/env", f"PYTHONHOME={home}", f"LD_LIBRARY_PATH={home / 'lib'}", str(home / "bin" / name)]


def as_ordinary_user(room: Path) -> tuple[list[str], dict[str, object], dict[str, object]]:
    """Interpreter, process options and settings to run the launcher without root's rights.

    An ordinary user runs it as it is. Root lends the code, an interpreter and the server's programs to `nobody`.
    """
    if os.geteuid() != 0:
        return [sys.executable], {"env": OUR_CODE}, {}
    entry = pwd.getpwnam("nobody")
    nobody = Account(entry.pw_uid, entry.pw_gid, "nobody", How.DROPPED)
    code = room / "code" / "reporting"
    shutil.copytree(PROJECT / "reporting" / "adapters" / "postgres", code / "adapters" / "postgres")
    shutil.copytree(PROJECT / "reporting" / "adapters" / "processes", code / "adapters" / "processes")
    binaries = choose_binaries(settings_in(room), nobody, None).folder
    options = {"user": nobody.uid, "group": nobody.gid, "extra_groups": (), "env": {"PYTHONPATH": str(room / "code")}}
    return an_interpreter_for(nobody.uid, room), options, {"binaries": str(binaries)}


@pytest.mark.db
def test_an_ordinary_user_runs_the_server_himself(room: Path) -> None:
    interpreter, options, wishes = as_ordinary_user(room)
    data = room / "data"
    data.mkdir()
    if os.geteuid() == 0:
        os.chown(data, options["user"], options["group"])  # type: ignore[arg-type]
    for start in ("first", "second"):
        command = [*interpreter, "-c", START_AND_TELL, str(data), json.dumps(wishes)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/", **options) as program:  # type: ignore[call-overload]
            said = json.loads(program.stdout.readline())
            assert said["uid"] != 0, start
            assert owner_of(said["pid"]) == said["uid"]
            assert said["how"] == "itself"
            assert who_asks(said["url"]) == "reporting_app"
            program.stdin.close()
        assert program.returncode == 0
    kept = (data / "cluster.json").stat()
    assert (kept.st_uid, stat.S_IMODE(kept.st_mode)) == (said["uid"], 0o600)


def test_files_of_somebody_else_are_refused_to_an_ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4321)
    with pytest.raises(LauncherError, match="belong to root: start as that user"):
        choose_account(ServerSettings(), 0)


# Root -----------------------------------------------------------------------------------------------------------------


@pytest.mark.root
@pytest.mark.db
def test_root_hands_the_server_to_an_unprivileged_account(room: Path) -> None:
    running = launch(room / "data", settings_in(room))
    try:
        uid = owner_of(running.pid)
        assert uid == running.account.uid != 0
        assert running.home.pgdata.stat().st_uid == uid
        assert running.home.folder == room / "data" / "postgres"
        assert who_asks(running.app_url) == "reporting_app"
    finally:
        running.stop()


@pytest.mark.root
@pytest.mark.db
def test_a_closed_folder_of_root_holds_only_the_pointer(room: Path) -> None:
    data = room / "closed" / "data"
    data.mkdir(parents=True)
    os.chmod(data.parent, 0o700)
    first = launch(data, settings_in(room))
    first.stop()
    assert first.home.folder.parent == room / "common"
    assert not (data / "postgres").exists()
    second = launch(data)
    try:
        assert (second.home, second.app_url) == (first.home, first.app_url)
        assert who_asks(second.owner_url) == "reporting_owner"
    finally:
        second.stop()


@pytest.mark.root
@pytest.mark.db
def test_a_cluster_that_vanished_behind_its_pointer_is_not_replaced_in_silence(room: Path) -> None:
    data = room / "closed" / "data"
    data.mkdir(parents=True)
    os.chmod(data.parent, 0o700)
    first = launch(data, settings_in(room))
    first.stop()
    shutil.rmtree(first.home.folder)
    with pytest.raises(LauncherError, match=r"is gone from .*: restore it, or delete"):
        launch(data)


@pytest.mark.root
@pytest.mark.db
def test_programs_the_account_cannot_read_are_copied_once(room: Path) -> None:
    found = choose_binaries(settings_in(room), Account(0, 0, "root", How.ITSELF), None)
    top = found.folder.parent.parent
    closed = room / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(found.folder.parent, closed / top.name / found.folder.parent.name, symlinks=True)
    libraries = top.with_name(f"{top.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, closed / libraries.name)
    hidden = closed / top.name / found.folder.parent.name / found.folder.name
    wishes = ServerSettings(fsync=False, shared_buffers_mb=32, binaries=str(hidden), common=str(room / "common"))
    for _ in range(2):
        running = launch(room / "data", wishes)
        try:
            assert running.binaries.folder.is_relative_to(room / "common")
            assert who_asks(running.app_url) == "reporting_app"
        finally:
            running.stop()
    assert len(list((room / "common").iterdir())) == 1


@pytest.mark.root
@pytest.mark.db
def test_files_of_an_ordinary_user_stay_his_when_root_starts_the_server(room: Path) -> None:
    entry = pwd.getpwnam("nobody")
    first = launch(room / "data", ServerSettings(fsync=False, shared_buffers_mb=32, account="nobody"))
    first.stop()
    second = launch(room / "data", ServerSettings(fsync=False, shared_buffers_mb=32))
    try:
        assert owner_of(second.pid) == entry.pw_uid
    finally:
        second.stop()


@pytest.mark.root
def test_root_without_any_account_is_told_so() -> None:
    with pytest.raises(LauncherError, match=r"no account to run it under \(no-such-account\)"):
        choose_account(ServerSettings(account="no-such-account"), None)


@pytest.mark.root
@pytest.mark.db
@pytest.mark.parametrize("allowed", [False, True])
def test_root_in_chains_needs_the_namespace_and_gets_it_only_when_asked_for(room: Path, allowed: bool) -> None:
    """Containers may forbid root to change its user id. Where even user namespaces are shut, one line says so."""
    chains = ["setpriv", "--bounding-set", "-setuid,-setgid,-chown"]
    command = [*chains, sys.executable, "-c", START_AND_TELL, str(room / "data"), json.dumps({"namespace": allowed})]
    answer = subprocess.run(command, input="\n", capture_output=True, text=True, env=OUR_CODE, check=False)
    if answer.returncode == 0:
        assert allowed
        assert json.loads(answer.stdout)["how"] == "namespace"
        assert "for a demonstration only" in answer.stderr
    else:
        reason = "no user namespace can be had" if allowed else "start as an ordinary user"
        assert reason in answer.stderr.splitlines()[-1]


@pytest.mark.root
@pytest.mark.db
def test_the_rights_of_a_common_container_are_enough(room: Path) -> None:
    kept = "+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+net_bind_service,+sys_chroot,+mknod"
    chains = ["setpriv", "--bounding-set", f"-all,{kept}"]
    command = [*chains, sys.executable, "-c", START_AND_TELL, str(room / "data"), "{}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=OUR_CODE) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        said = json.loads(program.stdout.readline())
        assert (said["how"], owner_of(said["pid"]) != 0) == ("dropped", True)
        program.stdin.close()
    assert program.returncode == 0


@pytest.mark.root
@pytest.mark.db
def test_nothing_is_left_running_after_all_this(room: Path) -> None:
    running = launch(room / "data", settings_in(room))
    running.stop()
    assert holders(running.home) == []
