"""The open incidents around the reports of one batch, kept up to date while the batch is placed. It asks nobody.

A batch reads its candidates once, at its beginning; what its own reports open and join is noted here, so that the second
report about a bag finds the incident that the first one opened a moment ago, as if each had been placed by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from reporting.domain.facts import EarlierReport, IncidentFacts, ReportFacts, Search
from reporting.domain.grid import WHOLE_TURN, degrees_around
from reporting.domain.hot import worst
from reporting.queries.earlier import EARLIER_REPORTS
from reporting.queries.facts import CANDIDATES, latest_first


class Board:
    """What is known of the neighbourhood at this moment of the batch."""

    def __init__(self, searches: Sequence[Search], found: Sequence[Sequence[IncidentFacts]]) -> None:
        """`found` are the incidents that were there before, for each search."""
        self._found = {search.report.id: [each.id for each in near] for search, near in zip(searches, found, strict=True)}
        self._apart = {
            search.report.id: {each.id for each in near if each.not_same} for search, near in zip(searches, found, strict=True)
        }
        self._incidents = {each.id: _plain(each) for near in found for each in near}
        self._touched: dict[str, IncidentFacts] = {}

    def around(self, search: Search) -> list[IncidentFacts]:
        """The incidents the search's report may be about as they are now, those with the latest reports first."""
        known = {key: self._incidents[key] for key in self._found[search.report.id]}
        if self._touched:
            near = _Reach(search)
            known |= {key: each for key, each in self._touched.items() if key in known or near.takes_in(each)}
        apart = self._apart[search.report.id]
        return latest_first(replace(each, not_same=True) if each.id in apart else each for each in known.values())[:CANDIDATES]

    def opened(self, incident_id: str, report: ReportFacts) -> None:
        """Notes an incident that a report of the batch opened."""
        self._touch(
            IncidentFacts(
                id=incident_id,
                category=report.category,
                opened_at=report.received_at,
                last_report_at=report.received_at,
                point=report.point,
                venue_id=report.venue_id,
                place_code=report.place_code,
                hot=report.hot,
                about_staff=report.about_staff,
                reports=(report.as_earlier,),
                moving=report.moving,
            )
        )

    def joined(self, incident_id: str, report: ReportFacts) -> None:
        """Notes a report of the batch that joined an incident of this board."""
        before = self._incidents[incident_id]
        reports = sorted((*before.reports, report.as_earlier), key=_arrival)[-EARLIER_REPORTS:]
        self._touch(
            replace(
                before,
                last_report_at=max(before.last_report_at, report.received_at),
                hot=worst(before.hot, report.hot),
                report_count=before.report_count + 1,
                reports=tuple(reports),
                moving=before.moving or report.moving,
            )
        )

    def _touch(self, incident: IncidentFacts) -> None:
        self._incidents[incident.id] = self._touched[incident.id] = incident


def _plain(incident: IncidentFacts) -> IncidentFacts:
    """The incident as it is for everybody: "not the same" is said of one report."""
    return replace(incident, not_same=False) if incident.not_same else incident


class _Reach:
    """Whether a search would find an incident: the same three ways in which the tables are asked."""

    def __init__(self, search: Search) -> None:
        point = search.report.point
        self._point = point
        self._high, self._wide = degrees_around(point.lat, search.radius_m) if point else (0.0, 0.0)
        self._category = search.report.category if search.anywhere else None
        self._venue = search.report.venue_id if point is None else None

    def takes_in(self, incident: IncidentFacts) -> bool:
        if incident.category == self._category or (self._venue is not None and incident.venue_id == self._venue):
            return True
        if self._point is None or incident.point is None:
            return False
        east = abs(incident.point.lon - self._point.lon)
        return abs(incident.point.lat - self._point.lat) <= self._high and min(east, WHOLE_TURN - east) <= self._wide


def _arrival(report: EarlierReport) -> datetime:
    assert report.received_at is not None
    return report.received_at
