"""The triage step: gathers the facts of reports, lets the rules assess them, keeps what they concluded."""

import uuid
from collections.abc import Sequence

from reporting import jobs
from reporting.bootstrap import adapters
from reporting.domain.facts import Assessed, ReportFacts
from reporting.queries import facts
from reporting.queries.around import with_surroundings
from reporting.services.line import work_off
from reporting.services.triage import keep_assessments
from reporting.services.unit_of_work import Work
from worker.triage.assess import assess


def triage(report_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Triages those of the reports that are not triaged yet; returns the ones done now."""
    return work_off(jobs.TRIAGE, report_ids, _step)


def _step(work: Work, report_ids: Sequence[uuid.UUID]) -> None:
    assess_reports(work, facts.reports(work.session, report_ids))


def assess_reports(work: Work, reports: Sequence[ReportFacts]) -> dict[str, Assessed]:
    """Assesses the reports and keeps what was concluded: report id -> what grouping needs of it."""
    now = adapters().clock()
    zone = adapters().settings.time_zone
    concluded = {each.id: assess(each, now) for each in with_surroundings(work.session, reports, zone)}
    kept = keep_assessments(work, [(uuid.UUID(key), each) for key, each in concluded.items()])
    return {str(row["report_id"]): Assessed(row["priority"], row["lane"], row["findings"]) for row in kept}
