"""Where things lie: distance on the globe and an integer grid of 0.002 degrees, the index for "what is near here".

A cell is about 220 m high and, at 60 degrees north, 110 m wide. The number of a cell fits a PostgreSQL bigint.
"""

from __future__ import annotations

from math import asin, cos, degrees, floor, pi, radians, sin, sqrt

CELL_DEGREES = 0.002
EARTH_RADIUS_M = 6_371_008.8  # mean radius (IUGG)
LARGEST_RADIUS_M = 20_000.0
ROUNDER_THAN_IT_IS = 1.01
"""The earth is no sphere: a metre is up to 0.6 % more of a degree than on one."""
WHOLE_TURN = 360.0
METRES_PER_DEGREE = EARTH_RADIUS_M * pi / 180

_ROWS = 90_000
_COLUMNS = 180_000
# Towards the poles columns shrink to nothing; there a whole row is one cell, so that a circle never needs thousands.
_POLAR_DEGREES = 85.0


def cell(lat: float, lon: float) -> int:
    """The grid cell of a point in WGS-84 degrees. Longitudes outside -180..180 are wrapped, latitudes are clamped."""
    return _number(_row(lat), _column(lon))


def cells_around(lat: float, lon: float, radius_m: float) -> frozenset[int]:
    """Every cell that a circle of `radius_m` metres around the point can touch, across the antimeridian too.

    Refuses (ValueError) radii above 20 km: the grid answers "near", not "in this country".
    """
    if not 0 <= radius_m <= LARGEST_RADIUS_M:
        raise ValueError(f"a radius from 0 to {LARGEST_RADIUS_M:.0f} metres is expected, not {radius_m}")
    high, wide = _reach(lat, radius_m)
    rows = range(_row(lat - high), _row(lat + high) + 1)
    columns = [step % _COLUMNS for step in range(_step(lon - wide), _step(lon + wide) + 1)]
    return frozenset(row * _COLUMNS + column for row in rows for column in ((0,) if _is_polar(row) else columns))


def degrees_around(lat: float, radius_m: float) -> tuple[float, float]:
    """How far a circle of `radius_m` metres around a point reaches, in degrees of latitude and of longitude, a little more
    rather than less. Near the poles every longitude is in reach."""
    high, wide = _reach(lat, radius_m)
    return high, WHOLE_TURN / 2 if abs(lat) + high >= _POLAR_DEGREES else wide


def haversine(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The great-circle distance in metres; within 0.6 % of the geodesic, symmetric, safe across the antimeridian."""
    if lat1 == lat2 and lon1 == lon2:
        return 0.0
    half_lat = radians(lat2 - lat1) / 2
    half_lon = radians(lon2 - lon1) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, chord)))


def _reach(lat: float, radius_m: float) -> tuple[float, float]:
    """Degrees of latitude and, as far as there are columns, of longitude: a circle's widest parallel lies a little poleward of
    its centre."""
    high = radius_m * ROUNDER_THAN_IT_IS / METRES_PER_DEGREE
    edge = min(abs(lat) + high, _POLAR_DEGREES)
    return high, degrees(asin(sin(radians(high)) / cos(radians(edge))))


def _row(lat: float) -> int:
    return min(_ROWS - 1, max(0, floor((lat + 90) / CELL_DEGREES)))


def _column(lon: float) -> int:
    return _step(lon) % _COLUMNS


def _step(lon: float) -> int:
    return floor((lon + WHOLE_TURN / 2) / CELL_DEGREES)


def _number(row: int, column: int) -> int:
    return row * _COLUMNS + (0 if _is_polar(row) else column)


def _is_polar(row: int) -> bool:
    return abs((row + 0.5) * CELL_DEGREES - 90) >= _POLAR_DEGREES
