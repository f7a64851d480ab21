"""Which incidents a draft can change anything for: only those that its different rows, or rows they replace, can reach.

The engine looks at the areas that contain the place, reach into the circle of its accuracy, or lie as near as an organisation
takes what no area contains; and at all rows of the organisation whose venue it is. For any other incident both maps are the
same, and one answer of the engine is enough for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from shapely.strtree import STRtree

from reporting.domain.grid import METRES_PER_DEGREE
from reporting.domain.responsible import MOST_ACCURACY_M
from reporting.queries.areas import Rooms
from reporting.queries.past_incidents import Past

SPARE_M = 100.0
"""A box is drawn around a circle on a globe, so it is drawn a little larger than it need be."""
_LEAST_COSINE = 0.01


class Effect:
    """Made for two maps that differ in rows of one organisation."""

    def __init__(self, now: Rooms, draft: Rooms, organisation_id: str) -> None:
        before, after = ({area.id: area for area in rooms.areas} for rooms in (now, draft))
        different = [before.get(key) or after[key] for key in before.keys() ^ after.keys()]
        self._tree = STRtree([area.geometry for area in different])
        self._organisation_id = organisation_id
        self._nearest_m = max((room.nearest_m for room in now.organisations), default=0.0)

    def reaches(self, incidents: Sequence[Past]) -> list[bool]:
        """For each incident whether the draft can change anything for it."""
        near = set(self._tree.query(self._boxes(incidents), predicate="intersects")[0].tolist())
        return [
            position in near or each.to_route.venue_organisation_id == self._organisation_id
            for position, each in enumerate(incidents)
        ]

    def _boxes(self, incidents: Sequence[Past]) -> Any:
        """Boxes around the places; empty where there is no place. One beyond a border of the world's map goes all around it."""
        lat, lon, accuracy = (np.array(values, dtype=float) for values in zip(*map(_place, incidents), strict=True))
        high = (np.maximum(np.minimum(accuracy, MOST_ACCURACY_M), self._nearest_m) + SPARE_M) / METRES_PER_DEGREE
        wide = high / np.maximum(_LEAST_COSINE, np.cos(np.radians(lat)))
        beyond = np.abs(lon) + wide > 180
        west, east = np.where(beyond, -180.0, lon - wide), np.where(beyond, 180.0, lon + wide)
        return shapely.box(west, lat - high, east, lat + high)


def _place(past: Past) -> tuple[float, float, float]:
    """Latitude, longitude, metres of accuracy; not a number where there is no place."""
    point = past.to_route.venue_point
    if point is not None:
        return point.lat, point.lon, 0.0
    found = past.to_route
    if found.lat is None or found.lon is None:
        return np.nan, np.nan, 0.0
    return found.lat, found.lon, found.accuracy_m or 0.0
