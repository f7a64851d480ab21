"""A second watcher: while the relay is silent, a worker does what the relay does. A frozen relay is no dead one: nobody restarts
it, its sign of life grows old, and nothing would drain or escalate.

Letters and ladders are claimed row by row, so it does no harm when the relay comes back in the middle of it.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog

from reporting import jobs
from reporting.services.line import BATCH, claim_new, claim_stale, is_silent
from worker.clocks import keep_clocks
from worker.line import run_errands, run_line
from worker.relay import WAITED_LONG, batches

SILENT: Final = timedelta(seconds=12)
"""Two signs of life were missed, and a little."""
WORK_SECONDS: Final = 8.0
"""It looks every five seconds; a turn that takes longer leaves the rest to the next one."""

Ring = Callable[[str, Sequence[uuid.UUID]], None]

log = structlog.get_logger()


def stand_in(clock: Callable[[], float], ring: Ring) -> bool:
    """A turn of the relay's work where the relay is silent; whether it was. It rings for what only another process may do."""
    if not is_silent("relay", SILENT):
        return False
    keep_clocks()
    until, done = clock() + WORK_SECONDS, 0
    while clock() < until and (letters := [*claim_new(BATCH), *claim_stale(WAITED_LONG, BATCH)]):
        for job, ids in batches(letters):
            if job == jobs.DELIVER:
                ring(job, ids)
            else:
                _do(job, ids, lambda: clock() < until)
        keep_clocks()
        done += len(letters)
    log.warning("worker.stands_in", count=done)
    return True


def _do(job: str, ids: Sequence[uuid.UUID], is_time: Callable[[], bool]) -> None:
    """The line's letters together; errands one by one while there is time, since each may take seconds. What is left over is
    claimed again."""
    if job in jobs.LINE:
        run_line(job, ids)
        return
    for each in ids:
        if is_time():
            run_errands(job, [each])
