"""Memory: megabytes of each process at rest and after a load, with every process of the system running.

Python's processes are counted by their resident set. The database's share one large piece of memory; theirs are counted by
the proportional set, in which each shared page counts once.
"""

import time
from collections import defaultdict
from typing import Final

from benchmarks import processes
from benchmarks.figures import Figures, Plan
from benchmarks.load import Pool, open_loop
from benchmarks.reports import Reports
from benchmarks.system import Site

RATE: Final = 100
CONNECTIONS: Final = 16
REST_SECONDS: Final = 2.0
NAMES: Final = {"granian": "web", "reporting.stream": "stream"}
"""What stands in a process's command line, and its name; the supervisor and its watchdog are the rest."""
COMMANDS: Final = frozenset(("relay", "worker", "worker-media", "worker-delivery", "beat"))


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
    for pid in [supervisor, *processes.descendants(supervisor)]:
        found[_name(pid)] += processes.megabytes(pid)
    for pid in here.database_processes():
        found["database"] += processes.megabytes(pid, shared_once=True)
    return dict(found)


def _name(pid: int) -> str:
    words = processes.command(pid).split()
    for mark, name in NAMES.items():
        if mark in words:
            return name
    return next((word.replace("-", "_") for word in words if word in COMMANDS), "supervisor")
