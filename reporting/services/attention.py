"""What a report that joins does to the priority of its incident, with a line on the timeline for each reason.

Four things raise attention: a more urgent report, enough independent sources, a sign of danger that nobody told of before,
and what trained staff answered. None lowers it, and where an operator has set the priority, it stays and the line is all.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reporting.domain.attention import News, raised_by
from reporting.domain.corroboration import ENOUGH_SOURCES, corroborated

Values = dict[str, Any]
MANY_DEVICES = "Many devices, one network: all of them came through the same one. Nothing is lowered for it."


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a report that joined brings: its own priority with the reason that weighed most, and what is new in it."""

    report_id: str
    received_at: datetime
    priority: int
    reason: str
    news: tuple[News, ...] = ()


def heaviest(findings: Sequence[Mapping[str, Any]]) -> str:
    """The reason of the finding that weighed most for urgency; empty where none did."""
    weighed = [finding for finding in findings if finding["weight"] > 0]
    return str(max(weighed, key=lambda finding: finding["weight"])["reason"]) if weighed else ""


def heed(incident: Values, arrival: Arrival, before: int) -> list[Values]:
    """Raises the incident as far as the arrival asks for, where nobody has set its priority by hand; `before` counts its
    independent sources until now. Returns the lines for the timeline."""
    reached = before < ENOUGH_SOURCES <= incident["independent_sources"]
    priority, reason = _asked_for(incident, arrival, before)
    raised = priority < incident["priority"] and not incident["priority_overridden"]
    lines = []
    if raised:
        lines.append(_raised(incident, priority, reason, arrival))
        incident["priority"] = priority
        incident["version"] += 1
    told = [each.reason for each in arrival.news if not (raised and each.reason in reason)]
    if reached and not (raised and "independent sources" in reason):
        told.append(_many_sources(incident))
    return lines + [_line(incident, "attention", text, {"report_id": arrival.report_id}) for text in told]


def _asked_for(incident: Values, arrival: Arrival, before: int) -> tuple[int, str]:
    """The most urgent priority that anything about the arrival asks for, and why."""
    current = incident["priority"]
    by_sources, sources = corroborated(current, before, incident["independent_sources"])
    by_news, deciding = raised_by(current, arrival.news)
    asked = [(by_news, deciding.reason if deciding else ""), (by_sources, f"{sources} {_network(incident)}".strip())]
    if arrival.priority < current:
        asked.insert(0, (arrival.priority, f"The new report is more urgent. {arrival.reason}".strip()))
    best = min(priority for priority, _ in asked)
    return best, " ".join(reason for priority, reason in asked if priority == best and best < current)


def _many_sources(incident: Values) -> str:
    return f"{incident['independent_sources']} independent sources report the same. {_network(incident)}".strip()


def _network(incident: Values) -> str:
    return MANY_DEVICES if incident["one_network"] else ""


def _raised(incident: Values, priority: int, reason: str, arrival: Arrival) -> Values:
    detail = {"from": incident["priority"], "to": priority, "report_id": arrival.report_id}
    return _line(incident, "raised", f"Priority {incident['priority']} to {priority}: {reason}", detail)


def _line(incident: Values, kind: str, text: str, detail: Values) -> Values:
    return {"id": uuid.uuid4(), "incident_id": incident["id"], "kind": kind, "text": text, "detail": detail}
