"""The grouping step: locks the neighbourhood, asks for each report which open incident it is about, and puts it there."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from reporting import jobs
from reporting.domain.facts import Assessed, IncidentFacts, ReportFacts, Search
from reporting.domain.findings import Match
from reporting.domain.signs import signs_of
from reporting.queries import earlier, facts
from reporting.services.grouping import Placing, lock_neighbourhoods, place_reports
from reporting.services.line import work_off
from reporting.services.unit_of_work import Work
from worker.grouping.apart import match_apart
from worker.grouping.board import Board
from worker.grouping.news import news
from worker.grouping.parameters import DEFAULT_PARAMETERS
from worker.grouping.sources import independent, one_network

QUEUE: Final = "queue"


def group(report_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Puts those of the reports that are on no incident yet on one; returns the ones done now."""
    return work_off(jobs.GROUPING, report_ids, _step)


def _step(work: Work, report_ids: Sequence[uuid.UUID]) -> None:
    place(work, facts.reports(work.session, report_ids), facts.assessments(work.session, report_ids))


def place(work: Work, reports: Sequence[ReportFacts], assessed: Mapping[str, Assessed]) -> dict[str, uuid.UUID]:
    """Puts reports on incidents; report id -> its incident. What can be known before is worked out before the lock: others wait
    for it."""
    searches = [search_for(_with_signs(report, assessed[report.id]).prepared()) for report in reports]
    earlier.remember(search.report for search in searches)
    lock_neighbourhoods(work, searches)
    board = Board(searches, facts.candidates(work.session, searches))
    return place_reports(work, [_placing(board, search, assessed[search.report.id]) for search in searches])


def _with_signs(report: ReportFacts, assessed: Assessed) -> ReportFacts:
    """The same report with the signs that triage found in it."""
    return replace(report, signs=signs_of(finding["rule"] for finding in assessed.findings if finding["weight"] > 0))


def _placing(board: Board, search: Search, assessment: Assessed) -> Placing:
    """A report of the reviewed lane, or one on which a rule failed, stands alone: nothing is joined to it or it to anything."""
    report, alone = search.report, assessment.lane != QUEUE
    candidates = [] if alone else board.around(search)
    found = match_apart(report, candidates, DEFAULT_PARAMETERS)
    if found.decision == "join" and found.incident_id is not None:
        before = next(each for each in candidates if each.id == found.incident_id)
        board.joined(found.incident_id, report)
        return _joining(report, assessment, found, before)
    incident_id = uuid.uuid4()
    if not alone:
        board.opened(str(incident_id), report)
    return Placing(report, assessment, found, True, incident_id, one_network=report.network is not None)


def _joining(report: ReportFacts, assessment: Assessed, found: Match, before: IncidentFacts) -> Placing:
    """Seen from the incident as it was before the report joined."""
    return Placing(
        report,
        assessment,
        found,
        independent(report, before.reports),
        uuid.UUID(before.id),
        news=news(report, before),
        one_network=one_network(report, before.reports),
    )


def search_for(report: ReportFacts) -> Search:
    """How far to look: who moves can be farther away; threats are compared by their words, wherever they are."""
    window = DEFAULT_PARAMETERS.window(report.category)
    moved_m = DEFAULT_PARAMETERS.moved_m(window, window.window_s) if report.moving else 0.0
    return Search(
        report,
        DEFAULT_PARAMETERS.cap_m + moved_m,
        anywhere=window.text_only or report.point is None,
        back_s=None if window.while_open else max(window.window_s, window.settled_s, window.quiet_s),
    )
