"""The line as one table: each job and the function that does it; and the walk from a step through those behind it."""

import uuid
from collections.abc import Callable, Sequence
from typing import Final

from reporting import jobs
from worker.grouping.task import group
from worker.routing.task import route
from worker.triage.task import triage

STEPS: Final[dict[str, Callable[[Sequence[uuid.UUID]], list[uuid.UUID]]]] = {
    jobs.TRIAGE: triage,
    jobs.GROUPING: group,
    jobs.ROUTING: route,
}


def run_line(job: str, report_ids: Sequence[uuid.UUID]) -> int:
    """Does the step and then, for those it did, each step behind it. Returns how many reports reached the end."""
    going = list(report_ids)
    for name in jobs.LINE[jobs.LINE.index(job) :]:
        if going:
            going = STEPS[name](going)
    return len(going)
