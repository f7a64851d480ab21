"""The queue: the first page of fifty over HTTP, with ten thousand, a hundred thousand and a million open incidents.

All of them belong to the operator's own organisation, which is the worst case. The rows are made by the owner in one
statement, analysed, and gone afterwards.
"""

import uuid
from typing import Any, Final

import psycopg

from benchmarks.counting import counting, let_go
from benchmarks.figures import Figures, Plan, median, named, percentile
from benchmarks.load import Pool, open_loop
from benchmarks.reports import get_request
from benchmarks.system import Site
from reporting.app import create_app

SIZES: Final = {"n1e4": 10_000, "n1e5": 100_000, "n1e6": 1_000_000}
PAGE: Final = "/api/v1/incidents?status=open&limit=50"
ASKED: Final = 100
ASKED_A_SECOND: Final = 20
COUNTED: Final = 15

_FILL: Final = """
    insert into incident (id, number, organisation_id, category, priority, status, summary, lat, lon, accuracy_m, place, cell,
        opened_at, updated_at, last_report_at, due_at, report_count, independent_sources)
    select gen_random_uuid(), 'B-' || n, %s,
        (array['unattended_item','suspicious_behaviour','suspicious_vehicle','other'])[1 + n %% 4],
        1 + (n::bigint * 7919) %% 4, (array['new','acknowledged','in_progress'])[1 + n %% 3],
        'An item stands alone beside the stairs',
        60.09 + (n %% 1600) * 0.0001, 24.78 + (n %% 3200) * 0.0001, 15, 'platform ' || n %% 40, n %% 30000,
        opened, opened, opened, case when n %% 4 < 3 then opened + interval '15 minutes' end, 1, 1
    from (select n, now() - n * interval '0.8 seconds' as opened from generate_series(1, %s) as n) as made
"""


def measure(here: Site, plan: Plan) -> Figures:
    """`queue.n1e4|n1e5|n1e6.{ms,p95_ms,sql_ms,statements}`."""
    figures: Figures = {}
    here.web()
    with here.owner() as owner:
        for name in plan.sizes:
            _fill(owner, here.organisation_id, SIZES[name])
            figures |= named(f"queue.{name}", {**_timed(here.address, here.token), **_counted(here)})
            owner.execute("truncate incident cascade")
    return figures


def _fill(owner: "psycopg.Connection[Any]", organisation_id: str, count: int) -> None:
    owner.execute("truncate incident cascade")
    owner.execute(_FILL, (uuid.UUID(organisation_id), count))
    owner.execute("vacuum analyze incident")


def _timed(address: tuple[str, int], token: str) -> Figures:
    """Milliseconds of the page over HTTP, asked for at a steady pace."""
    pool = Pool(*address, 2)
    request = get_request(PAGE, *address, token)
    open_loop(pool, [request] * ASKED_A_SECOND, ASKED_A_SECOND * 2).require(200)
    taken = [each.ms for each in open_loop(pool, [request] * ASKED, ASKED_A_SECOND).require(200).exchanges]
    pool.close()
    return {"ms": round(median(taken), 2), "p95_ms": round(percentile(taken, 0.95), 2)}


def _counted(here: Site) -> Figures:
    """Its SQL statements, and what of the time is theirs."""
    app = create_app(here.settings)
    client, taken = app.test_client(), []
    for _turn in range(COUNTED):
        with counting() as asked:
            answer = client.get(PAGE, headers={"Authorization": f"Bearer {here.token}"})
        if answer.status_code != 200 or len(answer.get_json()["items"]) != 50:
            raise RuntimeError(f"the page to count was answered {answer.status_code}")
        taken.append(asked.ms)
    let_go(app)
    return {"sql_ms": round(median(taken), 2), "statements": asked.statements}
