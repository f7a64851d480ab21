"""What is about people who work somewhere is kept apart: it joins only its own kind, and nothing else joins it. Pure.

An incident about staff is hidden from the room of the venue. If other reports joined it, that room would lose sight of them;
if it joined the room's own incident, the room would read it. So it stands beside them: shown as maybe the same, to whoever
may see both.
"""

from __future__ import annotations

from collections.abc import Sequence

from reporting.domain.facts import IncidentFacts, ReportFacts
from reporting.domain.findings import Match, Suggestion
from worker.grouping.match import match
from worker.grouping.parameters import Parameters

WHY = "It is about people who work there, so it stands apart."


def match_apart(report: ReportFacts, candidates: Sequence[IncidentFacts], parameters: Parameters) -> Match:
    """What the report is about, as `match` decides, without joining what is about staff with anything that is not."""
    alike = [each for each in candidates if _alike(report, each)]
    found = match(report, alike, parameters)
    if not report.about_staff or found.decision == "join":
        return found
    return _beside(match(report, [each for each in candidates if not each.about_staff], parameters))


def _alike(report: ReportFacts, incident: IncidentFacts) -> bool:
    if not report.about_staff:
        return not incident.about_staff
    return incident.about_staff and incident.venue_id == report.venue_id


def _beside(found: Match) -> Match:
    """The same match as a suggestion, where it was a join."""
    if found.decision != "join" or found.incident_id is None:
        return found
    reasons = (*found.reasons, WHY)
    first = Suggestion(found.incident_id, found.score, reasons)
    return Match("suggest", found.incident_id, found.score, reasons, found.version, (first, *found.suggestions))
