"""Is the line alive: the age of the oldest undone step, dead letters, and each process's last sign of life."""

from typing import Any, Final

from sqlalchemy import text

from reporting import jobs
from reporting.adapters.sight import reading

OLDEST_UNDONE_S: Final = 15
PULSE_S: Final = 25
"""A silent process must be seen within 30 s; pulses come every 5 s."""
PROCESSES: Final = ("relay", "worker", "worker-media", "worker-delivery")
"""A frozen beat shows as silence of both workers, because their pulses are beaten by it."""


_UNPLACED: Final = text(
    "select substr(last_error, length(:waits) + 1) as why, count(*) as reports from outbox"
    " where dead_at is null and starts_with(last_error, :waits) group by 1 order by 1"
)
"""What nobody can do yet, and why: a report that no organisation there is may receive."""


def readiness() -> dict[str, Any]:
    """What keeps the system from being ready, in words; nothing in `problems` means ready."""
    with reading() as session:
        ages = {
            row.process: float(row.age)
            for row in session.execute(text("select process, extract(epoch from clock_timestamp() - at) as age from pulse"))
        }
        undone = session.execute(
            text(
                "select count(*) filter (where dead_at is null) as waiting, count(*) filter (where dead_at is not null) as dead,"
                " coalesce(extract(epoch from clock_timestamp() - min(created_at) filter"
                " (where dead_at is null and attempts = 0 and job = any(:line))), 0) as oldest from outbox"
            ),
            {"line": list(jobs.LINE)},
        ).one()
        unplaced = session.execute(_UNPLACED, {"waits": jobs.WAITS}).all()
        rooms = session.scalar(text("select count(*) from organisation where duty_desk"))
    problems = [] if rooms else ["no organisation is the duty desk"]
    problems += [f"{row.reports} {'reports wait' if row.reports > 1 else 'report waits'}: {row.why}" for row in unplaced]
    problems += [f"{name} is silent" for name in PROCESSES if ages.get(name, PULSE_S + 1) > PULSE_S]
    if undone.oldest > OLDEST_UNDONE_S:
        problems.append("reports wait too long")
    return {
        "problems": problems,
        "waiting": undone.waiting,
        "dead_letters": undone.dead,
        "oldest_seconds": round(float(undone.oldest), 1),
    }


def figures() -> dict[str, Any]:
    """Counters for metrics: no label carries anything a person wrote."""
    with reading() as session:
        filed = session.execute(text("select trust, count(*) as count from idempotency group by trust")).all()
        counted = session.execute(text("select name, value, extract(epoch from now() - at) as age from figure")).all()
        outbox = session.execute(
            text("select job, dead_at is not null as dead, count(*) as count from outbox group by 1, 2")
        ).all()
        deliveries = session.execute(text("select * from deliveries_by_channel()")).all()
    return {
        "deliveries": {(row.channel, row.state): row.count for row in deliveries},
        "counted": {row.name: (row.value, float(row.age)) for row in counted},
        "filed": {row.trust: row.count for row in filed},
        "outbox": {(row.job, row.dead): row.count for row in outbox},
    }
