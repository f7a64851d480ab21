"""Intake: reports a second through the public door, beside a bare Flask hello and plain psycopg with the same rows.

Database and web run, the line does not: what is measured is accepting. The three take turns on the same machine in the same
minute, and each ratio is the median over the turns, so that a disturbance hits all of them or is left out.
"""

from collections.abc import Iterator
from itertools import cycle
from typing import Final

from benchmarks import system
from benchmarks.counting import counting, let_go
from benchmarks.figures import Figures, Plan, median, named, spread
from benchmarks.load import Outcome, Pool, closed_loop
from benchmarks.reports import Reports, get_request
from benchmarks.system import Site
from benchmarks.yardstick import Writers, Written, rows_of_reports, writers
from reporting.app import create_app
from reporting.bootstrap import plain_url

CONNECTIONS: Final = (1, 8, 32)
HIGHEST_RATE: Final = 3000
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
    here.web()
    with system.under_the_same_settings(here, "benchmarks.hello:application") as hello:
        supply = Reports(*here.address)
        _warm(here.address, supply)
        with here.owner() as owner:
            rows = rows_of_reports(owner, TEMPLATES)
        for count in CONNECTIONS:
            with writers(plain_url(here.settings.database_url), rows, here.settings.web_processes, count) as yardstick:
                turns = _Turns(count, here.address, hello, yardstick)
                figures |= named(f"intake.c{count}", turns.take(plan, supply))
    return figures | named("intake", _counted(here))


def _warm(address: tuple[str, int], supply: Reports) -> None:
    pool = Pool(*address, 16)
    closed_loop(pool, iter(supply.requests(HIGHEST_RATE)), 1.0).require(201)
    pool.close()


class _Turns:
    """One number of connections: product, psycopg, Flask, again and again."""

    def __init__(self, count: int, address: tuple[str, int], hello: tuple[str, int], yardstick: Writers) -> None:
        self._count = count
        self._address, self._hello = address, hello
        self._yardstick = yardstick

    def take(self, plan: Plan, supply: Reports) -> Figures:
        """The figures of this number of connections."""
        own: list[Outcome] = []
        plain: list[Written] = []
        bare: list[Outcome] = []
        self._yardstick.write(0.2)
        for _turn in range(plan.turns):
            requests = supply.requests(int(HIGHEST_RATE * plan.turn_seconds))
            own.append(self._loop(self._address, iter(requests), plan.turn_seconds).require(201))
            plain.append(self._yardstick.write(plan.turn_seconds))
            hello = cycle([get_request("/hello", *self._hello)])
            bare.append(self._loop(self._hello, hello, plan.turn_seconds).require(200))
        return {
            "rps": round(median([each.rate for each in own]), 1),
            **spread([each.ms for outcome in own for each in outcome.exchanges], 50, 95, 99),
            "ratio_psycopg": round(median([a.rate / b.rate for a, b in zip(own, plain, strict=True)]), 3),
            "ratio_flask": round(median([a.rate / b.rate for a, b in zip(own, bare, strict=True)]), 3),
            "psycopg_tps": round(median([each.rate for each in plain]), 1),
            "flask_rps": round(median([each.rate for each in bare]), 1),
        }

    def _loop(self, address: tuple[str, int], requests: Iterator[bytes], seconds: float) -> Outcome:
        pool = Pool(*address, self._count)
        try:
            return closed_loop(pool, requests, seconds)
        finally:
            pool.close()


def _counted(here: Site) -> Figures:
    """SQL statements of one report that carries everything, and in how many transactions its rows were written."""
    app = create_app(here.settings)
    body = {**Reports(*here.address).body(), "contact": {"email": "resident@example.org"}, "venue": "K7QD"}
    headers = {"Idempotency-Key": "counted", "Device-Key": "counted"}
    with counting() as asked:
        answer = app.test_client().post("/api/v1/reports", json=body, headers=headers)
    let_go(app)
    if answer.status_code != 201:
        raise RuntimeError(f"the report to count was answered {answer.status_code}")
    with here.owner() as owner:
        row = owner.execute(_TRANSACTIONS, {"report": answer.get_json()["id"]}).fetchone()
    return {"statements": asked.statements, "commits": row[0] if row else None}
