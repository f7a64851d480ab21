"""Routing alone: how long it takes to choose a room among ten, a thousand and ten thousand areas, with the whole explanation.

The areas are uneven rings of a hundred corners that overlap, inside one town of five thousand corners; every row has hours
and every position an accuracy, so that each point asks all that routing can be asked.
"""

import random
import time
from datetime import UTC, datetime
from math import cos, pi, sin
from typing import Final

import numpy as np
import shapely

from benchmarks.figures import Figures, Plan, median, named
from benchmarks.system import Site
from reporting.domain.area_index import AreaIndex
from reporting.domain.facts import AreaFacts, Hours, OrganisationFacts, Point, RoutingFacts
from worker.routing.choose import choose

SIZES: Final = {"n10": 10, "n1e3": 1_000, "n1e4": 10_000}
WEST: Final = 24.5
SOUTH: Final = 60.0
WIDE: Final = 1.0
CORNERS: Final = 100
TOWN_CORNERS: Final = 5_000
ROOMS: Final = tuple(
    OrganisationFacts(id=f"o{n}", slug=f"o{n}", name=f"Room {n}", level="municipal", duty_desk=n == 0, nearest_m=250.0)
    for n in range(20)
)
WEEK: Final = tuple(Hours(day, 6 * 60, 23 * 60) for day in range(7))
NOON: Final = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def measure(_site: Site, plan: Plan) -> Figures:
    """Milliseconds of processor time for one point, the median of turns; and for reading the areas into the index."""
    chance = random.Random(11)
    figures: Figures = {}
    for name, count in SIZES.items():
        areas = [_town(chance), *(_area(chance, number, count) for number in range(count - 1))]
        began = time.process_time()
        index = AreaIndex(areas)
        built = time.process_time() - began
        turns = [_turn(index, chance, 200 if plan.quick else 2_000) for _ in range(plan.turns)]
        figures |= named(f"areas.{name}", {"ms": round(median(turns), 4), "index_ms": round(built * 1_000, 1)})
    return figures


def _turn(index: AreaIndex, chance: random.Random, points: int) -> float:
    asked = [
        RoutingFacts(
            category="unattended_item",
            at=NOON,
            point=Point(SOUTH + chance.random() * WIDE, WEST + chance.random() * WIDE, chance.uniform(5, 80)),
        )
        for _ in range(points)
    ]
    began = time.process_time()
    for facts in asked:
        choose(facts, index, ROOMS)
    return (time.process_time() - began) * 1_000 / points


def _town(chance: random.Random) -> AreaFacts:
    return _facts("town", 0, _ring(chance, (WEST + WIDE / 2, SOUTH + WIDE / 2), WIDE * 0.7, TOWN_CORNERS))


def _area(chance: random.Random, number: int, count: int) -> AreaFacts:
    """As many as cover the town two or three times."""
    centre = WEST + chance.random() * WIDE, SOUTH + chance.random() * WIDE
    return _facts(f"a{number}", number % len(ROOMS), _ring(chance, centre, WIDE / count**0.5, CORNERS))


def _ring(chance: random.Random, centre: tuple[float, float], radius: float, corners: int) -> shapely.Polygon:
    turns = np.linspace(0, 2 * pi, corners, endpoint=False)
    reach = radius * np.array([chance.uniform(0.8, 1.0) for _ in turns])
    points = [(centre[0] + r * cos(turn), centre[1] + r * sin(turn)) for turn, r in zip(turns, reach, strict=True)]
    return shapely.Polygon(points)


def _facts(key: str, owner: int, geometry: shapely.Polygon) -> AreaFacts:
    room = ROOMS[owner]
    return AreaFacts(
        id=key,
        organisation_id=room.id,
        organisation_slug=room.slug,
        organisation_name=room.name,
        level=room.level,
        name=key,
        geometry=geometry,
        hours=WEEK,
        timezone="Europe/Helsinki",
    )
