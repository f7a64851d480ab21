"""Choosing who receives an incident: the area, the kind, the hour and the level decide, and say so. Pure.

In this order:
1. A report about people who work there goes past the venue's own organisation, which never sees it.
2. A valid place code beats the phone's position, and the venue's own control room goes before everybody else.
3. Among the areas that contain the place, count then and take that kind, those of an event's days go first, then the
   higher rank, then the smallest (in square degrees).
4. Where no area contains the place, the nearest one within reach of its organisation takes it.
5. Lawful behaviour without a recorded fact goes to no police or national room by itself.
6. Where nothing matches: the duty desk. Never nobody, as long as there is a room that may see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reporting.domain.area_index import AreaIndex
from reporting.domain.errors import NotYet
from reporting.domain.facts import OrganisationFacts, RoutingFacts
from reporting.domain.findings import Alternative, Choice
from reporting.domain.opening import hours_line
from reporting.domain.responsible import Ground, Option, event_days, hidden_rooms
from worker.routing.informed import informed, may_be_in, within

MOST_ALTERNATIVES = 8
MOST_NAMED = 3
_LAST_RESORT = {"municipal": 0, "venue": 1, "police": 2, "national": 3}


def choose(facts: RoutingFacts, areas: AreaIndex, organisations: Sequence[OrganisationFacts]) -> Choice:
    """Who receives the incident, why, who else was considered and who else is told.

    Refuses (NotYet, a LookupError) only where there is no room, or none that may see it. The order in which areas and
    organisations are given does not matter.
    """
    rooms = {room.id: room for room in organisations}
    ground = Ground(facts, areas, {key: room for key, room in rooms.items() if room.active}, hidden_rooms(facts, areas, rooms))
    if not ground.rooms:
        raise NotYet("there is no organisation that could receive anything", for_all=True)
    if not ground.rooms.keys() - ground.hidden:
        raise NotYet("the report is about staff of the only organisation there is; another one has to receive it")
    own, around = ground.own_room(), ground.around()
    fitting = [option for option in (*own, *around) if not option.why_not]
    refused = [option.as_alternative(option.why_not) for option in (*own, *around) if option.why_not]
    if fitting:
        choice = _by_area(ground, fitting, refused, bool(own) and fitting[0] is own[0])
    else:
        choice = _outside(ground, refused) or _duty_desk(ground, refused)
    return replace(choice, hidden_from=tuple(sorted(ground.hidden & rooms.keys())))


def _by_area(ground: Ground, fitting: list[Option], refused: list[Alternative], by_code: bool) -> Choice:
    best, *others = fitting
    rule = "venue.own" if by_code else _rule(best, others)
    passed = [
        option.as_alternative(_passed(rule, option, best)) for option in others if option.organisation.id != best.organisation.id
    ]
    reason = _code_reason(ground, best) if by_code else _area_reason(ground, best, rule, alone=not others)
    return _choice(ground, best, rule, reason, (*passed, *refused))


def _choice(ground: Ground, best: Option, rule: str, reason: str, alternatives: Sequence[Alternative]) -> Choice:
    area, maybe = best.area, may_be_in(ground, best)
    return Choice(
        organisation_id=best.organisation.id,
        area_id=area.id if area else None,
        rule=rule,
        reason=reason + _or_in(ground, maybe) + _about_staff(ground),
        alternatives=tuple(alternatives[:MOST_ALTERNATIVES]),
        desk_id=area.desk_id if area else None,
        hours=hours_line(area, best.organisation.holidays, ground.facts.at) if area else "",
        informed=informed(ground, best, maybe),
    )


def _rule(best: Option, others: list[Option]) -> str:
    """What decided: an event's days, a rank above a smaller area's, else the size."""
    if not best.order[0]:
        return "event.day"
    return "area.rank" if any(_by_rank(option, best) for option in others) else "area.smallest"


def _by_rank(option: Option, best: Option) -> bool:
    """Whether only its rank keeps an option behind: it is the smaller one."""
    return option.order[1] > best.order[1] and option.size < best.size


def _passed(rule: str, option: Option, best: Option) -> str:
    if rule == "venue.own":
        return "The venue's own room goes first."
    if rule == "event.day" and option.order[0]:
        return f"{best.name} goes first on this day."
    if _by_rank(option, best):
        return f"{best.name} goes first by its rank."
    return f"Larger than {best.name}."


def _code_reason(ground: Ground, best: Option) -> str:
    venue = ground.facts.venue_name or "this venue"
    return f"{best.organisation.name} runs the control room of {venue}; the place code goes before the phone's position."


def _area_reason(ground: Ground, best: Option, rule: str, *, alone: bool) -> str:
    room, area = best.organisation, best.area
    assert area is not None
    place = "The venue lies" if ground.facts.venue_point else "The place lies"
    decided = {
        "event.day": f"which counts on {event_days(area)} and goes before other areas then",
        "area.rank": "which goes before smaller areas by its rank",
        "area.smallest": "the only area there that takes this now" if alone else "the smallest area there that takes this now",
    }[rule]
    return f"{place} in {area.name}, version {area.version}, {decided}; {room.name} ({room.level}) is responsible there."


def _or_in(ground: Ground, maybe: list[Option]) -> str:
    if not maybe:
        return ""
    names = list(dict.fromkeys(f"{option.name} ({option.organisation.name})" for option in maybe))
    more = " and more" if len(names) > MOST_NAMED else ""
    told = "" if ground.facts.alone else ", and that room is informed" if len(names) == 1 else ", and those rooms are informed"
    return f" {within(ground)} the place may be in {' or '.join(names[:MOST_NAMED])}{more}{told}."


def _about_staff(ground: Ground) -> str:
    passed = sorted(ground.rooms[key].name for key in ground.hidden if key in ground.rooms)
    if not passed:
        return ""
    return (
        f" {' and '.join(passed)} cannot see it: the report is about its staff."
        if len(passed) == 1
        else (f" {', '.join(passed)} cannot see it: the report is about staff there.")
    )


def _outside(ground: Ground, refused: list[Alternative]) -> Choice | None:
    """Where no area contains the place: the nearest one that takes it, if its organisation reaches so far or the position's
    own accuracy does."""
    point = ground.point
    if point is None or ground.areas.containing(point.lat, point.lon):
        return None
    widest = max(room.nearest_m for room in ground.rooms.values())
    accuracy = (point.accuracy_m or 0.0) if ground.reach is not None else 0.0
    near = ground.areas.near(point.lat, point.lon, max(widest, accuracy)) if max(widest, accuracy) > 0 else []
    metres = {area.id: distance for distance, area in near}
    options = ground.responsible([area for _distance, area in near])
    options.sort(key=lambda option: (round(metres[option.area.id], 1) if option.area else 0.0, option.order))
    within_reach = [each for each in options if each.area and metres[each.area.id] <= max(each.organisation.nearest_m, accuracy)]
    fitting = [option for option in within_reach if not option.why_not]
    if not fitting:
        return None
    best, *others = fitting
    assert best.area is not None
    reason = (
        f"No area contains this place; {best.name}, {metres[best.area.id]:.0f} m away, is the nearest that takes this now, and"
        f" {best.organisation.name} ({best.organisation.level}) takes what lies this near."
    )
    passed = [each.as_alternative(f"Farther away than {best.name}.") for each in others]
    against = [each.as_alternative(each.why_not) for each in within_reach if each.why_not]
    return _choice(ground, best, "area.nearest", reason, (*passed, *refused, *against))


def _duty_desk(ground: Ground, refused: list[Alternative]) -> Choice:
    """The last resort: a room that may see the report. Withheld levels come last, but nobody is worse than somebody."""
    rooms = [room for key, room in ground.rooms.items() if key not in ground.hidden]
    ranked = sorted(rooms, key=lambda r: (bool(ground.against_room(r)), not r.duty_desk, _LAST_RESORT.get(r.level, 9), r.slug))
    room = ranked[0]
    kind = "the duty desk" if room.duty_desk else "the room that stands in, as no duty desk is free to take it"
    reason = f"{room.name} is {kind}: {_why_nobody(ground, refused)}."
    return _choice(ground, Option(room, None), "duty_desk", reason, refused)


def _why_nobody(ground: Ground, refused: list[Alternative]) -> str:
    if refused:
        return "nobody who was considered may take it"
    return "the report has no position" if ground.point is None else "no area contains this place"
