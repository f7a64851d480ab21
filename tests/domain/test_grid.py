"""The grid: no near point is ever missed, and distance is what the globe says."""

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.grid import LARGEST_RADIUS_M, cell, cells_around, degrees_around, haversine

lats = st.floats(-90, 90)
lons = st.floats(-180, 180)


@given(lats, lons, st.floats(0, 1500), st.floats(0, 360))
def test_a_circle_finds_every_point_inside_it(lat: float, lon: float, radius: float, bearing: float) -> None:
    there = geodesic(meters=radius * 0.99).destination((lat, lon), bearing)
    if haversine(lat, lon, there.latitude, there.longitude) <= radius:
        assert cell(there.latitude, there.longitude) in cells_around(lat, lon, radius)
        high, wide = degrees_around(lat, radius)
        east = abs(there.longitude - lon)
        assert abs(there.latitude - lat) <= high + 1e-12
        assert min(east, 360 - east) <= wide + 1e-12


@given(lats, lons, lats, lons)
def test_distance_is_symmetric_and_never_negative(a: float, b: float, c: float, d: float) -> None:
    assert haversine(a, b, c, d) == pytest.approx(haversine(c, d, a, b), abs=1e-6)
    assert haversine(a, b, c, d) >= 0
    assert haversine(a, b, a, b) == 0


@given(st.floats(-89, 89), lons, st.floats(1, 5000), st.floats(0, 360))
def test_distance_agrees_with_the_geodesic_within_its_promise(lat: float, lon: float, metres: float, bearing: float) -> None:
    there = geodesic(meters=metres).destination((lat, lon), bearing)
    assert haversine(lat, lon, there.latitude, there.longitude) == pytest.approx(metres, rel=0.006, abs=0.01)


@given(lats, lons)
def test_a_cell_fits_a_bigint_and_contains_its_own_point(lat: float, lon: float) -> None:
    assert 0 <= cell(lat, lon) < 2**63
    assert cell(lat, lon) in cells_around(lat, lon, 0)


def test_the_antimeridian_is_no_border() -> None:
    assert haversine(0, 179.9995, 0, -179.9995) == pytest.approx(111.2, abs=0.5)
    assert cell(0, -179.9995) in cells_around(0, 179.9995, 150)


def test_a_small_circle_needs_few_cells_in_a_city() -> None:
    assert len(cells_around(60.17, 24.94, 300)) <= 36


def test_a_circle_at_the_pole_needs_few_cells_too() -> None:
    assert len(cells_around(84.9999, 24.94, 3000)) <= 5000
    assert degrees_around(84.9999, 3000)[1] == 180


@pytest.mark.parametrize("radius", [-1.0, LARGEST_RADIUS_M + 1, float("nan")])
def test_senseless_radii_are_refused(radius: float) -> None:
    with pytest.raises(ValueError, match="radius"):
        cells_around(60, 25, radius)
