"""The grouping step: locks the neighbourhood, asks for each report which open incident it is about, and puts it there."""

import uuid
from collections.abc import Sequence
from typing import Final

from reporting import jobs
from reporting.domain.facts import IncidentFacts, ReportFacts, Search
from reporting.domain.findings import Match
from reporting.models.incident import Assessment
from reporting.queries import facts
from reporting.services.grouping import Placing, lock_neighbourhoods, place_reports
from reporting.services.line import work_off
from reporting.services.unit_of_work import Work
from worker.grouping.apart import match_apart
from worker.grouping.board import Board
from worker.grouping.parameters import DEFAULT_PARAMETERS
from worker.grouping.sources import independent

REVIEWED: Final = "reviewed"


def group(report_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Puts those of the reports that are on no incident yet on one; returns the ones done now."""
    return work_off(jobs.GROUPING, report_ids, _step)


def _step(work: Work, report_ids: Sequence[uuid.UUID]) -> None:
    reports = facts.reports(work.session, report_ids)
    searches = [_search(report) for report in reports]
    lock_neighbourhoods(work, searches)
    assessed = facts.assessments(work.session, report_ids)
    board = Board(searches, facts.candidates(work.session, searches))
    place_reports(work, [_placing(board, search, assessed[search.report.id]) for search in searches])


def _placing(board: Board, search: Search, assessment: Assessment) -> Placing:
    """A report of the reviewed lane stands alone: it is not joined to anything, and nothing to it."""
    report, alone = search.report, assessment.lane == REVIEWED
    candidates = [] if alone else board.around(search)
    found = match_apart(report, candidates, DEFAULT_PARAMETERS)
    if found.decision == "join" and found.incident_id is not None:
        board.joined(found.incident_id, report)
        return Placing(report, assessment, found, _is_independent(report, found, candidates), uuid.UUID(found.incident_id))
    incident_id = uuid.uuid4()
    if not alone:
        board.opened(str(incident_id), report)
    return Placing(report, assessment, found, True, incident_id)


def _search(report: ReportFacts) -> Search:
    """How far to look: who moves can be farther away; threats are compared by their words, wherever they are."""
    window = DEFAULT_PARAMETERS.window(report.category)
    walked_m = window.growth_mps * window.window_s if report.moving else 0.0
    return Search(report, DEFAULT_PARAMETERS.cap_m + walked_m, anywhere=window.text_only or report.point is None)


def _is_independent(report: ReportFacts, found: Match, candidates: list[IncidentFacts]) -> bool:
    """Seen from the incident as it was before the report joined."""
    return independent(report, next(each.reports for each in candidates if each.id == found.incident_id))
