"""The order of the outbox: letters are rung for oldest first, but who floods the line stands behind the others.

A flood is not refused and not slowed: its letters are rung for as soon as little else is under way. What is bounded is how much
of it is under way at once, so that a report from elsewhere waits for some dozen others and never for thousands. Both orders
are read from an index; who sent a letter is looked up for those at the head alone.
"""

import time
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text

from reporting import jobs
from reporting.domain.turns import Source, Turns
from reporting.services.line import Letter
from reporting.services.unit_of_work import unit_of_work

UNDER_WAY: Final = 100
"""As many letters of the line may be under way when those behind are rung for: two batches."""

_HEAD: Final = text("""
    with head as (
        select id, job, subject_id from outbox
        where dispatched_at is null and dead_at is null and not behind and due_at <= now()
        order by due_at limit :limit for update skip locked
    )
    select head.id, job, subject_id, network_hash, device_hash, filer from head
    left join trace on trace.report_id = subject_id left join report on report.id = subject_id order by head.id
""")
_RING: Final = text("""
    update outbox set behind = id = any(:behind), dispatched_at = case when id = any(:behind) then null else now() end
    where id = any(:looked)
""")
_BEHIND: Final = text("""
    update outbox set dispatched_at = now() where id in (
        select id from outbox where dispatched_at is null and dead_at is null and behind and due_at <= now()
        order by due_at for update skip locked
        limit (select greatest(0, :room - count(*)) from (
            select from outbox where dispatched_at is not null and dead_at is null and job = any(:line) limit :room) as busy)
    ) returning id, job, subject_id
""")
_WAITING: Final = text("select exists (select from outbox where dispatched_at is null and dead_at is null and behind)")


@dataclass(frozen=True, slots=True)
class Claimed:
    """Letters that were rung for; whether the head was as long as asked for; whether any stood behind."""

    letters: list[Letter]
    full: bool
    more_behind: bool


def claim_in_turn(limit: int, turns: Turns) -> Claimed:
    """Marks due letters as rung: the oldest ones of those who send their share, and of the others what there is room for."""
    with unit_of_work() as work:
        head = work.session.execute(_HEAD, {"limit": limit}).all()
        late = turns.behind((_source(row) for row in head), time.monotonic())
        behind = [row.id for row, is_late in zip(head, late, strict=True) if is_late]
        if head:
            work.session.execute(_RING, {"behind": behind, "looked": [row.id for row in head]})
        waiting = bool(work.session.scalar(_WAITING))
        found = work.session.execute(_BEHIND, {"room": UNDER_WAY, "line": list(jobs.LINE)}).all() if waiting else []
    rung = [row for row, is_late in zip(head, late, strict=True) if not is_late]
    letters = [Letter(row.id, row.job, row.subject_id) for row in (*rung, *sorted(found, key=lambda row: row.id))]
    return Claimed(letters, full=len(head) == limit, more_behind=waiting)


def _source(row: Any) -> Source:
    """Staff and control rooms send from one network all day; they never stand behind."""
    if row.filer not in (None, "public"):
        return Source()
    return Source(row.device_hash, row.network_hash)
