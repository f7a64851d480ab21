"""`python -m benchmarks [--quick] [--only NAME]`: one run, a table, and JSON as the last line."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Final

from benchmarks import areas, intake, line, match, memory, queue, report, system, triage
from benchmarks.figures import FULL, QUICK, Figures, Plan
from benchmarks.system import Site

MEASURES: Final[dict[str, Callable[[Site, Plan], Figures]]] = {
    "intake": intake.measure,
    "queue": queue.measure,
    "match": match.measure,
    "memory": memory.measure,
    "areas": areas.measure,
    "line": line.measure,
    "triage": triage.measure,
}
"""name -> what measures it, in the order of a run: what needs the same processes follows each other."""

AIMS: Final = {
    "intake.c8.ratio_psycopg": ">= 0.5",
    "intake.c32.ratio_psycopg": ">= 0.5",
    "intake.statements": "<= 8",
    "intake.commits": "1",
    "line.redis.r200.p99_ms": "< 150",
    "line.files.r200.p99_ms": "< 300",
    "line.highest_rate": ">= 400",
    "queue.n1e5.ms": "< 30",
    "queue.n1e5.statements": "<= 6",
    "areas.n1e4.ms": "< 1",
    "triage.ms_500": "< 0.5",
    "triage.ms_100kb": "< 50",
    "match.n1e5.p99_ms": "< 10",
    "match.n1e6.p99_ms": "< 10",
}


def main() -> None:
    """Measures what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the system on this machine.")
    parser.add_argument("--quick", action="store_true", help="below a minute; rougher, and without what takes long")
    parser.add_argument("--only", choices=MEASURES, metavar="NAME", help=f"one of {', '.join(MEASURES)}")
    wishes = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_arguments: sys.exit(143))
    system.environment_free_of_proxies()
    plan = QUICK if wishes.quick else FULL
    began, load = time.time(), os.getloadavg()[0]
    figures: Figures = {"machine.cores": len(os.sched_getaffinity(0)), "machine.load_before": round(load, 2)}
    with system.site() as here:
        for name in [wishes.only] if wishes.only else MEASURES:
            print(f"{time.time() - began:5.0f} s  measuring {name}", file=sys.stderr, flush=True)
            figures |= MEASURES[name](here, plan)
    figures["machine.seconds"] = round(time.time() - began, 1)
    print(report.table(figures, AIMS))
    print()
    print(report.line_of_json(figures), flush=True)


if __name__ == "__main__":
    main()
