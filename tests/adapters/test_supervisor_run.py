"""The supervisor at work, on small real programs: order, restarts, orderly ends, and no orphan after a murder."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
OUR_CODE = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")]),
    "PYTHONUNBUFFERED": "1",
}
DRIVER = """
import json, os, signal, sys
from pathlib import Path
from reporting.adapters.supervisor import Program, Supervisor

def program(wish):
    proof = wish.pop("proof", None)
    wish["argv"] = [sys.executable, "-c", wish.pop("code")]
    wish["stop_signal"] = signal.Signals[wish.pop("stop_signal", "SIGTERM")]
    return Program(environment=dict(os.environ), ready=Path(proof).exists if proof else None, **wish)

def on_ready():
    print("ALL READY", flush=True)

print("watching", flush=True)
sys.exit(Supervisor([program(wish) for wish in json.loads(sys.argv[1])], sys.stdout, on_ready=on_ready).run())
"""
SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
# A server that leaves the work to a child, as web servers do. The child is deaf to SIGTERM.
SERVER = """
import os, signal, socket, time
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", PORT))
listener.listen()
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("serving in", os.getpid(), flush=True)
    while True:
        connection, _ = listener.accept()
        connection.sendall(str(os.getpid()).encode())
        connection.close()
time.sleep(60)
"""
SITE = """
import os
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
"""
GRANIAN = """
import os, sys
os.chdir({folder!r})
options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}", "--respawn-failed-workers"]
os.execv(sys.executable, [sys.executable, "-m", "granian", *options, "pages:application"])
"""


@dataclass
class Run:
    """One supervisor in its own process, and what it has said so far."""

    process: "subprocess.Popen[str]"
    said: list[str] = field(default_factory=list)

    def hear(self, words: str, times: int = 1) -> str:
        """Read on until a line with these words came (for the n-th time since the start)."""
        assert self.process.stdout is not None
        while sum(words in line for line in self.said) < times:
            line = self.process.stdout.readline()
            assert line, f"ended without saying {words!r}:\n{''.join(self.said)}"
            self.said.append(line)
        return [line for line in self.said if words in line][times - 1]

    def pid_of(self, name: str, life: int = 1) -> int:
        lines = [line for line in self.said if f" {name} " in line and "started (process" in line]
        return int(lines[life - 1].rpartition("process ")[2].rstrip(")\n"))

    def end(self, signum: int = signal.SIGTERM) -> float:
        """Ask it to end; seconds it took."""
        began = time.monotonic()
        self.process.send_signal(signum)
        assert self.process.stdout is not None
        self.said += self.process.stdout.readlines()
        self.process.wait(15)
        return time.monotonic() - began


Start = Callable[..., Run]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start supervisors that are gone after the test, whatever happened."""
    runs: list[Run] = []

    def begin(*programs: dict[str, object]) -> Run:
        command = [sys.executable, "-c", DRIVER, json.dumps(programs)]
        process = subprocess.Popen(command, env=OUR_CODE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        runs.append(Run(process))
        return runs[-1]

    yield begin
    for run in runs:
        run.process.terminate()
        run.process.wait(15)
        assert run.process.stdout is not None
        run.process.stdout.close()


def is_gone(pid: int) -> bool:
    """True when the process has ended (a zombie, which a foreign parent may leave, has)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def family_of(pid: int) -> list[int]:
    """All descendants of a process."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += [int(entry.name), *family_of(int(entry.name))]
    return found


def wait_until(true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def who_serves(port: int) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        return int(connection.recv(100))


def asked_who(port: int) -> int:
    """Process id that the site answers with, 0 while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2) as answer:
            return int(answer.read())
    except OSError:
        return 0


# Order ----------------------------------------------------------------------------------------------------------------


def test_a_program_waits_until_what_it_needs_is_ready(start: Start, tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    late = f"import time; time.sleep(0.5); open({str(proof)!r}, 'w').close(); time.sleep(60)"
    run = start({"name": "web", "code": SLEEP, "depends": ["database"]}, {"name": "database", "code": late, "proof": str(proof)})
    run.hear("ALL READY")
    order = [line.split(" ", 1)[1].strip() for line in run.said if "started" in line or line.endswith("| ready\n")]
    assert [words.split()[0] for words in order] == ["database", "database", "web", "web"]


def test_everything_ends_in_reverse_order(start: Start) -> None:
    run = start({"name": "database", "code": SLEEP}, {"name": "web", "code": SLEEP, "depends": ["database"]})
    run.hear("ALL READY")
    seconds = run.end(signal.SIGINT)
    ends = [line.split()[1] for line in run.said if "ended by SIGTERM" in line]
    assert (run.process.returncode, ends) == (0, ["web", "database"])
    assert seconds < 3


def test_ready_is_announced_once_only(start: Start) -> None:
    run = start({"name": "web", "code": SLEEP})
    run.hear("ALL READY")
    os.kill(run.pid_of("web"), signal.SIGKILL)
    run.hear("| ready", times=2)
    run.end()
    assert sum("ALL READY" in line for line in run.said) == 1


# Restarts -------------------------------------------------------------------------------------------------------------


def test_what_dies_comes_back_ever_later(start: Start) -> None:
    run = start({"name": "web", "code": "raise SystemExit(3)"})
    assert "ended with code 3; starts again in 0.2 s" in run.hear("starts again")
    assert "0.4 s" in run.hear("starts again", times=2)
    assert "0.8 s" in run.hear("starts again", times=3)


def test_what_is_killed_comes_back(start: Start) -> None:
    run = start({"name": "web", "code": SLEEP})
    run.hear("| ready")
    os.kill(run.pid_of("web"), signal.SIGKILL)
    assert "ended by SIGKILL" in run.hear("starts again")
    run.hear("started (process", times=2)
    assert not is_gone(run.pid_of("web", life=2))


def test_the_children_of_a_killed_server_give_the_port_back_first(start: Start) -> None:
    port = a_free_port()
    run = start({"name": "web", "code": SERVER.replace("PORT", str(port)), "stop_seconds": 1})
    run.hear("serving in")
    first = who_serves(port)
    os.kill(run.pid_of("web"), signal.SIGKILL)
    run.hear("serving in", times=2)
    assert is_gone(first)
    assert who_serves(port) != first


@pytest.mark.chaos
def test_a_real_web_server_comes_back_whoever_of_it_is_killed(start: Start, tmp_path: Path) -> None:
    port = a_free_port()
    (tmp_path / "pages.py").write_text(SITE)
    run = start({"name": "web", "code": GRANIAN.format(folder=str(tmp_path), port=port)})
    served: set[int] = set()
    for victim in ("worker", "main", "worker"):
        wait_until(lambda: bool(new := asked_who(port)) and new not in served, 15)
        worker = asked_who(port)
        served.add(worker)
        main = next(pid for pid in family_of(run.process.pid) if worker in family_of(pid))
        os.kill(worker if victim == "worker" else main, signal.SIGKILL)
    wait_until(lambda: asked_who(port) not in {0, *served}, 15)
    assert run.end() < 10


def test_a_program_that_cannot_be_started_is_tried_again() -> None:
    broken = DRIVER.replace('wish["argv"] = [sys.executable', 'wish["argv"] = ["/no/such/program"')
    command = [sys.executable, "-c", broken, json.dumps([{"name": "web", "code": ""}])]
    with subprocess.Popen(command, env=OUR_CODE, stdout=subprocess.PIPE, text=True) as process:
        run = Run(process)
        assert "cannot be started: No such file or directory: /no/such/program" in run.hear("starts again in 0.2 s")
        run.end()
    assert process.returncode == 0


def test_a_program_that_runs_once_opens_the_way_and_stays_done(start: Start) -> None:
    run = start(
        {"name": "migrate", "code": "print('migrated')", "once": True}, {"name": "web", "code": SLEEP, "depends": ["migrate"]}
    )
    run.hear("ALL READY")
    words = [line.rpartition("| ")[2].strip() for line in run.said if " migrate " in line]
    assert words[1:] == ["migrated", "done"]
    time.sleep(0.5)
    run.end()
    assert sum("started" in line for line in run.said) == 2


def test_a_program_that_runs_once_and_keeps_failing_ends_everything(start: Start) -> None:
    run = start({"name": "database", "code": SLEEP}, {"name": "migrate", "code": "raise SystemExit(1)", "once": True})
    assert run.process.wait(15) == 1
    run.end(0)
    assert sum("migrate" in line and "ended with code 1" in line for line in run.said) == 3
    assert any("database" in line and "SIGTERM" in line for line in run.said)


def test_dead_grandchildren_leave_no_zombies(start: Start) -> None:
    fork = (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    os.fork() or time.sleep(0.3)\n    os._exit(0)\ntime.sleep(60)"
    )
    run = start({"name": "web", "code": fork})
    run.hear("ALL READY")
    time.sleep(1)
    states = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2] for pid in family_of(run.process.pid)]
    assert ["Z", str(run.process.pid)] not in states


# The end --------------------------------------------------------------------------------------------------------------


def test_a_program_deaf_to_sigterm_is_killed_in_time(start: Start) -> None:
    run = start({"name": "web", "code": DEAF, "stop_seconds": 30}, {"name": "late", "code": DEAF, "depends": ["web"]})
    run.hear("deaf", times=2)
    family = family_of(run.process.pid)
    seconds = run.end()
    assert seconds < 10
    assert run.process.returncode == 0
    assert all(is_gone(pid) for pid in family)


def test_a_second_signal_does_not_wait(start: Start) -> None:
    run = start({"name": "web", "code": DEAF, "stop_seconds": 30})
    run.hear("deaf")
    run.process.send_signal(signal.SIGINT)
    run.hear("stopping")
    assert run.end(signal.SIGINT) < 2


def test_a_descendant_that_left_its_group_ends_too(start: Start) -> None:
    leave = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    print('left as', os.getpid(), flush=True)\ntime.sleep(60)"
    run = start({"name": "web", "code": leave})
    left = int(run.hear("left as").rpartition(" ")[2])
    run.end()
    assert is_gone(left)


@pytest.mark.chaos
def test_a_killed_supervisor_leaves_nobody_behind(start: Start) -> None:
    port = a_free_port()
    run = start(
        {"name": "deaf", "code": DEAF},
        {"name": "web", "code": SERVER.replace("PORT", str(port))},
        {"name": "plain", "code": SLEEP},
    )
    run.hear("ALL READY")
    run.hear("deaf\n")
    run.hear("serving in")
    family = family_of(run.process.pid)
    assert len(family) == 5  # three programs, the server's child, the watchdog
    run.process.kill()
    wait_until(lambda: all(is_gone(pid) for pid in family), 9)


@pytest.mark.chaos
def test_a_killed_watchdog_is_replaced_and_knows_its_duty(start: Start) -> None:
    run = start({"name": "deaf", "code": DEAF})
    run.hear("ALL READY")
    run.hear("deaf\n")
    program = run.pid_of("deaf")
    (watchdog,) = set(family_of(run.process.pid)) - {program}
    os.kill(watchdog, signal.SIGKILL)
    wait_until(lambda: bool(set(family_of(run.process.pid)) - {program, watchdog}), 3)
    time.sleep(0.3)
    run.process.kill()
    wait_until(lambda: is_gone(program), 9)


@pytest.mark.chaos
def test_supervisor_and_watchdog_killed_together_still_end_what_listens(start: Start) -> None:
    run = start({"name": "plain", "code": SLEEP})
    run.hear("ALL READY")
    program = run.pid_of("plain")
    for pid in [run.process.pid, *(set(family_of(run.process.pid)) - {program})]:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: is_gone(program), 3)
