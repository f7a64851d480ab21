"""Memory: megabytes of each process at rest and after a load, with every process of the system running.

Python's processes are counted by their resident set. The database's share one large piece of memory; theirs are counted by
the proportional set, in which each shared page counts once.
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.figures import Figures, Plan
from benchmarks.load import Pool, open_loop
from benchmarks.reports import Reports
from benchmarks.system import Site

RATE: Final = 100
CONNECTIONS: Final = 16
REST_SECONDS: Final = 2.0
NAMES: Final = {"granian": "web", "reporting.stream": "stream"}
"""What stands in a process's command line, and its name; the supervisor and its watchdog are the rest."""
COMMANDS: Final = frozenset(("relay", "worker", "worker-media", "beat"))


def measure(here: Site, plan: Plan) -> Figures:
    """`memory.NAME.{rest_mb,loaded_mb}`, and `memory.total.*`."""
    supervisor = here.line("files")
    time.sleep(REST_SECONDS)
    rest = _megabytes(here, supervisor)
    pool = Pool(*here.address, CONNECTIONS)
    seconds = 3 if plan.quick else 60
    open_loop(pool, Reports(*here.address).requests(RATE * seconds), RATE).require(201)
    pool.close()
    time.sleep(REST_SECONDS)
    loaded = _megabytes(here, supervisor)
    figures: Figures = {}
    for name in sorted(rest):
        figures[f"memory.{name}.rest_mb"] = round(rest[name], 1)
        figures[f"memory.{name}.loaded_mb"] = round(loaded.get(name, 0.0), 1)
    figures["memory.total.rest_mb"] = round(sum(rest.values()), 1)
    figures["memory.total.loaded_mb"] = round(sum(loaded.values()), 1)
    return figures


def _megabytes(here: Site, supervisor: int) -> dict[str, float]:
    """process -> megabytes; several of one name are added up."""
    found: dict[str, float] = defaultdict(float)
    for pid in [supervisor, *_descendants(supervisor)]:
        found[_name(pid)] += _kilobytes(pid, "status", "VmRSS") / 1024
    mark = f"postgres: {here.cluster.home.mark}: "
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (entry.name == str(here.cluster.pid) or _command(int(entry.name)).startswith(mark)):
            found["database"] += _kilobytes(int(entry.name), "smaps_rollup", "Pss") / 1024
    return dict(found)


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _descendants(int(child))


def _name(pid: int) -> str:
    words = _command(pid).split()
    for mark, name in NAMES.items():
        if mark in words:
            return name
    return next((word.replace("-", "_") for word in words if word in COMMANDS), "supervisor")


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:  # it ended while we looked
        return ""


def _kilobytes(pid: int, file: str, field: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)


def cores() -> int:
    """Processor cores this run may use."""
    return len(os.sched_getaffinity(0))
