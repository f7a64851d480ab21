"""The line as one table: each job and the function that does it; and the walk from a step through those behind it. Beside
it the errands, which no report waits for and nothing comes behind."""

import uuid
from collections.abc import Callable, Sequence
from typing import Final

from reporting import jobs
from worker.grouping.task import group
from worker.routing.reroute import reroute
from worker.routing.task import route
from worker.routing.trial import try_routing
from worker.triage.task import triage

STEPS: Final[dict[str, Callable[[Sequence[uuid.UUID]], list[uuid.UUID]]]] = {
    jobs.TRIAGE: triage,
    jobs.GROUPING: group,
    jobs.ROUTING: route,
}

ERRANDS: Final[dict[str, Callable[[Sequence[uuid.UUID]], list[uuid.UUID]]]] = {
    jobs.TRY_ROUTING: try_routing,
    jobs.REROUTE: reroute,
}


def run_line(job: str, report_ids: Sequence[uuid.UUID]) -> int:
    """Does the step and then, for those it did, each step behind it. Returns how many reports reached the end."""
    going = list(report_ids)
    for name in jobs.LINE[jobs.LINE.index(job) :]:
        if going:
            going = STEPS[name](going)
    return len(going)


def run_errands(job: str, subject_ids: Sequence[uuid.UUID]) -> int:
    """Does errands; returns how many are done with."""
    return len(ERRANDS[job](subject_ids))
