"""The event calendar: replacing an organisation's events by those of a list."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select

from reporting.domain.errors import Refused
from reporting.domain.places import is_position
from reporting.models.calendar import CityEvent
from reporting.models.organisation import Organisation
from reporting.services.unit_of_work import unit_of_work

LARGEST_RADIUS_M: Final = 5_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event as it is loaded; aware times, WGS-84 degrees, metres."""

    key: str
    name: str
    lat: float
    lon: float
    radius_m: float
    starts_at: datetime
    ends_at: datetime


def replace_events(organisation: str, events: Sequence[NewEvent]) -> int:
    """Puts these events in the place of all that the organisation (a slug) had before; returns how many.

    Refuses an unknown organisation, a key used twice, and an event without a place, a span or a fitting radius.
    """
    for event in events:
        _check(event)
    if len({event.key for event in events}) < len(events):
        raise Refused("Two events have the same id.")
    with unit_of_work() as work:
        owner = work.session.scalar(select(Organisation.id).where(Organisation.slug == organisation))
        if owner is None:
            raise Refused(f"There is no organisation {organisation!r}.")
        work.session.execute(delete(CityEvent).where(CityEvent.organisation_id == owner))
        if events:
            rows = [{**asdict(event), "id": uuid.uuid4(), "organisation_id": owner} for event in events]
            work.session.execute(insert(CityEvent), rows)
    return len(events)


def _check(event: NewEvent) -> None:
    if not is_position(event.lat, event.lon):
        raise Refused(f"Event {event.key}: {event.lat}, {event.lon} is no position in WGS-84 degrees.")
    if not 0 < event.radius_m <= LARGEST_RADIUS_M:
        raise Refused(f"Event {event.key}: the radius must be above 0 and at most {LARGEST_RADIUS_M:.0f} m.")
    if event.ends_at <= event.starts_at:
        raise Refused(f"Event {event.key}: it ends before it begins.")
