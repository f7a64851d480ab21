"""Choosing who receives an incident: the area, the kind, the hour and the level decide, and say so. Pure.

In this order:
1. A valid place code beats the phone's position, and the venue's own control room goes before everybody else.
2. A report about the venue's own staff goes past the venue's organisation.
3. Among the areas that contain the place, are valid then, are served at that hour and take that kind, the smallest
   (in square degrees) wins.
4. Lawful behaviour without a recorded fact goes to no police or national room by itself.
5. Where nothing matches: the duty desk. Never nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from reporting.domain.facts import AreaFacts, OrganisationFacts, RoutingFacts
from reporting.domain.findings import Alternative, Choice
from worker.routing.areas import AreaIndex

WITHHELD_LEVELS = ("police", "national")
MOST_ALTERNATIVES = 8
_LAST_RESORT = {"municipal": 0, "venue": 1, "police": 2, "national": 3}


@dataclass(frozen=True, slots=True)
class _Option:
    """An organisation that could receive the incident, by an area or by being the venue's own."""

    organisation: OrganisationFacts
    area: AreaFacts | None
    why_not: str = ""

    def as_alternative(self, why_not: str) -> Alternative:
        """The option as one that was not chosen."""
        name = self.area.name if self.area else self.organisation.name
        return Alternative(self.organisation.id, self.area.id if self.area else None, name, why_not)


def choose(facts: RoutingFacts, areas: AreaIndex, organisations: Sequence[OrganisationFacts]) -> Choice:
    """Who receives the incident, why, and who else was considered. Refuses (LookupError) only an empty list of rooms.

    The order in which areas and organisations are given does not matter.
    """
    rooms = {room.id: room for room in organisations if room.active}
    if not rooms:
        raise LookupError("there is no organisation that could receive anything")
    own = _own_room(facts, areas, rooms)
    options = [*own, *_by_area(facts, areas, rooms)]
    fitting = [option for option in options if not option.why_not]
    refused = [option.as_alternative(option.why_not) for option in options if option.why_not]
    if not fitting:
        return _duty_desk(facts, list(rooms.values()), refused)
    best, *others = fitting
    passed = [_passed(option, best) for option in others if option.organisation.id != best.organisation.id]
    alternatives = tuple((passed + refused)[:MOST_ALTERNATIVES])
    area_id = best.area.id if best.area else None
    return Choice(best.organisation.id, area_id, _rule(best, own), _reason(facts, best, own), alternatives)


def _own_room(facts: RoutingFacts, areas: AreaIndex, rooms: dict[str, OrganisationFacts]) -> list[_Option]:
    """The control room of the venue whose code was used: no area needed, but an area of its own may limit the kinds."""
    room = rooms.get(facts.venue_organisation_id or "")
    if room is None:
        return []
    own = [area for area in areas.of(room.id) if _valid(area, facts)]
    area = next((each for each in own if _takes(each, facts)), None)
    why_not = _against_room(facts, room)
    if not why_not and own and area is None:
        why_not = f"{room.name} does not take this kind of report at this hour."
    return [_Option(room, area, why_not)]


def _by_area(facts: RoutingFacts, areas: AreaIndex, rooms: dict[str, OrganisationFacts]) -> list[_Option]:
    point = facts.venue_point or facts.point
    if point is None:
        return []
    options = []
    for area in areas.containing(point.lat, point.lon):
        room = rooms.get(area.organisation_id)
        if room is not None:
            options.append(_Option(room, area, _against_area(facts, area) or _against_room(facts, room)))
    return options


def _against_area(facts: RoutingFacts, area: AreaFacts) -> str:
    if not _valid(area, facts):
        return f"{area.name}: version {area.version} is not valid at this time."
    if area.categories is not None and facts.category not in area.categories:
        return f"{area.name}: this kind of report is not taken here."
    if not _served(area, facts):
        return f"{area.name}: not served at this hour."
    return ""


def _against_room(facts: RoutingFacts, room: OrganisationFacts) -> str:
    if facts.about_staff and room.id == facts.venue_organisation_id:
        return f"{room.name}: the report is about its own staff."
    if facts.group_b and room.level in WITHHELD_LEVELS:
        return f"{room.name}: lawful behaviour goes to this level only once a person has recorded a fact."
    return ""


def _valid(area: AreaFacts, facts: RoutingFacts) -> bool:
    begun = area.valid_from is None or area.valid_from <= facts.at
    return begun and (area.valid_until is None or facts.at < area.valid_until)


def _takes(area: AreaFacts, facts: RoutingFacts) -> bool:
    return (area.categories is None or facts.category in area.categories) and _served(area, facts)


def _served(area: AreaFacts, facts: RoutingFacts) -> bool:
    if not area.hours:
        return True
    local = facts.at.astimezone(_zone(area.timezone))
    minute, today = local.hour * 60 + local.minute, local.weekday()
    for span in area.hours:
        overnight = span.until <= span.start
        if span.weekday == today and span.start <= minute and (overnight or minute < span.until):
            return True
        if overnight and (span.weekday + 1) % 7 == today and minute < span.until:
            return True
    return False


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _passed(option: _Option, best: _Option) -> Alternative:
    if best.area is None or option.area is None:
        return option.as_alternative("The venue's own room goes first.")
    return option.as_alternative(f"Larger than {best.area.name}.")


def _rule(best: _Option, own: list[_Option]) -> str:
    return "venue.own" if own and best is own[0] else "area.smallest"


def _reason(facts: RoutingFacts, best: _Option, own: list[_Option]) -> str:
    room, area = best.organisation, best.area
    if own and best is own[0]:
        venue = facts.venue_name or "this venue"
        return f"{room.name} runs the control room of {venue}; the place code goes before the phone's position."
    place = "The venue lies" if facts.venue_point else "The place lies"
    where = f"{area.name}, version {area.version}" if area else room.name
    past = " The venue's own room is passed over: the report is about its staff." if facts.about_staff and own else ""
    why = f"the smallest area of those that take this; {room.name} ({room.level}) is responsible there."
    return f"{place} in {where}, {why}{past}"


def _duty_desk(facts: RoutingFacts, rooms: list[OrganisationFacts], refused: list[Alternative]) -> Choice:
    """The last resort. A room that must not see the report comes last, but nobody is worse than somebody."""
    ranked = sorted(rooms, key=lambda r: (bool(_against_room(facts, r)), not r.duty_desk, _LAST_RESORT.get(r.level, 9), r.slug))
    room = ranked[0]
    kind = "the duty desk" if room.duty_desk else "the room that stands in, as no duty desk is free to take it"
    reason = f"{room.name} is {kind}: {_why_nobody(facts, refused)}."
    return Choice(room.id, None, "duty_desk", reason, tuple(refused[:MOST_ALTERNATIVES]))


def _why_nobody(facts: RoutingFacts, refused: list[Alternative]) -> str:
    if refused:
        return "nobody who was considered may take it"
    if facts.venue_point is None and facts.point is None:
        return "the report has no position"
    return "no area contains this place"
