"""Files made to break whoever reads them: each is refused in a line, quickly, and leaves nothing a table cannot keep."""

import random
from typing import Any

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from worker.routing.rows import row_of
from worker.routing.shapes import Refused, read_collection
from worker.routing.tangles import is_tangled

SQUARE = [[[24, 60], [25, 60], [25, 61], [24, 61], [24, 60]]]


def _file(coordinates: Any = SQUARE, kind: str = "Polygon", key: Any = "a", **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    feature = {"type": "Feature", "id": key, "properties": properties, "geometry": geometry}
    return {"type": "FeatureCollection", "features": [feature]}


def _refusal(file: dict[str, Any]) -> str:
    loading = read_collection(file)
    assert not loading.shapes
    (line,) = loading.refused
    return line


def _at_random(corners: int) -> list[list[list[float]]]:
    chance = random.Random(1)
    return [[[chance.randint(0, 99), chance.randint(0, 89)] for _ in range(corners)]]


def test_a_border_that_crosses_itself_all_over_is_refused_and_not_repaired(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_geometry: Any) -> None:
        raise AssertionError("this takes hours")

    monkeypatch.setattr(shapely, "make_valid", never)
    assert "crosses itself in too many places" in _refusal(_file(_at_random(500)))
    line = [[[chance, 0] for chance in random.Random(2).sample(range(180), 150)] + [[50, 50]]]
    assert "crosses itself in too many places" in _refusal(_file(line))
    assert "crosses itself in too many places" in _refusal(_file([SQUARE] * 300, "MultiPolygon"))


def test_a_border_with_a_few_mistakes_is_still_repaired() -> None:
    assert read_collection(_file([[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]])).repaired


def test_neighbours_that_share_a_border_are_no_tangle() -> None:
    strips = [Polygon([(x, y / 10) for y in range(500)] + [(x + 1, y / 10) for y in reversed(range(500))]) for x in range(4)]
    assert not is_tangled(MultiPolygon(strips))


def test_a_number_that_no_float_holds_is_refused() -> None:
    assert "not a pair of numbers" in _refusal(_file([[[10**400, 1], [2, 3], [3, 4]]]))


@pytest.mark.parametrize("broken", ["a\x00b", "\ud800", "x\udfff"])
def test_what_is_no_text_is_refused_wherever_it_stands(broken: str) -> None:
    lines = [_refusal(_file(name=broken)), _refusal(_file(key=broken)), _refusal(_file(id=broken)), _refusal(_file(kind=broken))]
    (shape,) = read_collection(_file(desk=broken)).shapes
    with pytest.raises(Refused) as refusal:
        row_of(shape)
    for line in (*lines, str(refusal.value)):
        assert "\x00" not in line
        line.encode()


def test_a_list_written_as_text_and_nested_without_end_is_refused() -> None:
    (shape,) = read_collection(_file(hours="[" * 50_000)).shapes
    with pytest.raises(Refused, match="not a list in JSON"):
        row_of(shape)
