"""Areas as a drawing: outlines of rows in one frame, numbered, without a map below them. It needs no script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final

from shapely import make_valid, union_all
from shapely.affinity import affine_transform
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseGeometry

WIDTH: Final = 640.0
MARGIN: Final = 12.0
TALLEST: Final = 640.0
FINE: Final = 0.6
"""Corners nearer to the line between their neighbours than this are left out, in the drawing's own units."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One row: its number, name, the path to draw, where its number stands, and `changed`, `former` or `as_is`."""

    number: int
    name: str
    path: str
    x: float
    y: float
    look: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The frame and what is in it, the largest first so that small areas lie on top."""

    width: float
    height: float
    outlines: tuple[Outline, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """What is to be drawn: a number and name, a GeoJSON geometry, and how it looks."""

    number: int
    name: str
    geometry: Mapping[str, Any]
    look: str = "as_is"


def draw(areas: Sequence[Area]) -> Drawing | None:
    """The areas in one frame, north up; None where there is nothing to draw."""
    shapes = [(area, make_valid(shape(area.geometry))) for area in areas]
    shapes = [(area, found) for area, found in shapes if not found.is_empty]
    if not shapes:
        return None
    west, south, east, north = _bounds([found for _area, found in shapes])
    squeeze = max(0.01, cos(radians((south + north) / 2)))
    scale = min(WIDTH / max((east - west) * squeeze, 1e-9), TALLEST / max(north - south, 1e-9))
    matrix = [scale * squeeze, 0, 0, -scale, MARGIN - west * scale * squeeze, MARGIN + north * scale]
    placed = sorted(((area, affine_transform(found, matrix)) for area, found in shapes), key=lambda each: -each[1].area)
    size = (east - west) * squeeze * scale + 2 * MARGIN, (north - south) * scale + 2 * MARGIN
    outlines = tuple(
        _outline(area, found, [other for _area, other in placed[position + 1 :]]) for position, (area, found) in enumerate(placed)
    )
    return Drawing(round(size[0], 1), round(size[1], 1), outlines)


def _bounds(shapes: Sequence[BaseGeometry]) -> tuple[float, float, float, float]:
    bounds = [found.bounds for found in shapes]
    return (
        min(each[0] for each in bounds),
        min(each[1] for each in bounds),
        max(each[2] for each in bounds),
        max(each[3] for each in bounds),
    )


def _outline(area: Area, found: BaseGeometry, above: Sequence[BaseGeometry]) -> Outline:
    """The number stands where no smaller area lies above it, as far as there is such a place."""
    free = found.difference(union_all(list(above))) if above else found
    inside = (free if not free.is_empty else found).representative_point()
    plain = found.simplify(FINE)
    return Outline(area.number, area.name, _path(plain), round(inside.x, 1), round(inside.y, 1), area.look)


def _path(found: BaseGeometry) -> str:
    polygons = [part for part in getattr(found, "geoms", [found]) if isinstance(part, Polygon)]
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in list(ring.coords)[:-1]) + "Z" for ring in rings)
