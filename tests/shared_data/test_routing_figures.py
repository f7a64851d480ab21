"""Routing on real borders: every area is read, and every answer is the smallest area that contains the point."""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from shapely.geometry import Point

from tests.shared_data.figures import rows_of, write
from worker.backtest.commands import backtest
from worker.backtest.routing import read_areas

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
