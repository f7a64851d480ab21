"""Reading areas from GeoJSON: repaired where that is safe, refused with a clear line where it is not.

RFC 7946: longitude first, WGS-84 degrees, rings closed, areas that cross the antimeridian cut in two. Real files
break each of these. A repair never invents land: self-crossing rings are made valid, stray lines and points are
dropped, and what crosses the antimeridian is cut. Degrees that cannot be degrees are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon, box, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from worker.routing.tangles import is_tangled

# A ring wider than half the globe is one that crosses the antimeridian and was written without the cut.
_HALF_GLOBE = 180.0
_CHANGED_SHARE = 0.01


class Refused(ValueError):
    """A file or a feature that cannot be an area; the message is one line for a person."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One feature as an area: its id and name, its polygons, and what was repaired (empty when nothing was)."""

    id: str
    name: str
    geometry: BaseGeometry
    properties: Mapping[str, Any]
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loading:
    """What a file came to: the areas, and one line for each feature that was repaired or refused."""

    shapes: tuple[Shape, ...]
    repaired: tuple[str, ...]
    refused: tuple[str, ...]


def read_collection(data: Any, through: Callable[[list[Any]], Iterable[Any]] = iter) -> Loading:
    """Areas of a GeoJSON FeatureCollection (or a single Feature). Refuses a file that is neither.

    `through` gives the features one by one, and may show how far it is.
    """
    shapes: list[Shape] = []
    refused: list[str] = []
    for number, feature in enumerate(through(_features(data)), start=1):
        try:
            shapes.append(read_feature(feature, number))
        except Refused as refusal:
            refused.append(str(refusal))
    repaired = tuple(f"feature {each.id}: {'; '.join(each.repairs)}" for each in shapes if each.repairs)
    doubles = _doubled(each.id for each in shapes)
    refused += [f"feature {key}: the id stands for several features; give each its own" for key in doubles]
    return Loading(tuple(each for each in shapes if each.id not in doubles), repaired, tuple(refused))


def read_feature(feature: Any, number: int) -> Shape:
    """One feature as an area. Refuses (one line) what has no polygon, no sense as degrees, or no extent."""
    if not isinstance(feature, Mapping):
        raise Refused(f"feature {number}: not a GeoJSON feature")
    properties = feature.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    key = _id(feature, properties, number)
    if not is_text(key):
        raise Refused(f"feature {number}: its id holds signs that are no text")
    geometry = feature.get("geometry")
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if not isinstance(geometry, Mapping) or kind not in ("Polygon", "MultiPolygon"):
        raise Refused(f"feature {key}: a Polygon or MultiPolygon is expected, not {_kind(kind)}")
    repaired, repairs = _repaired(_closed(geometry, key), key)
    name = properties.get("name")
    if not is_text(str(name)):
        raise Refused(f"feature {key}: its name holds signs that are no text")
    return Shape(key, str(name) if name not in (None, "") else key, repaired, properties, tuple(repairs))


def is_text(value: str) -> bool:
    """Whether a table can keep it: JSON knows a sign zero and halves of signs, text knows neither."""
    return "\x00" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _kind(value: Any) -> str:
    """The type of a geometry for a line that a person reads."""
    if value in (None, ""):
        return "nothing"
    return str(value) if isinstance(value, str) and value.isascii() and value.isalpha() else "something else"


def _features(data: Any) -> list[Any]:
    if isinstance(data, Mapping) and data.get("type") == "Feature":
        return [data]
    if isinstance(data, Mapping) and data.get("type") == "FeatureCollection" and isinstance(data.get("features"), list):
        return list(data["features"])
    raise Refused("not a GeoJSON FeatureCollection")


def _id(feature: Mapping[str, Any], properties: Mapping[str, Any], number: int) -> str:
    for value in (properties.get("id"), feature.get("id")):
        if value is not None and not isinstance(value, dict | list) and str(value).strip():
            return str(value)
    return str(number)


def _doubled(keys: Iterable[str]) -> list[str]:
    seen: dict[str, int] = {}
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
    return [key for key, count in seen.items() if count > 1]


def _closed(geometry: Mapping[str, Any], key: str) -> BaseGeometry:
    """The geometry with every ring closed and in degrees, or a refusal that says what is wrong with it."""
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    if not isinstance(polygons, list | tuple) or not polygons:
        raise Refused(f"feature {key}: there are no coordinates")
    parts = [_rings(polygon, key) for polygon in polygons]
    try:
        return shape({"type": "MultiPolygon", "coordinates": parts})
    except (ShapelyError, ValueError, TypeError, IndexError):
        raise Refused(f"feature {key}: the coordinates make no polygon") from None


def _rings(polygon: Any, key: str) -> list[list[tuple[float, float]]]:
    if not isinstance(polygon, list | tuple) or not polygon:
        raise Refused(f"feature {key}: a polygon has no ring")
    return [_ring(ring, key) for ring in polygon]


def _ring(ring: Any, key: str) -> list[tuple[float, float]]:
    try:
        points = [(float(point[0]), float(point[1])) for point in ring]
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        raise Refused(f"feature {key}: a coordinate is not a pair of numbers") from None
    if points and points[0] != points[-1]:
        points.append(points[0])
    if len(points) < 4:
        raise Refused(f"feature {key}: a ring has fewer than three corners")
    _check_degrees(np.asarray(points), key)
    return points


def _check_degrees(points: np.ndarray[Any, Any], key: str) -> None:
    if not np.isfinite(points).all():
        raise Refused(f"feature {key}: a coordinate is not a finite number")
    if np.abs(points[:, 1]).max() > 90 or np.abs(points[:, 0]).max() > 360:
        if np.abs(points).max() > 400:
            raise Refused(f"feature {key}: the coordinates are metres, not WGS-84 degrees")
        raise Refused(f"feature {key}: a latitude is beyond 90 degrees (are longitude and latitude swapped?)")


def _repaired(geometry: BaseGeometry, key: str) -> tuple[BaseGeometry, list[str]]:
    repairs: list[str] = []
    cut = _cut_at_antimeridian(geometry, key)
    if cut is not geometry:
        repairs.append("cut at the antimeridian")
    if not cut.is_valid:
        repairs.append(f"made valid ({_plain(explain_validity(cut))})")
        cut = _polygons(_made_valid(cut, key))
    if cut.is_empty or cut.area == 0:
        raise Refused(f"feature {key}: it encloses no area")
    return cut, repairs


def _made_valid(geometry: BaseGeometry, key: str) -> BaseGeometry:
    """Refuses what crosses itself all over: that is no border with a mistake, and repairing it could take hours."""
    if geometry.is_valid:
        return geometry
    if is_tangled(geometry):
        raise Refused(f"feature {key}: its border crosses itself in too many places to be repaired")
    return shapely.make_valid(geometry)


def _plain(why: str) -> str:
    """Shapely's reason as lower-case words, with the place it names."""
    return why.replace("[", " at ").replace("]", "").lower()


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    """Only the polygons of what a repair returned."""
    if isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    return shapely.union_all([part for part in getattr(geometry, "geoms", ()) if isinstance(part, Polygon | MultiPolygon)])


def _cut_at_antimeridian(geometry: BaseGeometry, key: str) -> BaseGeometry:
    parts = list(getattr(geometry, "geoms", [geometry]))
    if not any(_crosses(part) for part in parts):
        return geometry
    pieces = [piece for part in parts for piece in (_halves(part, key) if _crosses(part) else [part])]
    return _polygons(shapely.union_all(pieces))


def _crosses(part: BaseGeometry) -> bool:
    """Whether the part leaves -180..180, or has an edge that jumps more than half the globe (and not all around it)."""
    west, _, east, _ = part.bounds
    if east > _HALF_GLOBE or west < -_HALF_GLOBE:
        return True
    rings = [part.exterior, *part.interiors] if isinstance(part, Polygon) else []
    jumps = [np.abs(np.diff(shapely.get_coordinates(ring)[:, 0])) for ring in rings]
    return any(bool(((jump > _HALF_GLOBE) & (jump < 2 * _HALF_GLOBE)).any()) for jump in jumps)


def _halves(part: BaseGeometry, key: str) -> list[BaseGeometry]:
    """The part on both sides of the antimeridian, each within -180..180."""
    west, south, east, north = part.bounds
    unrolled = part
    if east <= _HALF_GLOBE and west >= -_HALF_GLOBE:
        unrolled = shapely.transform(
            part, lambda xy: np.column_stack((np.where(xy[:, 0] < 0, xy[:, 0] + 360, xy[:, 0]), xy[:, 1]))
        )
        if unrolled.bounds[2] - unrolled.bounds[0] > _HALF_GLOBE:
            return [part]  # truly wider than half the globe
    unrolled = _made_valid(unrolled, key)
    pieces = []
    for shift in (-360, 0, 360):
        window = box(-180 + shift, south, 180 + shift, north)
        piece = unrolled.intersection(window)
        if not piece.is_empty:
            pieces.append(translate(piece, xoff=-shift))
    return pieces
