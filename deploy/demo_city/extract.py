"""Reads the OpenStreetMap extract and completes what its straight edge cut off.

The extract keeps only nodes inside its box, so ways and areas that leave the box
arrive with gaps. Lines are split at the gaps; areas are closed along the box edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import osmium
from shapely import line_merge, make_valid, polygonize, union_all
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

BOUNDS = (24.9352, 60.1642, 24.9534, 60.1791)  # west, south, east, north in WGS-84 degrees
EXTENT = box(*BOUNDS)
SMALLEST_AREA = 4e-10  # square degrees, about 2.5 square metres at 60 degrees north

Coordinate = tuple[float, float]


@dataclass(frozen=True)
class Element:
    """One OpenStreetMap element with its geometry (lon, lat), cut to the extent."""

    ref: str
    tags: dict[str, str]
    shape: BaseGeometry


@dataclass(frozen=True)
class City:
    """Everything in the extract: tagged points, lines, and areas, each sorted by reference."""

    points: tuple[Element, ...]
    lines: tuple[Element, ...]
    areas: tuple[Element, ...]


@dataclass(frozen=True)
class _Way:
    tags: dict[str, str]
    places: list[Coordinate | None]
    closed: bool


@dataclass
class _Raw:
    nodes: list[tuple[str, dict[str, str], Coordinate]]
    ways: dict[int, _Way]
    relations: list[tuple[str, dict[str, str], list[tuple[str, int]]]]


def read_city(path: Path) -> City:
    """Read an .osm.pbf file and return its elements inside the extent."""
    raw = _read(path)
    points = [Element(ref, tags, Point(at)) for ref, tags, at in raw.nodes if EXTENT.covers(Point(at))]
    lines: list[Element] = []
    areas: list[Element] = []
    for number, way in raw.ways.items():
        shape = _cut(MultiLineString(list(_runs(way.places))))
        if not shape.is_empty:
            lines.append(Element(f"w{number}", way.tags, shape))
        if way.closed and len(way.places) > 3:
            areas.extend(_area(f"w{number}", way.tags, _closed(way.places)))
    for ref, tags, members in raw.relations:
        areas.extend(_area(ref, tags, _multipolygon(members, raw)))
    return City(_sorted(points), _sorted(lines), _sorted(areas))


def land_and_sea(city: City) -> list[Polygon]:
    """Return the parts of the extent that are sea; the coastline has water on its right side."""
    coast = [e.shape for e in city.lines if e.tags.get("natural") == "coastline"]
    cuts = [_reach_the_edge(line) for shape in coast for line in _parts(shape)]
    faces = polygonize([union_all([EXTENT.exterior, *cuts])]).geoms
    return [face for face in faces if isinstance(face, Polygon) and _is_sea(face, cuts)]


def _is_sea(face: Polygon, cuts: list[LineString]) -> bool:
    inside = face.representative_point()
    nearest = min(cuts, key=lambda line: line.distance(inside))
    along = nearest.project(inside)
    step = nearest.length / 10_000
    before, after = nearest.interpolate(max(along - step, 0)), nearest.interpolate(along + step)
    turn = (after.x - before.x) * (inside.y - before.y) - (after.y - before.y) * (inside.x - before.x)
    return turn < 0


def _reach_the_edge(line: LineString) -> LineString:
    first, last = Point(line.coords[0]), Point(line.coords[-1])
    start = EXTENT.exterior.interpolate(EXTENT.exterior.project(first))
    end = EXTENT.exterior.interpolate(EXTENT.exterior.project(last))
    return LineString([*start.coords, *line.coords, *end.coords])


def _read(path: Path) -> _Raw:
    raw = _Raw([], {}, [])
    for thing in osmium.FileProcessor(str(path)).with_locations():
        tags = {tag.k: tag.v for tag in thing.tags}
        if isinstance(thing, osmium.osm.Node) and tags:
            raw.nodes.append((f"n{thing.id}", tags, (thing.lon, thing.lat)))
        elif isinstance(thing, osmium.osm.Way):
            places = [(n.lon, n.lat) if n.location.valid() else None for n in thing.nodes]
            raw.ways[thing.id] = _Way(tags, places, thing.is_closed())
        elif isinstance(thing, osmium.osm.Relation) and tags.get("type") == "multipolygon":
            members = [(m.role, m.ref) for m in thing.members if m.type == "w"]
            raw.relations.append((f"r{thing.id}", tags, members))
    return raw


def _runs(coordinates: Iterable[Coordinate | None]) -> Iterator[list[Coordinate]]:
    run: list[Coordinate] = []
    for place in [*coordinates, None]:
        if place is not None:
            run.append(place)
        elif run:
            if len(run) > 1:
                yield run
            run = []


def _closed(coordinates: list[Coordinate | None]) -> BaseGeometry:
    """Return the area inside a ring, going along the box edge where nodes are missing."""
    if None in coordinates:
        ring = coordinates[:-1]
        gap = ring.index(None)
        runs = list(_runs([*ring[gap:], *ring[:gap]]))
    else:
        runs = [[place for place in coordinates if place is not None]]
    return _join(runs)


def _join(runs: list[list[Coordinate]]) -> BaseGeometry:
    path: list[Coordinate] = []
    for run, following in zip(runs, [*runs[1:], *runs[:1]], strict=True):
        path += run
        if run[-1] != following[0]:
            path += _along_the_edge(run[-1], following[0])
    return make_valid(Polygon(path)) if len(set(path)) > 2 else Polygon()


def _along_the_edge(leaves: Coordinate, returns: Coordinate) -> list[Coordinate]:
    edge = EXTENT.exterior
    start, end = edge.project(Point(leaves)), edge.project(Point(returns))
    onward = end >= start
    direct = substring(edge, start, end)
    to_corner = substring(edge, start, 0 if onward else edge.length)
    from_corner = substring(edge, edge.length if onward else 0, end)
    around = LineString([*to_corner.coords, *from_corner.coords])
    return [(x, y) for x, y in min(direct, around, key=lambda line: line.length).coords]


def _multipolygon(members: list[tuple[str, int]], raw: _Raw) -> BaseGeometry:
    outer = _rings([raw.ways[ref].places for role, ref in members if role != "inner" and ref in raw.ways])
    inner = _rings([raw.ways[ref].places for role, ref in members if role == "inner" and ref in raw.ways])
    return outer.difference(inner)


def _rings(ways: list[list[Coordinate | None]]) -> BaseGeometry:
    runs = [run for way in ways for run in _runs(way)]
    merged = [list(line.coords) for line in _parts(line_merge(MultiLineString(runs)))]
    return union_all([_join([run]) for run in merged])


def _area(ref: str, tags: dict[str, str], shape: BaseGeometry) -> Iterator[Element]:
    cut = _cut(shape)
    polygons = [part for part in _parts(cut) if isinstance(part, Polygon) and part.area > SMALLEST_AREA]
    if polygons:
        yield Element(ref, tags, polygons[0] if len(polygons) == 1 else MultiPolygon(polygons))


def _cut(shape: BaseGeometry) -> BaseGeometry:
    return shape.intersection(EXTENT)


def _parts(shape: BaseGeometry) -> list[BaseGeometry]:
    return list(shape.geoms) if hasattr(shape, "geoms") else [shape]


def _sorted(elements: Iterable[Element]) -> tuple[Element, ...]:
    return tuple(sorted(elements, key=lambda e: (e.ref[0], int(e.ref[1:]))))
