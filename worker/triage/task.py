"""The triage step: gathers the facts of reports, lets the rules assess them, keeps what they concluded."""

import uuid
from collections.abc import Sequence

from reporting import jobs
from reporting.bootstrap import adapters
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
    now = adapters().clock()
    zone = adapters().settings.time_zone
    reports = with_surroundings(work.session, facts.reports(work.session, report_ids), zone)
    keep_assessments(work, [(uuid.UUID(each.id), assess(each, now)) for each in reports])
