"""Intake: reports a second through the public door, beside a bare Flask hello and plain psycopg with the same rows.

Database and web run, the line does not: what is measured is accepting. The three take turns on the same machine in the same
minute, and each ratio is the median over the turns, so that a disturbance hits all of them or is left out. Where others
use the machine at the same time, the ratio of processor time (`ratio_psycopg_cpu`) is the steadier one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from benchmarks import processes, system
from benchmarks.counting import counting, let_go
from benchmarks.figures import Figures, Plan, median, named, spread
from benchmarks.load import Outcome, Pool, closed_loop
from benchmarks.reports import Reports, get_request
from benchmarks.system import Site
from benchmarks.yardstick import Writers, rows_of_reports, writers
from reporting.app import create_app
from reporting.bootstrap import plain_url

CONNECTIONS: Final = (1, 8, 32)
HIGHEST_RATE: Final = 6000
"""Requests are made beforehand for at most so many a second."""
TEMPLATES: Final = 200
_TRANSACTIONS: Final = """
    select count(distinct writer) from (
        select xmin::text as writer from report where id = %(report)s
        union select xmin::text from idempotency where report_id = %(report)s
        union select xmin::text from contact where report_id = %(report)s
        union select xmin::text from trace where report_id = %(report)s
        union select xmin::text from outbox where subject_id = %(report)s
        union select xmin::text from audit_event where subject_id = %(report)s) as written
"""
"""Rows that share their writing transaction were committed together."""


def measure(here: Site, plan: Plan) -> Figures:
    """`intake.c1|c8|c32.*`, `intake.statements`, `intake.commits`."""
    figures: Figures = {}
    web = here.web()
    with system.under_the_same_settings(here, "benchmarks.hello:application") as hello:
        supply = Reports(*here.address)
        _warm(here.address, supply)
        with here.owner() as owner:
            rows = rows_of_reports(owner, TEMPLATES)
        for count in CONNECTIONS:
            with writers(plain_url(here.settings.database_url), rows, here.settings.web_processes, count) as yardstick:
                turns = _Turns(here, web, hello, yardstick, count)
                figures |= named(f"intake.c{count}", turns.take(plan, supply))
    return figures | named("intake", _counted(here))


def _warm(address: tuple[str, int], supply: Reports) -> None:
    pool = Pool(*address, 16)
    closed_loop(pool, iter(supply.requests(HIGHEST_RATE)), 1.0).require(201)
    pool.close()


@dataclass(frozen=True, slots=True)
class _Turns:
    """One number of connections: product, psycopg, Flask, again and again."""

    here: Site
    web: int
    hello: tuple[str, int]
    yardstick: Writers
    count: int

    def take(self, plan: Plan, supply: Reports) -> Figures:
        """The figures of this number of connections."""
        own: list[_Turn] = []
        plain: list[_Turn] = []
        bare: list[float] = []
        self.yardstick.write(0.2)
        for _turn in range(plan.turns):
            requests = supply.requests(int(HIGHEST_RATE * plan.turn_seconds))
            own.append(self._own(requests, plan.turn_seconds))
            plain.append(self._plain(plan.turn_seconds))
            hello = cycle([get_request("/hello", *self.hello)])
            bare.append(_loop(self.hello, self.count, hello, plan.turn_seconds).require(200).rate)
        return {
            "rps": round(median([each.rate for each in own]), 1),
            **spread([ms for each in own for ms in each.ms], 50, 95, 99),
            "ratio_psycopg": round(median([a.rate / b.rate for a, b in zip(own, plain, strict=True)]), 3),
            "ratio_flask": round(median([a.rate / b for a, b in zip(own, bare, strict=True)]), 3),
            "ratio_psycopg_cpu": round(median([b.cpu_us / a.cpu_us for a, b in zip(own, plain, strict=True)]), 3),
            "cpu_us": round(median([each.cpu_us for each in own])),
            "psycopg_cpu_us": round(median([each.cpu_us for each in plain])),
            "psycopg_tps": round(median([each.rate for each in plain]), 1),
            "flask_rps": round(median(bare), 1),
        }

    def _own(self, requests: list[bytes], seconds: float) -> "_Turn":
        pids = [self.web, *processes.descendants(self.web), *self.here.database_processes()]
        before = processes.seconds(pids)
        outcome = _loop(self.here.address, self.count, iter(requests), seconds).require(201)
        return _turn(outcome.rate, [each.ms for each in outcome.exchanges], processes.seconds(pids) - before)

    def _plain(self, seconds: float) -> "_Turn":
        pids = [*self.yardstick.pids(), *self.here.database_processes()]
        before = processes.seconds(pids)
        written = self.yardstick.write(seconds)
        return _turn(written.rate, written.durations, processes.seconds(pids) - before)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn: reports a second, milliseconds of each, and processor time of a report in microseconds, client and database."""

    rate: float
    ms: list[float]
    cpu_us: float


def _turn(rate: float, ms: list[float], processor_seconds: float) -> _Turn:
    return _Turn(rate, ms, processor_seconds / len(ms) * 1e6)


def _loop(address: tuple[str, int], count: int, requests: Iterator[bytes], seconds: float) -> Outcome:
    pool = Pool(*address, count)
    try:
        return closed_loop(pool, requests, seconds)
    finally:
        pool.close()


def _counted(here: Site) -> Figures:
    """SQL statements of one report that carries everything, and in how many transactions its rows were written."""
    app = create_app(here.settings)
    body = {**Reports(*here.address).body(), "contact": {"email": "resident@example.org"}, "venue": "K7QD"}
    headers = {"Idempotency-Key": "counted", "Device-Key": "counted"}
    app.test_client().post("/api/v1/reports", json=body, headers=headers | {"Idempotency-Key": "opens-the-connection"})
    with counting() as asked:
        answer = app.test_client().post("/api/v1/reports", json=body, headers=headers)
    let_go(app)
    if answer.status_code != 201:
        raise RuntimeError(f"the report to count was answered {answer.status_code}")
    with here.owner() as owner:
        row = owner.execute(_TRANSACTIONS, {"report": answer.get_json()["id"]}).fetchone()
    return {"statements": asked.statements, "commits": row[0] if row else None}
