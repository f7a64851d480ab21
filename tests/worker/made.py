"""Facts made for tests: a report, an incident, a room, each with sensible defaults."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shapely.geometry import box

from reporting.domain.facts import AreaFacts, EarlierReport, IncidentFacts, OrganisationFacts, Point, ReportFacts
from reporting.domain.findings import Assessment
from worker.triage.assess import assess

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
STATION = Point(60.1713, 24.9415, 18.0, "gps")


def report(text: str = "", **changes: Any) -> ReportFacts:
    """A report of the public, just received."""
    facts = ReportFacts(id="r1", category="other", received_at=NOW, description=text, language="en")
    return replace(facts, **changes)


def assessed(text: str = "", **changes: Any) -> Assessment:
    """What triage makes of such a report."""
    return assess(report(text, **changes), NOW)


def rules_of(assessment: Assessment) -> set[str]:
    """The ids of the rules that spoke."""
    return {finding.rule for finding in assessment.findings}


def incident(key: str = "i1", **changes: Any) -> IncidentFacts:
    """An open incident about an item at the station, five minutes old."""
    earlier = NOW - timedelta(minutes=5)
    facts = IncidentFacts(
        id=key,
        category="unattended_item",
        opened_at=earlier,
        last_report_at=earlier,
        point=STATION,
        reports=(EarlierReport(id="r0", device="d0", text="black backpack under the bench"),),
    )
    return replace(facts, **changes)


def room(key: str, **changes: Any) -> OrganisationFacts:
    """A municipal control room."""
    return replace(OrganisationFacts(id=key, slug=key, name=key.title(), level="municipal"), **changes)


def area(key: str, owner: str, size: float = 0.1, **changes: Any) -> AreaFacts:
    """A square around the station, `size` degrees to each side."""
    facts = AreaFacts(
        id=key,
        organisation_id=owner,
        organisation_slug=owner,
        organisation_name=owner.title(),
        level="municipal",
        name=f"Area {key}",
        geometry=box(STATION.lon - size, STATION.lat - size, STATION.lon + size, STATION.lat + size),
    )
    return replace(facts, **changes)
