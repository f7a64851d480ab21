"""How far apart a report and an incident are, how far apart they may be, and how this is said to a person. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.domain.facts import IncidentFacts, Point, ReportFacts
from reporting.domain.grid import METRES_PER_DEGREE, ROUNDER_THAN_IT_IS, haversine
from reporting.domain.places import believed_accuracy_m
from worker.grouping.parameters import Parameters, Window

SAME_POINT_M = 1.0
_SAME_POINT_DEGREES = SAME_POINT_M * ROUNDER_THAN_IT_IS / METRES_PER_DEGREE
# Two phones never measure the very same spot: a shared one was chosen on a map or found for an address.
_MEASURED = ("gps", "picture")


@dataclass(frozen=True, slots=True)
class Place:
    """How far apart two positions are, and how far apart they may be, in metres. `tells` False: the position says nothing.

    `standing_m` is the reach for what stands still; `shared_spot`: both stand on one point that nobody measured;
    `rough`: the two positions together are worth too little for the place alone to tell.
    """

    tells: bool
    distance_m: float
    reach_m: float
    reason: str
    standing_m: float = 0.0
    same_code: bool = False
    same_venue: bool = False
    shared_spot: bool = False
    rough: bool = False

    @property
    def within(self) -> bool:
        return self.distance_m <= self.reach_m

    @property
    def nearness(self) -> float:
        """1 at the same place, one half at the edge of the reach."""
        return 1.0 - self.distance_m / (2 * self.reach_m) if self.reach_m else 1.0


def place_between(
    facts: ReportFacts, incident: IncidentFacts, parameters: Parameters, gap_s: float, alarmed: bool = False
) -> Place:
    """What the two positions say, `gap_s` seconds after the incident's last report.

    `alarmed`: both tell of one immediate danger within minutes. People run from it and look back, so that the reach is the
    widest there is.
    """
    base = parameters.base_m
    same_venue = facts.venue_id is not None and facts.venue_id == incident.venue_id
    if facts.place_code and facts.place_code == incident.place_code:
        return Place(True, 0.0, base, "The same place code was used.", standing_m=base, same_code=True, same_venue=True)
    here, there = facts.point, incident.point
    if here is None or there is None:
        if same_venue:
            return Place(True, base, base, "Both are in the same venue.", standing_m=base, same_venue=True)
        return Place(False, 0.0, 0.0, "One of the two has no position.")
    if facts.default_location or incident.default_location:
        return Place(False, 0.0, 0.0, "The position only stands for an unknown spot.", same_venue=same_venue)
    if max(here.accuracy_m or 0.0, there.accuracy_m or 0.0) > parameters.useless_accuracy_m:
        return Place(False, 0.0, 0.0, "The position is too uncertain.", same_venue=same_venue)
    return _measured(facts, incident, parameters, gap_s, alarmed)


def _measured(facts: ReportFacts, incident: IncidentFacts, parameters: Parameters, gap_s: float, alarmed: bool) -> Place:
    here, there = facts.point, incident.point
    assert here is not None and there is not None
    window = parameters.window(facts.category)
    worth = believed_accuracy_m(here.accuracy_m, here.source) + believed_accuracy_m(there.accuracy_m, there.source)
    standing = min(parameters.cap_m, parameters.base_m + worth) if window.distance_m is None else window.distance_m
    standing = parameters.cap_m if alarmed else standing
    moved = parameters.moved_m(window, gap_s) if facts.moving or incident.moving else 0.0
    distance = metres(here, there)
    return Place(
        tells=True,
        distance_m=distance,
        reach_m=standing + moved,
        reason=f"{distance:.0f} m apart." if alarmed else _said(distance, standing, moved, window),
        standing_m=standing,
        shared_spot=distance <= SAME_POINT_M and here.source not in _MEASURED,
        rough=window.distance_m is None and worth > parameters.rough_m and not alarmed,
    )


def _said(distance: float, standing: float, moved: float, window: Window) -> str:
    if distance <= SAME_POINT_M:
        return "At the same spot."
    apart = f"{distance:.0f} m apart"
    if distance <= standing:
        why = "" if window.distance_m is not None else ", as exact as the two positions are"
        return f"{apart}: up to {standing:.0f} m counts as one place{why}."
    if distance <= standing + moved:
        return f"{apart}: who moves on can be up to {standing + moved:.0f} m away by now."
    return f"{apart}."


def metres(here: Point, there: Point) -> float:
    """The distance of two points."""
    return haversine(here.lat, here.lon, there.lat, there.lon)


def at_same_point(facts: ReportFacts, incident: IncidentFacts) -> bool:
    """Whether both stand on one point to the metre. Most do not even by their latitudes."""
    here, there = facts.point, incident.point
    if here is None or there is None or abs(here.lat - there.lat) > _SAME_POINT_DEGREES:
        return False
    return metres(here, there) <= SAME_POINT_M
