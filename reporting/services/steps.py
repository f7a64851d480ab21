"""What a step changed, kept beside the line of the timeline that tells it, so that it can be undone exactly."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from reporting.models.incident import Incident
from reporting.models.joins import Step

KEPT: Final = (
    "category",
    "status",
    "priority",
    "priority_overridden",
    "lane",
    "assignee_id",
    "hot_hidden",
    "hot_obvious",
    "hot_typical",
    "last_report_at",
    "due_at",
    "acknowledged_at",
    "closed_at",
    "shelved_until",
    "outcome",
    "report_count",
    "independent_sources",
    "merged_into_id",
    "lat",
    "lon",
    "accuracy_m",
    "cell",
    "place",
    "venue_id",
    "place_code",
    "about_staff",
    "hidden_from",
    "one_network",
)
"""Columns of an incident that steps change. The version is none of them: it only grows."""

ALWAYS: Final = frozenset(("not_same", "check", "undone"))
"""Kinds of steps that change something else than the incident's columns."""

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was told: its event, its kind, and on the other incident, where there is one, the event that tells it there."""

    event_id: uuid.UUID
    kind: str
    other_event_id: uuid.UUID | None = None
    undoes: uuid.UUID | None = None


def standing(incident: Incident) -> Values:
    """The incident's values as they stand, to be compared with later."""
    return {name: getattr(incident, name) for name in KEPT}


def keep(session: Session, done: Done, incidents: Sequence[tuple[Incident, Values]]) -> None:
    """Keeps what the step changed of these incidents, each given with what it was before; the first is the step's own. A step
    that changed nothing leaves no row, but for those that mark something beside the incident."""
    session.flush()
    changes = {}
    for incident, before in incidents:
        session.refresh(incident)
        changes[str(incident.id)] = _changed(before, standing(incident))
    if any(changes.values()) or done.kind in ALWAYS:
        session.execute(insert(Step.__table__), _row(done, [incident for incident, _before in incidents], changes))


def _row(done: Done, incidents: Sequence[Incident], changes: Values) -> Values:
    other = incidents[1] if len(incidents) > 1 else None
    return {
        "event_id": done.event_id,
        "kind": done.kind,
        "incident_id": incidents[0].id,
        "other_id": other.id if other else None,
        "other_event_id": done.other_event_id,
        "version": incidents[0].version,
        "other_version": other.version if other else None,
        "before": changes,
        "undoes": done.undoes,
    }


def _changed(before: Values, after: Values) -> Values:
    return {name: _as_json(value) for name, value in before.items() if value != after[name]}


def restore(incident: Incident, values: Mapping[str, Any]) -> None:
    """Gives the incident the values that a step kept."""
    for name, value in values.items():
        setattr(incident, name, _from_json(name, value))


def _as_json(value: Any) -> Any:
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _from_json(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name.endswith(("_at", "_until")):
        return datetime.fromisoformat(value)
    if isinstance(value, list):
        return [uuid.UUID(each) for each in value]
    return uuid.UUID(value) if name.endswith("_id") else value
