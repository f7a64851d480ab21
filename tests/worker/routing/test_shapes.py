"""Areas from files: repaired where that is safe, refused with a clear line where it is not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from reporting.domain.area_index import ShapeIndex
from worker.routing.shapes import Refused, read_collection

SQUARE = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]


def feature(coordinates: Any, kind: str = "Polygon", key: Any = "a", **rest: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"id": key}, "geometry": {"type": kind, "coordinates": coordinates}, **rest}


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def only(*features: Any) -> Any:
    loading = read_collection(collection(*features))
    assert not loading.refused, loading.refused
    (shape,) = loading.shapes
    return shape


def refusal(*features: Any) -> str:
    loading = read_collection(collection(*features))
    (line,) = loading.refused
    assert "\n" not in line
    return line


def test_a_good_polygon_is_taken_as_it_is() -> None:
    shape = only(feature([SQUARE]))
    assert (shape.id, shape.name, shape.repairs) == ("a", "a", ())
    assert shape.geometry.area == 4


def test_the_id_is_the_propertys_else_the_features_else_the_number() -> None:
    assert only(feature([SQUARE], key="p", id="f")).id == "p"
    assert only(feature([SQUARE], key=None, id="f")).id == "f"
    assert only(feature([SQUARE], key=None)).id == "1"
    assert only(feature([SQUARE], key=7)).id == "7"
    assert only({**feature([SQUARE]), "properties": None, "id": 0}).id == "0"


def test_holes_and_many_parts_are_kept() -> None:
    hole = [[0.5, 0.5], [1, 0.5], [1, 1], [0.5, 1], [0.5, 0.5]]
    far = [[10, 10], [11, 10], [11, 11], [10, 11], [10, 10]]
    shape = only(feature([[SQUARE, hole], [far]], "MultiPolygon"))
    assert shape.geometry.area == pytest.approx(4 - 0.25 + 1)
    index = ShapeIndex([shape.geometry])
    assert index.containing(0.75, 0.75) == []
    assert index.containing(10.5, 10.5) == [0]


def test_a_bow_tie_is_made_valid_and_said() -> None:
    loading = read_collection(collection(feature([[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]])))
    assert loading.shapes[0].geometry.is_valid
    assert loading.shapes[0].geometry.area == pytest.approx(2)
    assert loading.repaired[0].startswith("feature a: made valid (self-intersection")


def test_an_open_ring_is_closed_and_a_third_number_is_left_out() -> None:
    assert only(feature([[[0, 0, 9], [2, 0, 9], [2, 2, 9], [0, 2, 9]]])).geometry.area == 4


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (feature([[[0, 0], [1, 1], [0, 0]]]), "fewer than three corners"),
        (feature([[[0, 0], [1, 1], [2, 2], [0, 0]]]), "encloses no area"),
        (feature([[["x", 0], [1, 1], [2, 2], [0, 0]]]), "not a pair of numbers"),
        (feature([[[0], [1, 1], [2, 2], [0, 0]]]), "not a pair of numbers"),
        (feature([[[0, 0], [1, float("nan")], [2, 2], [0, 0]]]), "not a finite number"),
        (feature([[[500000, 6600000], [500100, 6600000], [500100, 6600100]]]), "metres"),
        (feature([[[60, 125], [61, 125], [61, 126]]]), "swapped"),
        (feature([], "Polygon"), "no ring"),
        (feature([], "MultiPolygon"), "no coordinates"),
        (feature([[]], "MultiPolygon"), "no ring"),
        (feature([0, 0], "Point"), "not Point"),
        ({"type": "Feature", "properties": {"id": "a"}, "geometry": None}, "not nothing"),
        ("text", "not a GeoJSON feature"),
    ],
)
def test_what_cannot_be_an_area_is_refused_in_one_clear_line(broken: Any, words: str) -> None:
    assert words in refusal(broken)


def test_one_id_for_two_features_is_refused() -> None:
    assert "several features" in refusal(feature([SQUARE]), feature([SQUARE]))


@pytest.mark.parametrize("data", [[], {}, {"type": "FeatureCollection"}, "x", None, {"type": "Topology"}])
def test_a_file_that_is_no_geojson_is_refused(data: Any) -> None:
    with pytest.raises(Refused, match="FeatureCollection"):
        read_collection(data)


@pytest.mark.parametrize(
    "ring",
    [
        [[179, -1], [-179, -1], [-179, 1], [179, 1], [179, -1]],
        [[179, -1], [181, -1], [181, 1], [179, 1], [179, -1]],
        [[-181, -1], [-179, -1], [-179, 1], [-181, 1], [-181, -1]],
    ],
)
def test_what_crosses_the_antimeridian_is_cut(ring: list[list[float]]) -> None:
    shape = only(feature([ring]))
    assert shape.geometry.area == pytest.approx(4)
    assert shape.repairs == ("cut at the antimeridian",)
    index = ShapeIndex([shape.geometry])
    assert index.containing(0, 179.5) == [0]
    assert index.containing(0, -179.5) == [0]
    assert index.containing(0, 0) == []


def test_the_whole_world_is_no_crossing() -> None:
    shape = only(feature([[[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]]))
    assert shape.geometry.area == 360 * 180


boxes = st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5), st.floats(0.1, 4)), min_size=1, max_size=12)


@given(boxes, st.floats(-6, 6), st.floats(-6, 6))
def test_the_index_finds_what_a_look_at_every_area_finds(
    squares: list[tuple[float, float, float]], lat: float, lon: float
) -> None:
    shapes = [box(x, y, x + size, y + size) for x, y, size in squares]
    expected = sorted(
        (i for i, shape in enumerate(shapes) if shape.intersects(Point(lon, lat))), key=lambda i: (shapes[i].area, i)
    )
    assert ShapeIndex(shapes).containing(lat, lon) == expected


def test_no_areas_contain_nothing() -> None:
    assert ShapeIndex([]).containing(0, 0) == []
