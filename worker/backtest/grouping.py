"""Grouping over a table of reports: each decided on arrival, in time order, by the same matching as in the line."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from reporting.domain.facts import EarlierReport, IncidentFacts, Point, ReportFacts
from reporting.domain.findings import Match
from reporting.domain.grid import cell, cells_around
from worker.backtest.progress import shown
from worker.backtest.tables import Refused, Row, is_true, read_number, read_position, read_table, read_time, written
from worker.grouping.match import match
from worker.grouping.parameters import DEFAULT_PARAMETERS, Parameters, read_parameters

REQUIRED = ("report_id", "opened_at", "type", "lat", "lon")
HEADER = ("report_id", "incident_id", "reason")
MOST_WITHOUT_PLACE = 200
MOST_REPORTS_KEPT = 20
LATELY = timedelta(hours=4)


def run_grouping(reports: Path, out: Path, parameters: Parameters = DEFAULT_PARAMETERS) -> tuple[int, int]:
    """Group every row of `reports` and write `out` in the order given; returns how many rows and incidents."""
    facts = read_reports(reports)
    decided = group(facts, parameters, label="Grouping")
    with written(out, HEADER) as results:
        results.extend((each.id, *decided[each.id]) for each in facts)
    return len(facts), len({incident for incident, _ in decided.values()})


def group(facts: list[ReportFacts], parameters: Parameters, label: str = "") -> dict[str, tuple[str, str]]:
    """The incident of each report and why, decided on arrival in time order (ties in the order given)."""
    store = OpenIncidents(parameters)
    ordered = counted(facts)
    return {each.id: store.place(each) for each in (shown(ordered, label) if label else ordered)}


def counted(facts: list[ReportFacts]) -> list[ReportFacts]:
    """The reports in time order (ties in the order given), each with how many of its kind came in the four hours before."""
    lately: dict[str, deque[datetime]] = {}
    ordered = []
    for each in sorted(facts, key=lambda each: each.received_at):
        times = lately.setdefault(each.category, deque())
        while times and times[0] < each.received_at - LATELY:
            times.popleft()
        ordered.append(replace(each, same_kind_lately=len(times)))
        times.append(each.received_at)
    return ordered


def read_reports(path: Path) -> list[ReportFacts]:
    """The reports of a table. Refuses broken times, positions and numbers, and an id that stands twice."""
    rows = read_table(path, REQUIRED)
    facts = [_facts(row, f"{path.name} line {number}") for number, row in enumerate(rows, start=2)]
    seen: set[str] = set()
    for each in facts:
        if each.id in seen:
            raise Refused(f"{path.name}: report_id {each.id} stands twice")
        seen.add(each.id)
    return facts


def read_parameters_file(path: Path) -> Parameters:
    """Parameters from a JSON file. Refuses with one line what is no JSON or no parameters."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(data, dict):
            raise Refused(f"{path.name}: a JSON object is expected")
        return read_parameters(data)
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise Refused(f"{path.name}: not JSON") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise Refused(f"{path.name}: {error}") from None


def _facts(row: Row, where: str) -> ReportFacts:
    if not row["report_id"]:
        raise Refused(f"{where}: report_id is empty")
    position = read_position(row, where)
    accuracy = read_number(row.get("accuracy_m", ""), f"{where}, accuracy_m")
    return ReportFacts(
        id=row["report_id"],
        category=row["type"],
        received_at=read_time(row["opened_at"], where),
        description=row.get("text", ""),
        point=Point(*position, accuracy_m=accuracy) if position else None,
        device=row.get("device") or None,
        default_location=is_true(row.get("default_location", "")),
    )


class OpenIncidents:
    """The incidents so far, by grid cell and by kind. Nobody closes anything here: a kind's window ends it."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._incidents: dict[str, IncidentFacts] = {}
        self._by_cell: dict[int, list[str]] = {}
        self._by_kind: dict[str, list[str]] = {}

    def place(self, facts: ReportFacts) -> tuple[str, str]:
        """Join the report to an incident or open one; returns the incident's id and the reason."""
        found = match(facts, self._candidates(facts), self._parameters)
        if found.decision == "join" and found.incident_id:
            self._join(found.incident_id, facts)
            return found.incident_id, _reason("Joined", found)
        incident_id = f"INC-{facts.id}"
        self._open(incident_id, facts)
        said = f"Opened; may be the same as {found.incident_id}" if found.decision == "suggest" else "Opened"
        return incident_id, _reason(said, found)

    def _candidates(self, facts: ReportFacts) -> list[IncidentFacts]:
        window = self._parameters.window(facts.category)
        if facts.point is None or facts.default_location or window.text_only:
            recent = self._by_kind.get(facts.category, [])[-MOST_WITHOUT_PLACE:]
            return [self._incidents[key] for key in recent] if facts.text else []
        reach = max(1.0, window.distance_m if window.distance_m is not None else self._parameters.cap_m)
        cells = cells_around(facts.point.lat, facts.point.lon, reach)
        return list(self._recent(cells, facts.received_at))

    def _recent(self, cells: frozenset[int], at: datetime) -> Iterator[IncidentFacts]:
        """What lies in the cells and may still matter; what no longer can is forgotten on the way."""
        for number in cells:
            keys = self._by_cell.get(number)
            if not keys:
                continue
            kept = [key for key in keys if self._age_s(key, at) <= self._parameters.longest_s]
            if len(kept) < len(keys):
                self._by_cell[number] = kept
            yield from (self._incidents[key] for key in kept)

    def _age_s(self, key: str, at: datetime) -> float:
        return (at - self._incidents[key].last_report_at).total_seconds()

    def _open(self, key: str, facts: ReportFacts) -> None:
        self._incidents[key] = IncidentFacts(
            id=key,
            category=facts.category,
            opened_at=facts.received_at,
            last_report_at=facts.received_at,
            point=facts.point,
            open=False,
            hot=facts.hot,
            reports=(_earlier(facts),),
            default_location=facts.default_location,
        )
        self._by_kind.setdefault(facts.category, []).append(key)
        if facts.point is not None and not facts.default_location:
            self._by_cell.setdefault(cell(facts.point.lat, facts.point.lon), []).append(key)

    def _join(self, key: str, facts: ReportFacts) -> None:
        incident = self._incidents[key]
        self._incidents[key] = replace(
            incident,
            last_report_at=facts.received_at,
            report_count=incident.report_count + 1,
            reports=(*incident.reports, _earlier(facts))[-MOST_REPORTS_KEPT:],
        )


def _earlier(facts: ReportFacts) -> EarlierReport:
    return EarlierReport(id=facts.id, device=facts.device, text=facts.text, received_at=facts.received_at)


def _reason(said: str, found: Match) -> str:
    return f"{said}: {' '.join(found.reasons)}"
