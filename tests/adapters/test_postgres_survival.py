"""The embedded server in trouble: killed, orphaned, blocked by what an earlier one left."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from reporting.adapters.postgres import leftovers
from reporting.adapters.postgres.launcher import Cluster, LauncherError, ServerSettings, launch, prepare, run_command
from reporting.adapters.postgres.leftovers import holders, make_way

pytestmark = pytest.mark.db

QUICK = ServerSettings(fsync=False, shared_buffers_mb=32)
PROJECT = Path(__file__).resolve().parents[2]
OUR_CODE = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")])}
LAUNCH_AND_WAIT = """
import sys, time
from pathlib import Path
from reporting.adapters.postgres.launcher import launch
launch(Path(sys.argv[1]))
print("up", flush=True)
time.sleep(60)
"""
SUPERVISE = """
import sys
from pathlib import Path
from reporting.adapters.postgres.launcher import as_program, prepare
from reporting.adapters.supervisor import Supervisor
sys.exit(Supervisor([as_program(prepare(Path(sys.argv[1])))], sys.stdout).run())
"""


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that every account can reach, as a project folder usually is."""
    with tempfile.TemporaryDirectory(prefix="reporting-test-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder) / "data"


def ask(cluster: Cluster, statement: str) -> object:
    with psycopg.connect(cluster.superuser_url.replace("+psycopg", "")) as connection:
        row = connection.execute(statement).fetchone()
    assert row is not None
    return row[0]


def wait_until(true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def start_runner(data: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(run_command(data), env=OUR_CODE, stderr=subprocess.DEVNULL)


def kill_server(cluster: Cluster) -> int:
    pid = cluster.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def test_the_runner_ends_with_a_killed_server_and_the_next_one_serves_the_same_address(data: Path) -> None:
    cluster = prepare(data, QUICK)
    runner = start_runner(data)
    wait_until(cluster.is_alive, 10)
    ask(cluster, "SELECT 1")
    kill_server(cluster)
    assert runner.wait(12) == 1
    assert holders(cluster.home) == []
    runner = start_runner(data)
    wait_until(cluster.is_alive, 10)
    assert ask(cluster, "SELECT 1") == 1
    runner.terminate()
    assert runner.wait(10) == 0
    assert holders(cluster.home) == []


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_the_runner_shuts_down_fast_under_open_sessions(data: Path, signum: signal.Signals) -> None:
    cluster = prepare(data, QUICK)
    runner = start_runner(data)
    wait_until(cluster.is_alive, 10)
    with psycopg.connect(cluster.app_url.replace("+psycopg", "")) as session:
        session.execute("SELECT 1")  # a transaction that stays open
        began = time.monotonic()
        runner.send_signal(signum)
        assert runner.wait(10) == 0
        assert time.monotonic() - began < 5
        session.close()


def test_a_killed_runner_takes_its_server_along(data: Path) -> None:
    cluster = prepare(data, QUICK)
    runner = start_runner(data)
    wait_until(cluster.is_alive, 10)
    runner.kill()
    runner.wait()
    wait_until(lambda: holders(cluster.home) == [], 10)


def test_the_server_ends_with_a_killed_program_that_launched_it(data: Path) -> None:
    cluster = prepare(data, QUICK)
    command = [sys.executable, "-c", LAUNCH_AND_WAIT, str(data)]
    with subprocess.Popen(command, env=OUR_CODE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        assert cluster.is_alive()
        parent.kill()
    wait_until(lambda: holders(cluster.home) == [], 10)


@pytest.mark.chaos
def test_a_supervised_server_comes_back_on_its_address_whoever_of_it_is_killed(data: Path) -> None:
    cluster = prepare(data, QUICK)
    with subprocess.Popen([sys.executable, "-c", SUPERVISE, str(data)], env=OUR_CODE, stdout=subprocess.PIPE) as supervisor:
        for _ in range(2):
            wait_until(cluster.is_alive, 10)
            assert ask(cluster, "SELECT 1") == 1
            before = kill_server(cluster)
            wait_until(lambda before=before: cluster.is_alive() and cluster.pid != before, 10)  # type: ignore[misc]
        before = cluster.pid or 0
        os.kill(int(Path(f"/proc/{before}/stat").read_text().rpartition(")")[2].split()[1]), signal.SIGKILL)
        wait_until(lambda: cluster.is_alive() and cluster.pid != before, 10)
        assert ask(cluster, "SELECT 1") == 1
        supervisor.terminate()
        supervisor.communicate(timeout=12)
    assert (supervisor.returncode, holders(cluster.home)) == (0, [])


def test_a_session_too_busy_to_notice_does_not_block_the_next_start(data: Path) -> None:
    running = launch(data, QUICK)
    assert running.runner is not None
    os.kill(running.runner.pid, signal.SIGSTOP)  # nobody tidies up
    session = psycopg.connect(running.superuser_url.replace("+psycopg", ""), autocommit=True)
    session.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 100000000000) AS a(b)")
    kill_server(running)
    running.runner.kill()
    running.runner.wait()
    time.sleep(0.3)
    assert holders(running.home), "the busy session should still hold the data"
    began = time.monotonic()
    second = launch(data)
    try:
        assert ask(second, "SELECT 1") == 1
        assert time.monotonic() - began < 10
    finally:
        second.stop()
        session.close()


def test_lock_files_that_name_an_unrelated_process_do_not_block_the_start(data: Path) -> None:
    first = launch(data, QUICK)
    lock = first.home.pgdata / "postmaster.pid"
    words = lock.read_text()
    first.stop()
    with first.account.start(["/bin/sleep", "60"], Path("/")) as unrelated:
        forged = "\n".join([str(unrelated.pid), *words.splitlines()[1:]]) + "\n"
        for path in (lock, first.socket_folder / ".s.PGSQL.5432.lock"):
            path.write_text(forged)
            first.account.give(path, 0o600)
        assert not first.is_alive()
        second = launch(data)
        second.stop()
        assert unrelated.poll() is None
        unrelated.kill()


def test_a_server_that_keeps_running_is_named_and_left_alone(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leftovers, "_PATIENCE_SECONDS", 0.2)
    running = launch(data, QUICK)
    try:
        with pytest.raises(LauncherError, match=rf"already running \(process {running.pid}\)"):
            make_way(running.home)
        assert running.is_alive()
    finally:
        running.stop()


def test_a_preparation_that_was_killed_half_way_is_begun_anew(data: Path) -> None:
    cluster = prepare(data, QUICK)
    cluster.home.pgdata.rename(cluster.home.folder / "data.new")
    (data / "cluster.json").write_text((data / "cluster.json").read_text().replace('"complete": true', '"complete": false'))
    running = launch(data)
    try:
        assert running.passwords == cluster.passwords
        assert ask(running, "SELECT 1") == 1
    finally:
        running.stop()


def test_a_lost_record_costs_new_passwords_and_no_data(data: Path) -> None:
    first = launch(data, QUICK)
    with psycopg.connect(first.owner_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS figure")
    first.stop()
    (data / "cluster.json").unlink()
    second = launch(data, QUICK)
    try:
        assert second.passwords != first.passwords
        assert ask(second, "SELECT figure FROM kept") == 7
    finally:
        second.stop()
