"""The routing step: chooses the organisation for incidents that have none, and tells the screens of those that have."""

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from reporting import jobs
from reporting.bootstrap import adapters
from reporting.domain.area_index import AreaIndex
from reporting.domain.behaviours import lawful_only, only_group_b
from reporting.domain.facts import Point, RoutingFacts
from reporting.domain.findings import Choice
from reporting.queries import areas, routing
from reporting.queries.areas import Rooms
from reporting.queries.routing import Said, ToRoute
from reporting.services.line import work_off
from reporting.services.routing import Given, assign
from reporting.services.unit_of_work import Work
from worker.routing.choose import choose
from worker.routing.telling import ALONE, notices_of, told_of


@dataclass(frozen=True, slots=True)
class Map:
    """One version of who is responsible where, ready for look-ups."""

    rooms: Rooms
    index: AreaIndex


_lock = threading.Lock()
_known: dict[str, Map] = {}
"""The map of this process, by database: read once and again whenever its version has grown."""


def route(report_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Routes the incidents of those of the reports whose letter still waits; returns the ones done now."""
    return work_off(jobs.ROUTING, report_ids, _step)


def _step(work: Work, report_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    return hand_out(work, routing.said_by(work.session, report_ids))


def hand_out(work: Work, reports: Sequence[Said]) -> list[uuid.UUID]:
    """Gives the incidents of these reports to organisations. Returns the reports that have to come again, because their incident
    is in other hands right now."""
    current = map_of(work.session)
    waiting, held = routing.incidents_of(work.session, reports)
    given = [_given(current, each) for each in waiting if each.organisation_id is None]
    changed = [(each.organisation_id, each.incident_id, "changed") for each in waiting if each.organisation_id]
    assign(work, given, changed, [each.id for each in reports])
    return held


def map_of(session: Session) -> Map:
    """The map as it is now, read anew only when it has changed."""
    key = adapters().settings.database_url
    with _lock:
        known = _known.get(key)
        if known is None or known.rooms.version != areas.version(session):
            rooms = areas.rooms(session)
            known = _known[key] = Map(rooms, AreaIndex(rooms.areas))
        return known


def _given(current: Map, waiting: ToRoute) -> Given:
    return given_by(current, waiting, choice_for(current, waiting))


def given_by(current: Map, waiting: ToRoute, choice: Choice) -> Given:
    """What a choice comes to: the organisation and desk, and what others are told."""
    organisation = current.rooms.organisation(choice.organisation_id)
    area_name = current.rooms.area_name(choice.area_id)
    notices = notices_of(waiting, choice, organisation.name, area_name)
    return Given(
        incident_id=waiting.incident_id,
        choice=choice,
        organisation_name=organisation.name,
        desk_id=choice.desk_id or current.rooms.desks.get(organisation.id),
        area_name=area_name,
        notices=tuple(notices),
        told=told_of(waiting, choice, notices),
    )


def choice_for(current: Map, waiting: ToRoute, at: datetime | None = None) -> Choice:
    """Who receives this incident by this map, when it was opened or at another time: the one way from a stored incident to the
    engine. Raises NotYet where there is nobody who may see it."""
    facts = RoutingFacts(
        category=waiting.category,
        at=at or waiting.opened_at,
        point=Point(waiting.lat, waiting.lon, waiting.accuracy_m)
        if waiting.lat is not None and waiting.lon is not None
        else None,
        venue_id=waiting.venue_id,
        venue_name=waiting.venue_name,
        venue_point=waiting.venue_point,
        venue_organisation_id=waiting.venue_organisation_id,
        about_staff=waiting.about_staff,
        group_b=only_group_b(waiting.behaviours) or lawful_only(waiting.findings),
        alone=waiting.lane == ALONE,
    )
    return choose(facts, current.index, current.rooms.organisations)
