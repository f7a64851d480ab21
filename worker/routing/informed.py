"""Who else is told: rooms that asked to be informed, the town around a venue, and rooms in whose area the place may be. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from shapely.geometry.base import BaseGeometry

from reporting.domain.facts import AreaFacts
from reporting.domain.findings import Informed
from reporting.domain.responsible import Ground, Option

MOST_INFORMED = 5
_LEAST_SHARE = 0.001
"""Less of the circle than this is a rounding of borders that touch."""


def informed(ground: Ground, best: Option, maybe: list[Option]) -> tuple[Informed, ...]:
    """Each organisation once, none that must not see it, never the one that has it. A report that stands alone is told to
    nobody. `maybe` are the options in whose area the place may be as well."""
    if ground.facts.alone:
        return ()
    told: dict[str, Informed] = {}
    for each in (*_around_venue(ground, best), *_maybe(ground, maybe), *_asked_for(ground)):
        if each.organisation_id != best.organisation.id and each.organisation_id not in ground.hidden:
            told.setdefault(each.organisation_id, each)
    return tuple(told.values())[:MOST_INFORMED]


def _around_venue(ground: Ground, best: Option) -> Iterator[Informed]:
    """The town is told of what a venue's own room works on."""
    if best.organisation.level != "venue":
        return
    for option in ground.around():
        if option.organisation.level == "municipal" and not option.why_not:
            why = f"Looks after {option.name}, where this venue lies."
            yield _told(option.organisation.id, option.area, option.organisation.name, why)
            return


def _maybe(ground: Ground, maybe: list[Option]) -> Iterator[Informed]:
    for option in maybe:
        why = f"{within(ground)} the place may be in {option.name}."
        yield _told(option.organisation.id, option.area, option.organisation.name, why)


def _asked_for(ground: Ground) -> Iterator[Informed]:
    """Rows that only inform, whose area contains the place."""
    point = ground.point
    for area in ground.areas.containing(point.lat, point.lon) if point else ():
        room = ground.rooms.get(area.organisation_id)
        if area.part == "informed" and area.enabled and room is not None and not ground.against(area):
            yield _told(room.id, area, room.name, f"Is informed of what happens in {area.name}.")


def _told(organisation_id: str, area: AreaFacts | None, name: str, why: str) -> Informed:
    return Informed(organisation_id, area.id if area else None, name, why)


def within(ground: Ground) -> str:
    """The accuracy in words: "Within 60 m"."""
    point = ground.facts.point
    return f"Within {point.accuracy_m or 0:.0f} m" if point else "Within the accuracy of the position"


def may_be_in(ground: Ground, best: Option) -> list[Option]:
    """Other options that would receive it if the place were elsewhere in its circle. An option that goes behind another one
    wherever the circle reaches is none of them."""
    reach = ground.reach
    if reach is None:
        return []
    left, least, found = reach, _LEAST_SHARE * reach.area, []
    for option in _going_first(ground, reach):
        area = option.area
        assert area is not None
        if not area.geometry.intersects(left) or ground.against(area):
            continue
        whole = area.geometry.contains_properly(left)
        part = left if whole else left.intersection(area.geometry)
        if part.area > least and option.organisation.id != best.organisation.id:
            found.append(option)
        if whole:
            break
        left = left.difference(area.geometry)
        if left.area <= least:
            break
    return found


def _going_first(ground: Ground, reach: BaseGeometry) -> list[Option]:
    """Rows that may reach into the circle, in the order in which they go; nothing else is known of them yet."""
    near = [Option(ground.rooms[area.organisation_id], area) for area in ground.areas.around(reach) if ground.is_option(area)]
    return sorted(near, key=lambda option: option.order)
