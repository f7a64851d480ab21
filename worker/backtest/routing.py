"""Routing over a table of points: which area contains each, the smallest in square degrees first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from reporting.domain.area_index import ShapeIndex
from worker.backtest.progress import shown
from worker.backtest.tables import Refused, Row, read_position, read_table, written
from worker.routing.shapes import Loading, Shape, read_collection
from worker.routing.shapes import Refused as ShapesRefused

REQUIRED = ("id", "lat", "lon")
HEADER = ("id", "area_id", "reason")
MOST_NAMED = 4


def read_areas(path: Path) -> Loading:
    """The areas of a GeoJSON file, repaired or refused feature by feature. Refuses a file that is no GeoJSON."""
    try:
        return read_collection(json.loads(path.read_text(encoding="utf-8-sig")))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(f"{path.name}: not GeoJSON") from None
    except ShapesRefused as refusal:
        raise Refused(f"{path.name}: {refusal}") from None


def run_routing(loading: Loading, points: Path, out: Path) -> int:
    """Write the area of each point and why; returns how many points. A row without a usable position says so."""
    rows = read_table(points, REQUIRED)
    index = ShapeIndex([each.geometry for each in loading.shapes])
    with written(out, HEADER) as results:
        results.extend((row["id"], *_area_of(row, loading.shapes, index)) for row in shown(rows, "Routing"))
    return len(rows)


def _area_of(row: Row, shapes: Sequence[Shape], index: ShapeIndex) -> tuple[str, str]:
    try:
        position = read_position(row, "position")
    except Refused as refusal:
        return "", f"Not used: {refusal}."
    if position is None:
        return "", "The row has no position."
    return _smallest([shapes[i] for i in index.containing(*position)])


def _smallest(inside: Sequence[Shape]) -> tuple[str, str]:
    if not inside:
        return "", "No area contains this point."
    best, *others = inside
    if not others:
        return best.id, f"In {best.name}, the only area that contains this point."
    named = ", ".join(each.name for each in others[:MOST_NAMED]) + (" and more" if len(others) > MOST_NAMED else "")
    return best.id, f"In {best.name}, the smallest of {len(inside)} areas that contain this point; also in {named}."
