"""The line as one table: each job and the function that does it; and the walk from a step through those behind it. Beside
it the errands, which no report waits for and nothing comes behind."""

import uuid
from collections.abc import Callable, Sequence
from typing import Final

from reporting import jobs
from reporting.domain.facts import Assessed, ReportFacts
from reporting.queries import facts
from reporting.queries.routing import Said
from reporting.services.line import work_through
from reporting.services.unit_of_work import Work
from worker.grouping.task import group, place
from worker.media.task import sanitise
from worker.routing.reroute import look_again, reroute
from worker.routing.task import hand_out, route
from worker.routing.trial import try_routing
from worker.triage.hearing import hear
from worker.triage.task import assess_reports, triage

STEPS: Final[dict[str, Callable[[Sequence[uuid.UUID]], list[uuid.UUID]]]] = {
    jobs.TRIAGE: triage,
    jobs.GROUPING: group,
    jobs.ROUTING: route,
}

ERRANDS: Final[dict[str, Callable[[Sequence[uuid.UUID]], list[uuid.UUID]]]] = {
    jobs.TRY_ROUTING: try_routing,
    jobs.REROUTE: reroute,
    jobs.LOOK_AGAIN: look_again,
    jobs.SANITISE: sanitise,
    jobs.HEARING: hear,
}


def run_line(job: str, report_ids: Sequence[uuid.UUID]) -> int:
    """Does the step and then, for those it did, each step behind it. Returns how many reports reached the end.

    From the beginning the whole way is one commit; where something fails on it, each step goes by itself, so that what can be
    done is done, and what cannot waits at its own step.
    """
    if job == jobs.LINE[0]:
        done = work_through(report_ids, _walk)
        if done is not None:
            return len(done)
    return _step_by_step(job, report_ids)


def _walk(work: Work, report_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Returns the reports whose incident is in other hands right now: they are routed a moment later."""
    reports = facts.reports(work.session, report_ids)
    assessed = assess_reports(work, reports)
    placed = place(work, reports, assessed)
    return hand_out(work, [_said(each, assessed[each.id], placed[each.id]) for each in reports])


def _said(report: ReportFacts, assessed: Assessed, incident_id: uuid.UUID) -> Said:
    return Said(
        id=uuid.UUID(report.id),
        incident_id=incident_id,
        about_staff=report.about_staff,
        behaviours=report.behaviours,
        findings=assessed.findings,
    )


def _step_by_step(job: str, report_ids: Sequence[uuid.UUID]) -> int:
    going = list(report_ids)
    for name in jobs.LINE[jobs.LINE.index(job) :]:
        if going:
            going = STEPS[name](going)
    return len(going)


def run_errands(job: str, subject_ids: Sequence[uuid.UUID]) -> int:
    """Does errands; returns how many are done with."""
    return len(ERRANDS[job](subject_ids))
