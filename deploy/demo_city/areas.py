"""Draws the areas in which the demo city's invented control rooms are responsible, from the map's own shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from extract import EXTENT, City, Element
from shapely import make_valid, set_precision, transform, union_all
from shapely.geometry import Polygon, box, mapping
from shapely.geometry.base import BaseGeometry

METRE = 1 / 111_000  # degrees of latitude; good enough for margins of some metres
EVERYDAY = ("unattended_item", "suspicious_behaviour", "suspicious_vehicle", "tampering", "other")
OUTDOORS = (*EVERYDAY, "drone")


@dataclass(frozen=True)
class Area:
    """One area: which room, for which categories (None: all), and how its shape is found."""

    id: str
    name: str
    organisation: str
    level: str
    categories: tuple[str, ...] | None
    shape: Callable[[City], BaseGeometry]


def areas_of(city: City) -> dict[str, Any]:
    """Return a GeoJSON FeatureCollection of valid polygons, the largest first."""
    shapes = sorted(((area.shape(city), area) for area in AREAS), key=lambda each: -each[0].area)
    features = [_feature(area, shape) for shape, area in shapes]
    return {"type": "FeatureCollection", "attribution": "© OpenStreetMap contributors, ODbL 1.0", "features": features}


def _feature(area: Area, shape: BaseGeometry) -> dict[str, Any]:
    exact = make_valid(set_precision(shape, 1e-6))
    properties = {
        "id": area.id, "name": area.name, "organisation": area.organisation, "level": area.level,
        "categories": list(area.categories) if area.categories else None,
    }  # fmt: skip
    return {"type": "Feature", "id": area.id, "properties": properties, "geometry": mapping(exact)}


def _around(metres: float) -> Callable[[City], BaseGeometry]:
    west, south, east, north = EXTENT.bounds
    aside, up = 2 * metres * METRE, metres * METRE  # a degree of longitude is half as long at 60 degrees north
    return lambda city: box(west - aside, south - up, east + aside, north + up)


def _one(name: str, key: str, value: str, margin: float = 5) -> Callable[[City], BaseGeometry]:
    return lambda city: _outline([e for e in city.areas if _is(e, key, value) and e.tags.get("name") == name], margin)


def _outline(elements: list[Element], margin: float) -> BaseGeometry:
    """Return the elements' common outline, widened by some metres, without holes and needless corners."""
    stretched = [_stretch(element.shape, 2.0) for element in elements]
    if not stretched:
        raise ValueError("An area's shapes are missing from the extract.")
    grown = union_all([shape.buffer(2 * (margin + 10) * METRE) for shape in stretched]).buffer(-20 * METRE)
    parts = grown.geoms if hasattr(grown, "geoms") else [grown]
    largest = max(parts, key=lambda part: part.area)
    return _stretch(Polygon(largest.exterior).simplify(2 * METRE), 0.5)


def _stretch(shape: BaseGeometry, factor: float) -> BaseGeometry:
    """Make a degree of latitude as long as a degree of longitude is (and back), so that margins are even."""
    return transform(shape, lambda places: places * [1, factor])


def _is(element: Element, key: str, value: str) -> bool:
    return element.tags.get(key) == value


def _station(city: City) -> BaseGeometry:
    tracks = [e for e in city.areas if _is(e, "railway", "platform") and e.tags.get("ref")]
    buildings = [e for e in city.areas if _is(e, "public_transport", "station")]
    coaches = [e for e in city.areas if e.ref in {"w30368517", "w493027695"}]  # Elielinaukio
    forecourt = Element("x0", {}, box(24.9397, 60.1702, 24.9425, 60.1710))  # with the underpass below it
    return _outline([*tracks, *buildings, *coaches, forecourt], 6)


def _harbour(city: City) -> BaseGeometry:
    market = [e for e in city.areas if e.tags.get("name") in {"Kauppatori", "Vanha Kauppahalli"}]
    quay = Element("x0", {}, box(24.9522, 60.1657, 24.9534, 60.1678))
    stalls = Element("x1", {}, box(24.9515, 60.1669, 24.9534, 60.1680))
    return _outline([*market, quay, stalls], 3)


AREAS = (
    Area("national", "National co-ordination", "national", "national", None, _around(4000)),
    Area("police-centre", "Centre police district", "police", "police", None, _around(600)),
    Area("city-centre", "City centre", "city", "municipal", EVERYDAY, _around(40)),
    Area("government-quarter-air", "Air above the government quarter", "national", "national", ("drone",),
         lambda city: box(24.9496, 60.1684, 24.9540, 60.1712)),
    Area("kaisaniemi-park", "Kaisaniemi Park", "city", "municipal", OUTDOORS,
         _one("Kaisaniemen puisto", "leisure", "park")),
    Area("esplanade-park", "Esplanade Park", "city", "municipal", OUTDOORS,
         _one("Esplanadinpuisto", "leisure", "park")),
    Area("bay-park", "Töölö Bay Park", "city", "municipal", OUTDOORS,
         _one("Töölönlahden puisto", "leisure", "park")),
    Area("station", "Central station, platforms and underpass", "station", "venue", EVERYDAY, _station),
    Area("campus", "University quarter", "campus", "venue", EVERYDAY,
         _one("Helsingin yliopisto", "amenity", "university", 3)),
    Area("harbour", "Market Square and quay", "harbour", "venue", EVERYDAY, _harbour),
    Area("railway-square", "Railway Square", "city", "municipal", OUTDOORS, _one("Rautatientori", "place", "square")),
    Area("mall-west", "Keskusta Mall, west block", "mall", "venue", EVERYDAY,
         _one("Kukko", "place", "city_block", 1)),
    Area("mall-east", "Keskusta Mall, east block", "mall", "venue", EVERYDAY,
         _one("Soopeli", "place", "city_block", 1)),
)  # fmt: skip
