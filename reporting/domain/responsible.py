"""Which rooms could receive an incident, by their areas or by being the venue's own, and what speaks against each. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shapely.geometry.base import BaseGeometry

from reporting.domain.area_index import AreaIndex, circle
from reporting.domain.facts import AreaFacts, OrganisationFacts, Point, RoutingFacts
from reporting.domain.findings import Alternative
from reporting.domain.opening import counts, days_in_words, hours_line

WITHHELD_LEVELS = ("police", "national")
MOST_ACCURACY_M = 1_000.0
"""A circle wider than this says too little about which area is meant: it would tell every room of a city."""


@dataclass(frozen=True, slots=True)
class Option:
    """An organisation that could receive the incident, by an area or by being the venue's own."""

    organisation: OrganisationFacts
    area: AreaFacts | None
    why_not: str = ""

    @property
    def name(self) -> str:
        """The area's name, else the organisation's."""
        return self.area.name if self.area else self.organisation.name

    @property
    def order(self) -> tuple[bool, int]:
        """Areas of an event's days go first, then the higher rank; size decides among equals."""
        return (not (self.area and self.area.days), -(self.area.rank if self.area else 0))

    @property
    def size(self) -> float:
        """Square degrees of the area; nothing for a room without one."""
        return float(self.area.geometry.area) if self.area else 0.0

    def as_alternative(self, why_not: str) -> Alternative:
        """The option as one that was not chosen."""
        return Alternative(self.organisation.id, self.area.id if self.area else None, self.name, why_not)


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known when choosing: the question, the map, the rooms by id, and those that must not see it."""

    facts: RoutingFacts
    areas: AreaIndex
    rooms: Mapping[str, OrganisationFacts]
    hidden: frozenset[str]

    @property
    def point(self) -> Point | None:
        """Where it is: the place of a valid code beats the phone."""
        return self.facts.venue_point or self.facts.point

    @property
    def reach(self) -> BaseGeometry | None:
        """The circle in which the place may be, None where the position says no accuracy."""
        return reach_of(self.facts)

    def around(self) -> list[Option]:
        """Areas of responsibility that contain the place: those that go first first, the others with what speaks against them."""
        point = self.point
        return self.responsible(self.areas.containing(point.lat, point.lon)) if point else []

    def responsible(self, found: Sequence[AreaFacts]) -> list[Option]:
        """These areas as options, in the order in which they go; rows that only inform or are switched off are none."""
        candidates = [Option(self.rooms[area.organisation_id], area) for area in found if self.is_option(area)]
        candidates.sort(key=lambda option: option.order)
        return [replace(option, why_not=self.against(option.area)) for option in candidates if option.area]

    def is_option(self, area: AreaFacts) -> bool:
        """Whether the row says who is responsible, is switched on, and belongs to a room there is."""
        return area.part == "responsible" and area.enabled and area.organisation_id in self.rooms

    def against(self, area: AreaFacts) -> str:
        """Why the area does not take it now; empty when it does."""
        facts, room = self.facts, self.rooms[area.organisation_id]
        if not valid(area, facts):
            return f"{area.name}: version {area.version} is not valid at this time."
        if area.categories is not None and facts.category not in area.categories:
            return f"{area.name}: this kind of report is not taken here."
        if not counts(area, room.holidays, facts.at):
            when = "day" if area.days and not area.hours else "hour"
            return f"{area.name}: not served at this {when}. {hours_line(area, room.holidays, facts.at)}"
        return self.against_room(room)

    def against_room(self, room: OrganisationFacts) -> str:
        """Why the room must not get it, whatever its areas; empty when it may."""
        if room.id in self.hidden:
            return f"{room.name}: the report is about its own staff."
        if self.facts.group_b and room.level in WITHHELD_LEVELS:
            return f"{room.name}: lawful behaviour goes to this level only once a person has recorded a fact."
        return ""

    def own_room(self) -> list[Option]:
        """The control room of the venue whose code was used: no area needed, but areas of its own limit kinds and hours."""
        room = self.rooms.get(self.facts.venue_organisation_id or "")
        if room is None:
            return []
        own = [area for area in self.areas.of(room.id) if _counts(area, self.facts) and area.part == "responsible"]
        area = self._own_area(own)
        why_not = self.against_room(room)
        if not why_not and own and area is None:
            why_not = f"{room.name} does not take this kind of report at this hour. {self._own_hours(room, own)}".rstrip()
        return [Option(room, area, why_not)]

    def _own_area(self, own: Sequence[AreaFacts]) -> AreaFacts | None:
        """The area of the room that takes it: one that contains the venue before others."""
        taking = [area for area in own if not self.against(area)]
        point = self.point
        here = {area.id for area in self.areas.containing(point.lat, point.lon)} if point else set()
        return min(taking, key=lambda area: (area.id not in here, area.id), default=None)

    def _own_hours(self, room: OrganisationFacts, own: Sequence[AreaFacts]) -> str:
        kinds = [each for each in own if each.categories is None or self.facts.category in each.categories]
        return hours_line(kinds[0], room.holidays, self.facts.at) if kinds else ""


def valid(area: AreaFacts, facts: RoutingFacts) -> bool:
    """Whether this version counts at the time asked about."""
    begun = area.valid_from is None or area.valid_from <= facts.at
    return begun and (area.valid_until is None or facts.at < area.valid_until)


def _counts(area: AreaFacts, facts: RoutingFacts) -> bool:
    return area.enabled and valid(area, facts)


def reach_of(facts: RoutingFacts) -> BaseGeometry | None:
    """The circle of a phone's position; a place code has none, it is exact."""
    point = facts.point
    if facts.venue_point is not None or point is None or not point.accuracy_m or point.accuracy_m > MOST_ACCURACY_M:
        return None
    return circle(point.lat, point.lon, point.accuracy_m)


def hidden_rooms(facts: RoutingFacts, areas: AreaIndex, rooms: Mapping[str, OrganisationFacts]) -> frozenset[str]:
    """Who must not see a report about people who work there: the venue's own organisation, and every venue's room in whose
    area the place may be. Without any place that could be each of them."""
    if not facts.about_staff:
        return frozenset()
    own = {facts.venue_organisation_id} if facts.venue_organisation_id else set()
    point = facts.venue_point or facts.point
    if point is None:
        return frozenset(own | {room.id for room in rooms.values() if room.level == "venue"})
    nearby = {owner for owner in _owners(facts, areas, point) if owner in rooms and rooms[owner].level == "venue"}
    return frozenset(own | nearby)


def _owners(facts: RoutingFacts, areas: AreaIndex, point: Point) -> Iterator[str]:
    """Organisations whose areas contain the place or reach into its circle."""
    reach = reach_of(facts)
    found = areas.containing(point.lat, point.lon) + (areas.reaching(reach) if reach is not None else [])
    return (area.organisation_id for area in found if _counts(area, facts))


def event_days(area: AreaFacts) -> str:
    """The days of an event's area in words."""
    return " and ".join(days_in_words(each) for each in area.days)
