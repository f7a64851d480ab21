"""Areas ready for look-up: which ones contain a point, reach into a circle, or lie near. Ten thousand answer in under 1 ms."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, radians
from typing import Any

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, box
from shapely.geometry.base import BaseGeometry
from shapely.strtree import STRtree

from reporting.domain.facts import AreaFacts
from reporting.domain.grid import METRES_PER_DEGREE

_LEAST_COSINE = 0.01
"""Beside a pole a metre is many degrees of longitude; a circle there is not drawn wider than this."""
_CORNERS = 32
_TURN = np.linspace(0, 2 * pi, _CORNERS, endpoint=False)
_CIRCLE = np.column_stack((np.cos(_TURN), np.sin(_TURN)))
"""The corners of a circle of one unit."""


class ShapeIndex:
    """Geometries by position. Areas are compared in square degrees, as their owners' files are drawn."""

    def __init__(self, geometries: Sequence[BaseGeometry]) -> None:
        self._geometries = list(geometries)
        self._tree = STRtree(self._geometries)
        shapely.prepare(self._geometries)
        self._sizes = shapely.area(self._geometries) if self._geometries else []

    def containing(self, lat: float, lon: float) -> list[int]:
        """Positions of the geometries that contain or touch the point, the smallest first, then in the order given."""
        return self._by_size(self._tree.query(shapely.points(lon, lat), predicate="intersects"))

    def reaching(self, shape: BaseGeometry) -> list[int]:
        """Positions of the geometries that have a part of the shape in them, the smallest first."""
        return self._by_size(self._tree.query(shape, predicate="intersects"))

    def around(self, shape: BaseGeometry) -> list[int]:
        """Positions of the geometries whose box meets the shape's, the smallest first: quick, and more than reach it."""
        return self._by_size(self._tree.query(shape))

    def near(self, lat: float, lon: float, radius_m: float) -> list[tuple[float, int]]:
        """Metres and positions of the geometries within this many metres of the point, the nearest first, then by size."""
        around = circle(lat, lon, radius_m)
        measured = [(_metres(self._geometries[i], around, lat, lon), i) for i in self.reaching(around)]
        within = [each for each in measured if each[0] <= radius_m]
        return sorted(within, key=lambda each: (round(each[0], 1), self._sizes[each[1]], each[1]))

    def _by_size(self, found: Any) -> list[int]:
        return sorted((int(i) for i in found), key=lambda i: (self._sizes[i], i))


class AreaIndex:
    """The areas of every organisation by position: all versions; who chooses looks at time, kind and hours."""

    def __init__(self, areas: Sequence[AreaFacts]) -> None:
        self.areas = tuple(sorted(areas, key=lambda area: (area.id, area.version)))
        self._index = ShapeIndex([area.geometry for area in self.areas])
        self._latest: tuple[tuple[float, float], list[AreaFacts]] | None = None
        self._of: dict[str, list[AreaFacts]] = {}
        for area in self.areas:
            self._of.setdefault(area.organisation_id, []).append(area)

    def containing(self, lat: float, lon: float) -> list[AreaFacts]:
        """The areas that contain the point (WGS-84 degrees), the smallest first. One choice asks for one point several times."""
        latest = self._latest
        if latest is None or latest[0] != (lat, lon):
            latest = self._latest = (lat, lon), [self.areas[i] for i in self._index.containing(lat, lon)]
        return list(latest[1])

    def reaching(self, shape: BaseGeometry) -> list[AreaFacts]:
        """The areas that have a part of the shape (WGS-84 degrees) in them, the smallest first."""
        return [self.areas[i] for i in self._index.reaching(shape)]

    def around(self, shape: BaseGeometry) -> list[AreaFacts]:
        """The areas that may have a part of the shape in them, by their boxes, the smallest first."""
        return [self.areas[i] for i in self._index.around(shape)]

    def near(self, lat: float, lon: float, radius_m: float) -> list[tuple[float, AreaFacts]]:
        """Metres and areas within this many metres of the point (WGS-84 degrees), the nearest first."""
        return [(metres, self.areas[i]) for metres, i in self._index.near(lat, lon, radius_m)]

    def of(self, organisation_id: str) -> list[AreaFacts]:
        """The areas of one organisation."""
        return list(self._of.get(organisation_id, ()))


def circle(lat: float, lon: float, radius_m: float) -> BaseGeometry:
    """The points within this many metres, in degrees, and a little around them: its sides touch the true circle from outside.
    One that crosses the antimeridian stands on both sides of it."""
    high = radius_m / METRES_PER_DEGREE / cos(pi / _CORNERS)
    wide = high / max(_LEAST_COSINE, cos(radians(lat)))
    round_it = shapely.polygons(_CIRCLE * (wide, high) + (lon, lat))
    if abs(lon) + wide <= 180:
        return round_it
    return MultiPolygon([round_it, translate(round_it, xoff=-360 if lon > 0 else 360)])


def _metres(geometry: BaseGeometry, around: BaseGeometry, lat: float, lon: float) -> float:
    """From the point to the part of the geometry that lies around it, on the plane that touches the globe there."""
    east = max(_LEAST_COSINE, cos(radians(lat)))

    def flat(xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        turned = (xy[:, 0] - lon + 180) % 360 - 180
        return np.column_stack((turned * east, xy[:, 1] - lat)) * METRES_PER_DEGREE

    part = geometry.intersection(box(*_widened(around.bounds)) if around.geom_type == "Polygon" else around)
    return float(shapely.distance(shapely.transform(part, flat), shapely.Point(0, 0)))


def _widened(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """A little more, so that what only touches the circle is not lost in rounding."""
    west, south, east, north = bounds
    return west - 1e-9, south - 1e-9, east + 1e-9, north + 1e-9
