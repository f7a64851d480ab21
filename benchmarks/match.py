"""Matching: one report against ten thousand and a hundred thousand open incidents of one city of 18 by 18 km, and against a
million of a region of 56 by 56 km, all of today; and, as `crowded`, against a million in the one city, 3,000 on each square km.

Timed is what the line does for a report that comes alone: asking the tables for its candidates with what their reports said, and
deciding. The incidents around the places that are asked about have a report each, with its assessment and its trace.
"""

import os
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, Final

import psycopg
from sqlalchemy import text

from benchmarks.counting import let_go
from benchmarks.figures import Figures, Plan, named, spread
from benchmarks.system import Site
from reporting.bootstrap import SYSTEM, build
from reporting.domain.facts import Point, ReportFacts
from reporting.domain.grid import CELL_DEGREES
from reporting.extensions import db
from reporting.queries import facts
from worker.grouping.match import match
from worker.grouping.parameters import DEFAULT_PARAMETERS
from worker.grouping.task import search_for

SIZES: Final = {"n1e4": (10_000, 1.0), "n1e5": (100_000, 1.0), "n1e6": (1_000_000, 10**0.5), "crowded": (1_000_000, 1.0)}
"""name -> open incidents, and how many times the city's sides they are spread over."""
KINDS: Final = ("unattended_item", "suspicious_behaviour", "suspicious_vehicle", "other")
SOUTH, WEST, HIGH, WIDE = 60.09, 24.78, 0.16, 0.32
PLACES: Final = 300
ASKED: Final = 1000
WARM: Final = 50

_FILL: Final = """
    insert into incident (id, number, organisation_id, category, priority, status, summary, lat, lon, accuracy_m, place, cell,
        opened_at, updated_at, last_report_at, report_count, independent_sources)
    select gen_random_uuid(), 'B-' || n, %(organisation)s, (array['unattended_item','suspicious_behaviour','suspicious_vehicle',
        'other'])[1 + n %% 4], 1 + n %% 4, 'new', 'An item stands alone', lat, lon, 15, '',
        floor((lat + 90) / %(degrees)s)::bigint * 180000 + floor((lon + 180) / %(degrees)s)::bigint, seen, seen, seen, 1, 1
    from (select n, %(south)s + random() * %(high)s as lat, %(west)s + random() * %(wide)s as lon,
        now() - n * interval '80000 seconds' / %(count)s as seen from generate_series(1, %(count)s) as n) as made
"""
_SAID: Final = """
    with near as (
        select incident.id as incident_id, gen_random_uuid() as id, category, lat, lon, opened_at,
            row_number() over () as n from incident where cell = any(%(cells)s)
    ), told as (
        insert into report (id, reference, receipt_hash, received_at, category, description, language, lat, lon, accuracy_m,
            location_source, clock_plausible, trust, incident_id)
        select id, 'B-' || n, sha256(id::text::bytea), opened_at, category,
            (array['Black rucksack under the bench','Somebody tries the doors of parked cars','Van without plates','Odd smell'])
                [1 + n %% 4] || ' near door ' || n %% 97, 'en', lat, lon, 15, 'gps', true, 'normal', incident_id from near
        returning id, received_at
    ), traced as (
        insert into trace (report_id, received_at, network_hash, device_hash)
        select id, received_at, sha256(id::text::bytea), sha256(id::text::bytea) from told
    )
    insert into assessment (id, report_id, score, priority, relevant, rule_set, findings)
    select gen_random_uuid(), id, 40, 3, true, 'bench', %(findings)s::jsonb from told
"""
_FINDINGS: Final = """[{"rule": "category.usual", "weight": 20}, {"rule": "item.wires", "weight": 30},
    {"rule": "context.place", "weight": 5}, {"rule": "item.denied", "weight": -5}]"""


def measure(here: Site, plan: Plan) -> Figures:
    """`match.n1e4|n1e5|n1e6|crowded.{p50_ms,p99_ms,cpu_ms,candidates}`; the quick run leaves the millions out."""
    figures: Figures = {}
    app = build(here.settings, process="bench", reach=SYSTEM, pool=1)
    with here.owner() as owner, app.app_context():
        for name in ("n1e4", "n1e5") if plan.quick else SIZES:
            spots = _fill(owner, here.organisation_id, *SIZES[name])
            figures |= named(f"match.{name}", _timed(spots, 200 if plan.quick else ASKED))
            owner.execute("truncate incident cascade")
    let_go(app)
    return figures


def _fill(owner: "psycopg.Connection[Any]", organisation_id: str, count: int, sides: float) -> list[tuple[float, float]]:
    """Fills the tables; gives the places that are asked about."""
    chance, high, wide = Random(7), HIGH * sides, WIDE * sides
    spots = [(SOUTH + chance.random() * high, WEST + chance.random() * wide) for _ in range(PLACES)]
    owner.execute("truncate incident cascade")
    box = {"south": SOUTH, "west": WEST, "high": high, "wide": wide, "degrees": CELL_DEGREES}
    owner.execute(_FILL, {"organisation": uuid.UUID(organisation_id), "count": count, **box})
    cells = sorted({cell for spot in spots for cell in facts.cells_around(*spot, DEFAULT_PARAMETERS.cap_m)})
    owner.execute(_SAID, {"cells": cells, "findings": _FINDINGS})
    for table in ("incident", "report", "trace", "assessment"):
        owner.execute(f"vacuum analyze {table}")
    return spots


def _timed(spots: list[tuple[float, float]], asked: int) -> Figures:
    """Milliseconds of candidates and decision, each in a transaction of its own as the line has it."""
    taken, met, spent = [], 0, 0.0
    for number in range(WARM + asked):
        report = _report(number, spots[number % len(spots)])
        if number == WARM:
            spent = _processor_s()
        began = time.perf_counter()
        (candidates,) = facts.candidates(db.session, [search_for(report)])
        match(report, candidates, DEFAULT_PARAMETERS)
        taken.append((time.perf_counter() - began) * 1000)
        met += len(candidates)
        db.session.commit()  # as the line does; a rollback would throw the prepared statements away
    cpu_ms = (_processor_s() - spent) / asked * 1000
    return {**spread(taken[WARM:], 50, 99), "cpu_ms": round(cpu_ms, 2), "candidates": round(met / len(taken), 1)}


def _processor_s() -> float:
    """Processor seconds of this process and of the database process that answers it: what a busy machine does not change."""
    backend = db.session.scalar(text("select pg_backend_pid()"))
    db.session.rollback()
    user, system = Path(f"/proc/{backend}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _report(number: int, spot: tuple[float, float]) -> ReportFacts:
    return ReportFacts(
        id=str(uuid.UUID(int=number)),
        category=KINDS[number % len(KINDS)],
        received_at=datetime.now(UTC),
        description=f"Black rucksack under a bench, door {number % 97}",
        language="en",
        point=Point(*spot, 15, "gps"),
        signs=("item.wires",),
    )
