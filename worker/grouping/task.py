"""The grouping step: locks the neighbourhood, asks for each report which open incident it is about, and puts it there."""

import uuid
from collections.abc import Sequence
from typing import Final

from reporting import jobs
from reporting.domain.facts import IncidentFacts, ReportFacts
from reporting.domain.findings import Match
from reporting.models.incident import Assessment
from reporting.queries import facts
from reporting.services.grouping import Ledger, Placing, lock_neighbourhoods, place_report
from reporting.services.line import work_off
from reporting.services.unit_of_work import Work
from worker.grouping.match import match
from worker.grouping.parameters import DEFAULT_PARAMETERS
from worker.grouping.sources import independent

RADIUS_M: Final = 300.0
"""As far as any automatic join or suggestion can reach."""
REVIEWED: Final = "reviewed"


def group(report_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Puts those of the reports that are on no incident yet on one; returns the ones done now."""
    return work_off(jobs.GROUPING, report_ids, _step)


def _step(work: Work, report_ids: Sequence[uuid.UUID]) -> None:
    reports = facts.reports(work.session, report_ids)
    lock_neighbourhoods(work, reports, RADIUS_M)
    assessed = facts.assessments(work.session, report_ids)
    ledger = Ledger()
    for report in reports:
        place_report(work, _placing(work, report, assessed[report.id]), ledger)
    ledger.write(work)


def _placing(work: Work, report: ReportFacts, assessment: Assessment) -> Placing:
    """A report of the reviewed lane stands alone: it is not joined to anything."""
    candidates = [] if assessment.lane == REVIEWED else facts.candidates(work.session, report, RADIUS_M)
    found = match(report, candidates, DEFAULT_PARAMETERS)
    return Placing(report, assessment, found, _is_independent(report, found, candidates))


def _is_independent(report: ReportFacts, found: Match, candidates: list[IncidentFacts]) -> bool:
    joined = next((each for each in candidates if found.decision == "join" and each.id == found.incident_id), None)
    return joined is None or independent(report, joined.reports)
