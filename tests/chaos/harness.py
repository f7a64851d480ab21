"""A real system for the chaos tests to break: started as a whole, its processes found by role, killed, stopped and waited for."""

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import create_engine, text

from reporting.adapters.postgres.launcher import Cluster, prepare
from tests.chaos.city import CAST
from tests.chaos.clients import FAULTS, Answer, Crowd, Entry, Ledger, Wire
from tests.chaos.ground import eventually, free_ports, signal_to
from tests.chaos.redis_server import Redis

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90.0
END_SECONDS = 10.0
"""The promise: asked to stop, everything has ended within ten seconds."""
MARKS = {
    "relay": ("-m", "reporting", "relay"),
    "worker": ("-m", "reporting", "worker"),
    "worker-media": ("-m", "reporting", "worker-media"),
    "worker-delivery": ("-m", "reporting", "worker-delivery"),
    "beat": ("-m", "reporting", "beat"),
    "stream": ("-m", "reporting.stream"),
    "database": ("-m", "reporting.adapters.postgres.run"),
    "web": ("-m", "granian"),
}
"""Role -> words that stand one after the other in the command line of the program's main process."""


class System:
    """One supervised system on a folder and two ports of its own."""

    def __init__(self, folder: Path, redis: Redis | None = None) -> None:
        self.data, self.redis = folder / "data", redis
        self.data.mkdir(exist_ok=True)
        self.data.chmod(0o755)
        self.port = free_ports(2)
        self.log = folder / "system.log"
        self._supervisor: subprocess.Popen[bytes] | None = None
        self.ledgers: list[Ledger] = []
        """All that was ever filed here, for the counts at the end of each test."""

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to work on this system."""
        own = {
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "REDIS_URL": self.redis.url if self.redis else "",
            "BUDGET_NETWORK_PER_HOUR": "100000",
        }
        unwanted = ("DATABASE_URL", "DATABASE_OWNER_URL", "SECRETS_FILE", "MASTER_KEY", "PUBLIC_URL", "STREAM_URL")
        return {**{name: value for name, value in os.environ.items() if name not in unwanted}, **own}

    def start(self) -> None:
        """Returns when everything runs and the cast is in."""
        with self.log.open("ab") as log:
            self._supervisor = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.city"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        eventually("the system is ready", self._has_come_up, START_SECONDS, self.tail)

    def _has_come_up(self) -> bool:
        """As `is_ready`, but nobody waits for what has ended already."""
        assert self._supervisor is not None and self._supervisor.poll() is None, f"it ended while it started\n{self.tail()}"
        return self.is_ready()

    @property
    def supervisor(self) -> psutil.Process:
        assert self._supervisor is not None
        return psutil.Process(self._supervisor.pid)

    def stop(self, signum: int = signal.SIGTERM) -> float:
        """Ends everything; seconds it took. What is left of it after END_SECONDS is the caller's to judge."""
        assert self._supervisor is not None
        family = [self.supervisor, *self.descendants()]
        began = time.monotonic()
        self._supervisor.send_signal(signum)
        self._supervisor.wait(3 * END_SECONDS)
        took = time.monotonic() - began
        self._supervisor = None
        self.orphans = [each for each in family if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
        return took

    def end(self) -> None:
        """After a test: whatever state it is in, nothing of it stays."""
        if self._supervisor is not None:
            for process in self.descendants():
                signal_to(process.pid, signal.SIGCONT)
            self.stop()

    def command(self, *words: str) -> str:
        """Runs a `reporting` command on this system; its output."""
        more = {"DATABASE_URL": self.cluster.app_url, "SECRETS_FILE": str(self.data / "secrets.json")}
        done = subprocess.run(
            [sys.executable, "-m", "reporting", *words],
            env={**self.environment, **more}, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        return done.stdout

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-60:])

    def said_since(self, position: int) -> str:
        """The log behind a position in bytes."""
        return self.log.read_bytes()[position:].decode(errors="replace")

    # what it says of itself

    @property
    def tokens(self) -> dict[str, str]:
        return json.loads((self.data / CAST).read_text(encoding="utf-8"))

    def signed(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[name]}"}

    def renew(self, name: str) -> None:
        """A new token for somebody whose own was revoked."""
        token = self.command("key", "new", f"{name}@example.org", "--name", "tests").strip()
        (self.data / CAST).write_text(json.dumps({**self.tokens, name: token}), encoding="utf-8")

    def is_ready(self) -> bool:
        """Whether the whole line works, in the system's own words."""
        return (self.data / CAST).exists() and self.answer_of("/health/ready") == 200

    def problems(self) -> list[str]:
        """What keeps it from being ready."""
        with Wire(self.port) as wire:
            return wire.ask("GET", "/health/ready").json()["problems"]

    def answer_of(self, path: str) -> int:
        """The status of a GET; 0 when nobody answers."""
        try:
            with Wire(self.port) as wire:
                return wire.ask("GET", path).status
        except FAULTS:
            return 0

    def patient(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """An answer that is not about trouble, asked for up to 30 s: for questions after the storm."""
        give_up = time.monotonic() + 30.0
        while True:
            try:
                with Wire(self.port) as wire:
                    answer = wire.ask(method, path, body, headers)
                if answer.status < 500 or time.monotonic() > give_up:
                    return answer
            except FAULTS:
                if time.monotonic() > give_up:
                    raise
            time.sleep(0.3)

    # what is filed here

    def crowd(self, bodies: Sequence[dict[str, Any]], rate: float, clients: int = 4) -> Crowd:
        """Clients who file these, kept in mind."""
        crowd = Crowd(self.port, bodies, rate, clients)
        self.ledgers.append(crowd.ledger)
        return crowd

    def ledger(self, entries: Sequence[Entry]) -> Ledger:
        """A ledger for reports that a test files by itself, kept in mind."""
        self.ledgers.append(Ledger(entries))
        return self.ledgers[-1]

    # its processes

    def descendants(self) -> list[psutil.Process]:
        return self.supervisor.children(recursive=True)

    def mains(self) -> dict[str, psutil.Process]:
        """Role -> main process, for those that run now."""
        return {role: child for child in self.supervisor.children() if (role := role_of(child))}

    def process(self, role: str, chance: random.Random | None = None) -> psutil.Process:
        """A process of this role: a program's name, `web child`, `postgres` (the server), a `session` of it, `redis`."""
        if role == "redis":
            assert self.redis is not None
            return psutil.Process(self.redis.pid)
        main = self.mains()[{"web child": "web", "postgres": "database", "session": "database"}.get(role, role)]
        if role == "web child":
            return (chance or random.Random(0)).choice(main.children())
        if role not in ("postgres", "session"):
            return main
        server = next(child for child in main.children() if "-D" in child.cmdline())
        sessions = [child for child in server.children() if "reporting_app" in " ".join(child.cmdline())]
        return server if role == "postgres" else (chance or random.Random(0)).choice(sessions)

    def kill(self, role: str, chance: random.Random | None = None) -> int:
        """`kill -9` as soon as there is one of this role; its process id."""
        give_up = time.monotonic() + 60.0
        while True:
            try:
                victim = self.process(role, chance)
                victim.kill()
                return victim.pid
            except (KeyError, StopIteration, IndexError, psutil.NoSuchProcess):
                assert time.monotonic() < give_up, f"{role} did not come back\n{self.tail()}"
                time.sleep(0.05)

    def pause(self, role: str) -> int:
        process = self.process(role)
        process.suspend()
        return process.pid

    def listeners(self, port: int) -> set[int]:
        """Ids of all our processes that hold this port open for listening."""
        return {process.pid for process in self.descendants() if port in listening_ports(process)}

    def owns_its_port(self, role: str, port: int) -> bool:
        """Whether the port is held by the present life of the program and by nobody else of us."""
        main = self.mains().get(role)
        if main is None:
            return False
        family = {main.pid, *(child.pid for child in main.children(recursive=True))}
        holders = self.listeners(port)
        return bool(holders) and holders <= family

    # its database, past its back

    @property
    def cluster(self) -> Cluster:
        return prepare(self.data / "database")

    def sql(self, statement: str, as_owner: bool = True, **values: Any) -> list[Any]:
        """A statement as the owner of the tables, else as the superuser; its rows."""
        engine = create_engine(self.cluster.owner_url if as_owner else self.cluster.superuser_url)
        try:
            with engine.begin() as connection:
                found = connection.execute(text(statement), values)
                return list(found.all()) if found.returns_rows else []
        finally:
            engine.dispose()

    def count(self, statement: str) -> int:
        """The one number a statement finds, seen by the superuser."""
        return int(self.sql(statement, as_owner=False)[0].count)

    @contextmanager
    def database_away(self) -> Iterator[None]:
        """Kills the database, and keeps it away until the block ends: we hold the lock that allows one server only."""
        home = self.cluster.home
        held = threading.Event()
        with home.lock.open("a") as lock:
            waiting = threading.Thread(target=lambda: (fcntl.flock(lock, fcntl.LOCK_EX), held.set()))
            waiting.start()
            runner, server = self.process("database"), self.process("postgres")
            server.kill()
            runner.kill()
            assert held.wait(10), "the lock was not to be had"
            waiting.join()
            yield

    @contextmanager
    def database_frozen(self) -> Iterator[None]:
        """Stops the server and all its sessions in the middle of what they do (SIGSTOP)."""
        server = self.process("postgres")
        family = [server, *server.children(recursive=True)]
        for process in family:
            signal_to(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in family:
                signal_to(process.pid, signal.SIGCONT)


def role_of(process: psutil.Process) -> str:
    """The role of a supervised program's main process, which leads its group; empty for adopted orphans and others."""
    try:
        words = process.cmdline() if os.getpgid(process.pid) == process.pid else []
    except (psutil.NoSuchProcess, psutil.ZombieProcess, ProcessLookupError):
        return ""
    for role, mark in MARKS.items():
        if any(tuple(words[at : at + len(mark)]) == mark for at in range(len(words))):
            return role
    return ""


def listening_ports(process: psutil.Process) -> set[int]:
    try:
        return {each.laddr.port for each in process.net_connections("tcp") if each.status == psutil.CONN_LISTEN}
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return set()
