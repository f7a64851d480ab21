"""The line: milliseconds from the moment a POST is due until its report is routed, at fixed rates, for both brokers.

Routed means: the report is on an incident, the incident has an organisation, and the commit that tells its screens is on
disk. PostgreSQL itself remembers when each transaction committed (`track_commit_timestamp`), so nothing polls while it is
measured; sender and database share this machine's clock. Backlog is how many accepted reports were not routed yet when the
last one was sent.
"""

import json
import time
from dataclasses import dataclass
from typing import Final

from benchmarks import system
from benchmarks.figures import Figures, Plan, named, spread
from benchmarks.load import Exchange, Pool, open_loop
from benchmarks.reports import Reports
from benchmarks.system import Site

CONNECTIONS: Final = 16
PATIENCE_SECONDS: Final = 60.0
STEP: Final = 50
"""Reports a second by which the highest rate is sought."""
SEARCH_SECONDS: Final = 8.0
SEARCH_CEILING: Final = 1200
KEPT_UP_SECONDS: Final = 0.5
"""A rate is held when the backlog at its end is less than what arrives in this time."""
WARM_RATE: Final = 100

_ROUTED: Final = """
    select j.report_id, extract(epoch from greatest(pg_xact_commit_timestamp(j.xmin), told.at))::float8
    from joining j join report r on r.id = j.report_id
    cross join lateral (
        select min(pg_xact_commit_timestamp(e.xmin)) as at from live_event e
        where e.incident_id = r.incident_id and e.xid::text::bigint >= j.xmin::text::bigint
    ) as told
    where r.received_at >= to_timestamp(%s) and told.at is not null
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What one rate came to."""

    rate: int
    delays: list[float]
    backlog: int

    @property
    def held(self) -> bool:
        """Whether the line kept up."""
        return self.backlog < self.rate * KEPT_UP_SECONDS

    def figures(self) -> Figures:
        return {**spread(self.delays, 50, 99), "backlog": self.backlog}


def measure(here: Site, plan: Plan) -> Figures:
    """`line.BROKER.r50|r200|r400.*` for each broker, and without a broker's name those of the first."""
    figures: Figures = {}
    brokers = [name for name in plan.brokers if name != "redis" or system.has_redis()]
    for name in brokers:
        figures |= named(f"line.{name}", _of_broker(here, plan, name))
    first = brokers[0]
    own = {key.removeprefix(f"line.{first}."): value for key, value in figures.items() if key.startswith(f"line.{first}.")}
    return {"line.broker": first, **named("line", own), **figures}


def _of_broker(here: Site, plan: Plan, name: str) -> Figures:
    figures: Figures = {}
    here.line(name)
    _run(here, WARM_RATE, 1.0 if plan.quick else 5.0)
    for rate in plan.rates:
        figures |= named(f"r{rate}", _run(here, rate, plan.line_seconds).figures())
    if not plan.quick:
        figures["highest_rate"] = _highest(here, max(plan.rates))
    return figures


def _highest(here: Site, known: int) -> int | None:
    """The highest rate that is held, from a known one upwards, else downwards; None where none is."""
    if _run(here, known, SEARCH_SECONDS).held:
        while known < SEARCH_CEILING and _run(here, known + STEP, SEARCH_SECONDS).held:
            known += STEP
        return known
    while known > STEP:
        known -= STEP
        if _run(here, known, SEARCH_SECONDS).held:
            return known
    return None


def _run(here: Site, rate: int, seconds: float) -> Run:
    """Sends at this rate for so long, waits until everything is routed, and reads when that was."""
    requests = Reports(*here.address, seed=rate).requests(int(rate * seconds))
    began = time.time()
    pool = Pool(*here.address, CONNECTIONS)
    exchanges = open_loop(pool, requests, rate).require(201).exchanges
    pool.close()
    routed = _routed(here, began, len(exchanges))
    last_due = max(each.due for each in exchanges)
    behind = sum(1 for each in exchanges if routed[_id(each)] > last_due)
    return Run(rate, [(routed[_id(each)] - each.due) * 1000 for each in exchanges], behind)


def _routed(here: Site, began: float, count: int) -> dict[str, float]:
    """report id -> the time at which it was routed, once all are."""
    until = time.monotonic() + PATIENCE_SECONDS
    with here.owner() as owner:
        while time.monotonic() < until:
            left = owner.execute("select count(*) from outbox").fetchone()
            if left == (0,):
                break
            time.sleep(0.1)
        found = {str(report): at for report, at in owner.execute(_ROUTED, (began - 1,))}
    if len(found) < count:
        raise RuntimeError(f"only {len(found)} of {count} reports were routed within {PATIENCE_SECONDS:.0f} s")
    return found


def _id(exchange: Exchange) -> str:
    return str(json.loads(exchange.body)["id"])
