"""One incident with all an operator needs to decide: its reports, why it is judged, joined and routed so, and what happened."""

import uuid
from typing import Any, Final

from sqlalchemy import Row, func, select, union

from reporting.adapters.sight import reading
from reporting.domain.errors import NotFound
from reporting.models.incident import Assignment, Incident, TimelineEvent
from reporting.models.organisation import Organisation
from reporting.policy import Actor
from reporting.queries.incident_reports import as_key, telling, told, unfinished
from reporting.queries.items import incident_rows, item, stamp, unfinished_item
from reporting.queries.joins import ALONE, joins
from reporting.queries.scoping import incidents_within, sight_of

ACTION: Final = "incident.read"
EVENTS_SHOWN: Final = 200
FIRST_EVENTS: Final = 5


def detail(actor: Actor, incident_id: uuid.UUID | str) -> dict[str, Any]:
    """The incident in full; raises NotFound for absent and not yours alike. A report that is on no incident yet
    answers under its own id with the same keys."""
    key = as_key(incident_id)
    with reading(sight_of(actor, ACTION)) as session:
        row = session.execute(_incident().where(Incident.id == key, incidents_within(actor, ACTION))).one_or_none()
        if row is None:
            waiting = unfinished(session, actor, key)
            return _alone(waiting, told(session, [waiting])[0])
        reports = told(session, telling(session, key))
        given = session.execute(_assignments(key)).all()
        events = session.scalars(_told(key)).all()
        happened = session.scalar(select(func.count()).select_from(TimelineEvent).where(TimelineEvent.incident_id == key))
        others = joins(session, row, actor)
    return {
        **item(row),
        "hot": {"hidden": row.hot_hidden, "obvious": row.hot_obvious, "typical": row.hot_typical},
        "reports": reports,
        "reports_shown": len(reports),
        "assignment": _assignment(given[0]) if given else None,
        "timeline": [_event(each) for each in events],
        "timeline_count": happened,
        "one_network": row.one_network and row.independent_sources > 1,
        **others,
    }


def number_of(actor: Actor, incident_id: uuid.UUID) -> str:
    """The number of an incident that the actor may reach; raises NotFound for absent and not yours alike."""
    with reading(sight_of(actor, ACTION)) as session:
        wanted = select(Incident.number).where(Incident.id == incident_id, incidents_within(actor, ACTION))
        number: str | None = session.scalar(wanted)
    if number is None:
        raise NotFound
    return number


def _incident() -> Any:
    return incident_rows().add_columns(Incident.hot_hidden, Incident.hot_obvious, Incident.hot_typical, Incident.one_network)


def _told(key: uuid.UUID) -> Any:
    """The timeline, oldest first: its beginning, the newest lines, and the newest lines that are more than one report more."""
    of_incident = select(TimelineEvent.id).where(TimelineEvent.incident_id == key)
    newest = (TimelineEvent.at.desc(), TimelineEvent.id.desc())
    parts = (
        of_incident.order_by(TimelineEvent.at, TimelineEvent.id).limit(FIRST_EVENTS),
        of_incident.order_by(*newest).limit(EVENTS_SHOWN),
        of_incident.where(TimelineEvent.kind != "joined").order_by(*newest).limit(EVENTS_SHOWN),
    )
    chosen = union(*(select(part.subquery().c.id) for part in parts))
    return select(TimelineEvent).where(TimelineEvent.id.in_(chosen)).order_by(TimelineEvent.at, TimelineEvent.id)


def _assignments(key: uuid.UUID) -> Any:
    return (
        select(Assignment, Organisation.name.label("organisation"))
        .join(Organisation, Organisation.id == Assignment.organisation_id)
        .where(Assignment.incident_id == key)
        .order_by(Assignment.created_at.desc())
        .limit(1)
    )


def _assignment(row: Row[Any]) -> dict[str, Any]:
    given: Assignment = row.Assignment
    return {
        "organisation": row.organisation,
        "area": given.area or None,
        "rule": given.rule,
        "reason": given.reason,
        "hours": given.hours,
        "alternatives": given.alternatives,
        "informed": given.informed,
        "at": stamp(given.created_at),
    }


def _event(found: TimelineEvent) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "at": stamp(found.at),
        "kind": found.kind,
        "actor": found.actor,
        "text": found.text,
        "detail": found.detail,
    }


def _alone(row: Row[Any], report: dict[str, Any]) -> dict[str, Any]:
    """A report that is on no incident yet, in the shape of an incident."""
    return {
        **unfinished_item(row),
        "hot": report["hot"],
        "reports": [report],
        "reports_shown": 1,
        "assignment": None,
        "timeline": [],
        "timeline_count": 0,
        "one_network": False,
        **ALONE,
    }
