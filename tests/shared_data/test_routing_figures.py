"""Routing on real borders: every area is read, and every answer is the smallest area that contains the point."""

import json
import random
from pathlib import Path

import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from shapely.geometry import Point

from reporting.domain.area_index import ShapeIndex
from tests.shared_data.figures import rows_of, write
from worker.backtest.commands import backtest
from worker.backtest.routing import read_areas
from worker.routing.rows import row_of

pytestmark = pytest.mark.shared_data
FILES = [
    "boston_neighbourhoods",
    "eindhoven_neighbourhoods",
    "europe_countries_50m",
    "london_boroughs",
    "paris_arrondissements",
    "san_francisco_police_districts",
]


@pytest.mark.parametrize("name", FILES)
def test_every_point_gets_the_smallest_area_around_it(shared_data: Path, tmp_path: Path, name: str) -> None:
    path = shared_data / "c_jurisdictions" / f"{name}.geojson"
    loading = read_areas(path)
    assert len(loading.shapes) == len(json.loads(path.read_text(encoding="utf-8"))["features"])
    assert not loading.refused
    chance = random.Random(7)
    points = []
    for number in range(300):
        west, south, east, north = chance.choice(loading.shapes).geometry.bounds
        points.append({"id": str(number), "lat": str(chance.uniform(south, north)), "lon": str(chance.uniform(west, east))})
    table = write(tmp_path / "points.csv", points)
    done = CliRunner().invoke(backtest, ["routing", str(path), str(table), "--out", str(tmp_path / "out.csv")])
    assert done.exit_code == 0, done.output
    for point, row in zip(points, rows_of(tmp_path / "out.csv"), strict=True):
        here = Point(float(point["lon"]), float(point["lat"]))
        around = sorted((shape.geometry.area, shape.id) for shape in loading.shapes if shape.geometry.intersects(here))
        assert row["area_id"] == (around[0][1] if around else "")
        assert row["reason"]


@pytest.mark.parametrize("name", FILES)
def test_every_area_becomes_a_routing_row(shared_data: Path, name: str) -> None:
    loading = read_areas(shared_data / "c_jurisdictions" / f"{name}.geojson")
    rows = [row_of(each) for each in loading.shapes]
    assert len({row.key for row in rows}) == len(loading.shapes)
    assert all(row.part == "responsible" and row.enabled and row.name for row in rows)


def test_a_hundred_thousand_points_are_answered_as_every_area_asked_one_by_one(shared_data: Path) -> None:
    shapes = [each for name in FILES for each in read_areas(shared_data / "c_jurisdictions" / f"{name}.geojson").shapes]
    geometries = [each.geometry for each in shapes]
    chance = np.random.default_rng(7)
    bounds = shapely.bounds(geometries)[chance.integers(0, len(geometries), 100_000)]
    lon = chance.uniform(bounds[:, 0], bounds[:, 2])
    lat = chance.uniform(bounds[:, 1], bounds[:, 3])
    smallest = np.full(len(lon), -1)
    size = np.full(len(lon), np.inf)
    for position, geometry in enumerate(geometries):
        shapely.prepare(geometry)
        better = shapely.intersects_xy(geometry, lon, lat) & (geometry.area < size)
        smallest[better], size[better] = position, geometry.area
    index = ShapeIndex(geometries)
    found = [(index.containing(float(y), float(x)) or [-1])[0] for y, x in zip(lat, lon, strict=True)]
    assert found == smallest.tolist()
    assert 0.3 < np.mean(smallest >= 0) < 1.0, "points inside and outside are asked"
