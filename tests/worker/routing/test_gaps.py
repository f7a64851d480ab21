"""Holes in hours: the stretch around a moment in which nobody serves, also past midnight and over a weekend."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.domain.facts import Hours
from worker.routing.gaps import DAY, WEEK, gap_around

DAILY = [Hours(day, 6 * 60, 22 * 60) for day in range(7)]
OFFICE = [Hours(day, 8 * 60, 16 * 60) for day in range(5)]
SPANS = st.lists(st.builds(Hours, st.integers(0, 6), st.integers(0, DAY - 1), st.integers(1, DAY)), min_size=1, max_size=12)


@pytest.mark.parametrize(("weekday", "minute"), [(0, 23 * 60), (1, 5 * 60), (6, 23 * 60), (0, 0)])
def test_the_night_is_one_hole(weekday: int, minute: int) -> None:
    found = gap_around(DAILY, weekday, minute)
    assert found is not None
    assert (found[0] % DAY, found[1]) == (22 * 60, 8 * 60)


def test_a_weekend_is_longer_than_a_day() -> None:
    assert gap_around(OFFICE, 5, 12 * 60) == (4 * DAY + 16 * 60, (8 + 24 + 24 + 8) * 60)
    assert gap_around(OFFICE, 0, 3 * 60) == gap_around(OFFICE, 6, 0)


def test_where_it_is_served_there_is_no_hole() -> None:
    assert gap_around(DAILY, 3, 12 * 60) is None
    assert gap_around([], 3, 12 * 60) is None
    assert gap_around([Hours(6, 22 * 60, 6 * 60)], 0, 5 * 60) is None


@settings(deadline=None)
@given(SPANS, st.integers(0, 6), st.integers(0, DAY - 1))
def test_a_hole_holds_the_moment_and_nothing_that_is_served(hours: list[Hours], weekday: int, minute: int) -> None:
    served = {
        (span.weekday * DAY + span.start + passed) % WEEK
        for span in hours
        for passed in range((span.until - span.start) % DAY or DAY)
    }
    found = gap_around(hours, weekday, minute)
    at = weekday * DAY + minute
    assert (found is None) == (at in served)
    if found is not None:
        inside = {(found[0] + passed) % WEEK for passed in range(found[1])}
        assert at in inside and not inside & served
        assert (found[0] - 1) % WEEK in served and (found[0] + found[1]) % WEEK in served
