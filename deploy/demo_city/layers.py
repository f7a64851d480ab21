"""Turns the elements of the city into the map's layers: what is drawn, and with which attributes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from extract import EXTENT, City, Element, land_and_sea
from shapely import line_merge, union_all
from shapely.geometry import LineString, mapping
from shapely.geometry.base import BaseGeometry

Feature = dict[str, Any]
METRES_PER_LEVEL = 3.3
USUAL_LEVELS = 5
SAME_PLACE = 0.002  # degrees: 110 m of longitude here
LOW_BUILDINGS = {"roof", "kiosk", "shed", "utility", "service"}

ROAD_CLASSES = {
    "primary": "major", "primary_link": "major", "secondary": "secondary", "tertiary": "tertiary",
    "tertiary_link": "tertiary", "residential": "minor", "unclassified": "minor",
    "service": "service", "pedestrian": "pedestrian",
}  # fmt: skip
ROAD_ZOOM = {"major": 10, "secondary": 11, "tertiary": 12, "minor": 13, "pedestrian": 13, "service": 14}
PATHS = {"footway", "cycleway", "path", "steps", "corridor"}
GREEN = {
    ("leisure", "park"): "park", ("leisure", "garden"): "garden", ("landuse", "grass"): "grass",
    ("natural", "scrub"): "scrub", ("natural", "heath"): "scrub", ("natural", "wood"): "wood",
    ("natural", "wetland"): "wetland", ("leisure", "pitch"): "pitch", ("leisure", "playground"): "playground",
}  # fmt: skip
BRIDGES = {("man_made", "bridge"): "bridge", ("man_made", "pier"): "pier"}
INLAND = {("natural", "water"): "water", ("landuse", "basin"): "basin", ("amenity", "fountain"): "fountain"}
LABELS = {
    ("amenity", "bus_station"): ("station", 2), ("tourism", "museum"): ("museum", 2),
    ("amenity", "library"): ("library", 2), ("amenity", "theatre"): ("theatre", 2),
    ("amenity", "arts_centre"): ("theatre", 2), ("amenity", "townhall"): ("townhall", 1),
    ("amenity", "marketplace"): ("market", 2), ("shop", "mall"): ("mall", 1),
    ("shop", "department_store"): ("mall", 1), ("amenity", "place_of_worship"): ("worship", 3),
    ("amenity", "university"): ("university", 2), ("amenity", "cinema"): ("cinema", 3),
    ("amenity", "school"): ("school", 4), ("tourism", "hotel"): ("hotel", 4),
    ("amenity", "hospital"): ("clinic", 3), ("amenity", "clinic"): ("clinic", 4),
    ("amenity", "fire_station"): ("fire_station", 2), ("tourism", "attraction"): ("attraction", 3),
    ("leisure", "sports_centre"): ("sports", 4), ("amenity", "ferry_terminal"): ("ferry", 3),
    ("shop", "supermarket"): ("shop", 5), ("amenity", "pharmacy"): ("pharmacy", 5),
}  # fmt: skip
TRANSIT = {
    ("railway", "tram_stop"): "tram_stop", ("highway", "bus_stop"): "bus_stop",
    ("railway", "subway_entrance"): "metro_entrance", ("amenity", "ferry_terminal"): "ferry",
    ("amenity", "bus_station"): "bus_station",
}  # fmt: skip
LABEL_ZOOM = {1: 13, 2: 14, 3: 15, 4: 16, 5: 16}


def layers_of(city: City) -> dict[str, list[Feature]]:
    """Return GeoJSON features by layer name, in a fixed order."""
    return {
        "extent": [_feature(EXTENT, 10, kind="extent")],
        "water": list(_water(city)),
        "green": list(_kinds(city.areas, GREEN, 12)),
        "squares": list(_squares(city)),
        "railway_land": list(_kinds(city.areas, {("landuse", "railway"): "railway"}, 12)),
        "platforms": list(_platforms(city)),
        "bridges": list(_kinds(city.areas, BRIDGES, 13)),
        "buildings": list(_buildings(city)),
        "stations": list(_stations(city)),
        "paths": list(_paths(city)),
        "roads": list(_roads(city)),
        "rail": list(_rail(city)),
        "trees": [_feature(e.shape, 16, kind="tree") for e in city.points if e.tags.get("natural") == "tree"],
        "street_labels": list(_street_labels(city)),
        "transit": list(_transit(city)),
        "labels": list(_labels(city)),
        "house_numbers": list(_house_numbers(city)),
    }


def kind_of(tags: dict[str, str], kinds: dict[tuple[str, str], Any]) -> Any:
    """Return the first match of an element's tags in a table of (key, value), or None."""
    return next((kind for (key, value), kind in kinds.items() if tags.get(key) == value), None)


def names(tags: dict[str, str]) -> dict[str, str]:
    """Return name, name_sv and name_en where they are given and say something new."""
    name = tags.get("name", "")
    found = {"name": name, "name_sv": tags.get("name:sv", ""), "name_en": tags.get("name:en", "")}
    return {key: text for key, text in found.items() if text and (key == "name" or text != name)}


def _feature(shape: BaseGeometry, zoom: int, **attributes: Any) -> Feature:
    kept = {key: value for key, value in attributes.items() if value not in (None, "", False)}
    return {
        "type": "Feature", "tippecanoe": {"minzoom": zoom}, "properties": kept, "geometry": mapping(shape),
    }  # fmt: skip


def _kinds(elements: Iterable[Element], kinds: dict[tuple[str, str], str], zoom: int) -> Iterator[Feature]:
    for element in sorted(elements, key=lambda e: -e.shape.area):
        if kind := kind_of(element.tags, kinds):
            yield _feature(element.shape, zoom, kind=kind, **names(element.tags))


def _water(city: City) -> Iterator[Feature]:
    for face in land_and_sea(city):
        yield _feature(face, 10, kind="sea")
    yield from _kinds(city.areas, INLAND, 12)


def _squares(city: City) -> Iterator[Feature]:
    for element in sorted(city.areas, key=lambda e: -e.shape.area):
        tags = element.tags
        if tags.get("building") or tags.get("indoor"):
            continue
        paved = element.ref[0] == "r" or tags.get("area") == "yes"
        if tags.get("place") == "square":
            yield _feature(element.shape, 12, kind="square", **names(tags))
        elif paved and tags.get("highway") in {"pedestrian", "footway", "service"}:
            yield _feature(element.shape, 14, kind="pedestrian", **names(tags))
        elif tags.get("amenity") == "parking" and tags.get("parking", "surface") == "surface":
            yield _feature(element.shape, 15, kind="parking")


def _platforms(city: City) -> Iterator[Feature]:
    for element in [*city.areas, *city.lines]:
        tags = element.tags
        if "platform" not in (tags.get("railway"), tags.get("public_transport"), tags.get("highway")):
            continue
        if element.shape.geom_type.endswith("LineString") and element.shape.is_ring:
            continue
        kind = "rail" if tags.get("railway") == "platform" and tags.get("tram") != "yes" else "street"
        yield _feature(element.shape, 14, kind=kind, ref=tags.get("ref"), layer=_layer(tags))


def _buildings(city: City) -> Iterator[Feature]:
    for element in city.areas:
        tags = element.tags
        if tags.get("building", "no") in {"no", "ship"} or _layer(tags) < 0:
            continue
        kind = {"yes": None, "train_station": "station"}.get(tags["building"], tags["building"])
        levels = _number(tags.get("building:levels")) or 0
        measured = _number(tags.get("height")) or levels * METRES_PER_LEVEL
        usual = 1 if kind in LOW_BUILDINGS else USUAL_LEVELS
        height = measured or usual * METRES_PER_LEVEL
        yield _feature(element.shape, 13, kind=kind, height=round(height), estimated=not measured)


def _stations(city: City) -> Iterator[Feature]:
    for element in city.areas:
        if "station" in (element.tags.get("public_transport"), element.tags.get("railway")):
            yield _feature(element.shape, 12, kind="station", **names(element.tags))


def _roads(city: City) -> Iterator[Feature]:
    for element in city.lines:
        tags = element.tags
        road = ROAD_CLASSES.get(tags.get("highway", ""))
        if not road or tags.get("area") == "yes" or (tags.get("place") == "square") or _layer(tags) < -1:
            continue
        yield _feature(
            element.shape, ROAD_ZOOM[road], **{"class": road}, **names(tags), tunnel=_yes(tags, "tunnel"),
            bridge=_yes(tags, "bridge"), layer=_layer(tags), oneway=tags.get("oneway") == "yes",
        )  # fmt: skip


def _paths(city: City) -> Iterator[Feature]:
    for element in city.lines:
        tags = element.tags
        if tags.get("highway") not in PATHS or tags.get("area") == "yes" or _layer(tags) < -1:
            continue
        kind = "path" if tags["highway"] == "corridor" else tags["highway"]
        indoor, bridge = _yes(tags, "indoor") or _yes(tags, "tunnel"), _yes(tags, "bridge")
        yield _feature(
            element.shape, 14, kind=kind, indoor=indoor, bridge=bridge, layer=_layer(tags), **names(tags)
        )  # fmt: skip


def _rail(city: City) -> Iterator[Feature]:
    for element in city.lines:
        tags = element.tags
        kind = {"rail": "rail", "tram": "tram", "subway": "metro"}.get(tags.get("railway", ""))
        if kind:
            zoom = {"rail": 11, "tram": 13, "metro": 12}[kind]
            side = tags.get("service") in {"yard", "siding", "spur", "crossover"}
            tunnel = _yes(tags, "tunnel")
            yield _feature(element.shape, 13 if side else zoom, kind=kind, side=side, tunnel=tunnel)


def _street_labels(city: City) -> Iterator[Feature]:
    streets: dict[str, list[Element]] = defaultdict(list)
    for element in city.lines:
        tags = element.tags
        if tags.get("name") and tags.get("highway") in ROAD_CLASSES and "place" not in tags:
            streets[tags["name"]].append(element)
    for _, parts in sorted(streets.items()):
        road = min((ROAD_CLASSES[part.tags["highway"]] for part in parts), key=list(ROAD_ZOOM).index)
        merged = line_merge(union_all([part.shape for part in parts]))
        lines = [line for line in getattr(merged, "geoms", [merged]) if isinstance(line, LineString)]
        named = names({key: text for part in parts for key, text in part.tags.items()})
        for line in sorted(lines, key=lambda each: (-each.length, each.wkt))[:3]:
            if line.length > 0.0004:
                yield _feature(line, ROAD_ZOOM[road] + 2, **{"class": road}, **named)


def _transit(city: City) -> Iterator[Feature]:
    for element in city.points:
        tags = element.tags
        if kind := kind_of(tags, TRANSIT):
            yield _feature(element.shape, 14, kind=kind, ref=tags.get("ref"), **names(tags))


def _labels(city: City) -> Iterator[Feature]:
    """Every named place once; two places of one name only where they are well apart (a square and its metro station)."""
    stations = [e.shape for e in city.areas if e.tags.get("public_transport") == "station"]
    ranked = [(e, *_label_kind(e.tags)) for e in [*city.areas, *city.points] if e.tags.get("name")]
    said: dict[str, list[BaseGeometry]] = defaultdict(list)
    for element, kind, rank in sorted(ranked, key=lambda each: each[2]):
        spot = element.shape.representative_point()
        others = [*said[element.tags["name"]], *(stations if _is_rail_station_point(element) else [])]
        if kind and all(other.distance(spot) > SAME_PLACE for other in others):
            said[element.tags["name"]].append(spot)
            yield _feature(spot, LABEL_ZOOM[rank], kind=kind, rank=rank, **names(element.tags))


def _is_rail_station_point(element: Element) -> bool:
    tags = element.tags
    return element.ref[0] == "n" and tags.get("railway") == "station" and tags.get("station") != "subway"


def _label_kind(tags: dict[str, str]) -> tuple[str, int]:
    if tags.get("place") in {"suburb", "neighbourhood"}:
        return "district", 1
    if tags.get("place") == "square":
        return "square", 2
    if "station" in (tags.get("public_transport"), tags.get("railway")):
        return ("metro" if tags.get("station") == "subway" else "station"), 1
    if tags.get("leisure") == "park":
        return "park", 2
    if tags.get("natural") in {"water", "bay"}:
        return "water", 1
    return kind_of(tags, LABELS) or ("", 5)


def _house_numbers(city: City) -> Iterator[Feature]:
    for element in [*city.areas, *city.points]:
        tags = element.tags
        if tags.get("addr:housenumber") and tags.get("addr:street") and len(tags["addr:housenumber"]) < 8:
            yield _feature(element.shape.representative_point(), 16, number=tags["addr:housenumber"])


def _layer(tags: dict[str, str]) -> int:
    return int(_number(tags.get("layer")) or 0)


def _yes(tags: dict[str, str], key: str) -> bool:
    return tags.get(key, "no") != "no"


def _number(text: str | None) -> float | None:
    found = re.match(r"-?\d+(\.\d+)?", text or "")
    return float(found[0]) if found else None
