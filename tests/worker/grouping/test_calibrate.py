"""Calibration: it finds windows that are there, leaves small classes alone, and simulates what the line does."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reporting.domain.facts import Point, ReportFacts
from worker.backtest.grouping import group
from worker.grouping.calibrate import fit_all
from worker.grouping.parameters import DAY, Parameters, Window
from worker.grouping.simulate import Confirmed, Series, neighbours, other_ages, quality, simulate

START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


def made(count: int, repeat_hours: float, metres: float, seed: int = 1) -> list[Confirmed]:
    """Incidents far from each other; every second one is reported twice, within hours and metres."""
    chance = random.Random(seed)
    rows = []
    for number in range(count):
        lat, lon = 60 + number * 0.01, 25.0
        at = START + number * 7200
        rows.append(Confirmed(f"a{number}", "Lamp", at, lat, lon, f"i{number}"))
        if number % 2 == 0:
            again = at + chance.uniform(0.5, 1) * repeat_hours * 3600
            rows.append(
                Confirmed(f"b{number}", "Lamp", again, lat + chance.uniform(0.3, 1) * metres / 111_195, lon, f"i{number}")
            )
    return rows


def test_windows_that_are_there_are_found_and_confirmed_on_held_back_rows() -> None:
    (found,) = fit_all(made(300, repeat_hours=20, metres=50))
    assert found.window is not None
    assert found.window.window_s >= 20 * 3600
    assert 50 <= (found.window.distance_m or 0) <= 100
    assert found.before and found.after and found.after.f() > found.before.f() + 0.5


def test_a_small_class_is_left_at_the_default() -> None:
    (found,) = fit_all(made(20, repeat_hours=20, metres=50))
    assert found.window is None
    assert "are needed" in found.reason


def test_a_type_whose_joins_are_not_reliable_is_left_at_the_default() -> None:
    (found,) = fit_all(made(300, repeat_hours=20, metres=50), reliable=["Other"])
    assert found.window is None
    assert "reliably" in found.reason


def test_chance_is_not_fitted() -> None:
    chance = random.Random(3)
    rows = made(300, repeat_hours=20, metres=50)
    names = [row.incident for row in rows]
    chance.shuffle(names)
    mixed = [Confirmed(row.id, row.type, row.at_s, row.lat, row.lon, name) for row, name in zip(rows, names, strict=True)]
    assert fit_all(mixed)[0].window is None


def test_rows_that_are_not_scored_take_part_but_do_not_count() -> None:
    rows = made(10, 1, 0)
    rows = [Confirmed(row.id, row.type, row.at_s, row.lat, row.lon, row.incident, scored=row.id[0] == "a") for row in rows]
    series = Series(rows, neighbours(rows), other_ages(rows))
    assert quality(series, simulate(series, Window(DAY, distance_m=10.0)), 0).pairs == 0


# No two distances between these spots are equal: a tie within a centimetre may fall either way.
spots = st.sampled_from([(60.0, 25.0), (60.0001, 25.0), (60.0, 25.00027), (60.0006, 25.0005), (60.1, 25.0)])
kinds = st.just("Lamp")
streams = st.lists(st.tuples(st.integers(0, 5000), spots, kinds), max_size=30)
windows = st.builds(
    Window,
    st.sampled_from([900.0, 3600.0, 86400.0]),
    distance_m=st.sampled_from([1.0, 15.0, 60.0, 100.0]),
    quiet_s=st.sampled_from([7 * DAY, 14 * DAY]),
    settled_s=st.sampled_from([0.0, 6 * 3600.0, 86400.0]),
    most_elsewhere=st.sampled_from([None, 0, 2, 5]),
)


# Two incidents equally near, one of them seven minutes later: less than a thousandth of the score, and it counts.
TWO_AT_ONE_POINT = [
    *((0, (60.0, lon), "Lamp") for lon in (25.0, 25.00027, 25.0)),
    *((minute, (60.0, 25.0), "Lamp") for minute in (552, 559)),
    (799, (60.0001, 25.0), "Lamp"),
]


@settings(max_examples=60)
@given(streams, windows)
@example(TWO_AT_ONE_POINT, Window(DAY, distance_m=15.0, quiet_s=7 * DAY, most_elsewhere=0))
def test_the_simulation_of_one_type_decides_as_the_line_decides(
    stream: list[tuple[int, tuple[float, float], str]], window: Window
) -> None:
    ordered = sorted(stream, key=lambda row: row[0])
    rows = [Confirmed(f"{n:03}", kind, START + minute * 60, *spot, "x") for n, (minute, spot, kind) in enumerate(ordered)]
    rows = [replace(row, lately=sum(row.at_s - 4 * 3600 <= other.at_s for other in rows[:n])) for n, row in enumerate(rows)]
    parameters = Parameters(types={"Lamp": window})
    facts = [
        ReportFacts(id=r.id, category=r.type, received_at=datetime.fromtimestamp(r.at_s, UTC), point=Point(r.lat, r.lon))
        for r in rows
    ]
    decided = group(facts, parameters)
    ages = other_ages(rows)
    for kind in ("Lamp",):
        own = [(row, age) for row, age in zip(rows, ages, strict=True) if row.type == kind]
        series = Series([row for row, _ in own], neighbours([row for row, _ in own]), [age for _, age in own])
        simulated = [f"INC-{series.rows[first].id}" for first in simulate(series, window)]
        assert simulated == [decided[row.id][0] for row, _ in own]


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_learn_from_is_no_error(count: int) -> None:
    assert all(fit.window is None for fit in fit_all(made(count, 1, 1)))
