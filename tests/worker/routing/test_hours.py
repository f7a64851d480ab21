"""When a row counts: across midnight and changed clocks, on holidays, on the days of an event; and what people read of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reporting.domain import opening
from reporting.domain.facts import AreaFacts, Days, Hours
from reporting.domain.opening import hours_line, in_words, read_days, read_hours, read_zone
from tests.worker.made import area

HELSINKI = ZoneInfo("Europe/Helsinki")
CHRISTMAS = {date(2026, 12, 25): "Christmas Day"}
SPRING = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""Half an hour before the clocks of Helsinki are changed."""


def at(*hours: Hours, **changes: Any) -> AreaFacts:
    return area("a", "city", hours=hours, timezone="Europe/Helsinki", **changes)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=HELSINKI)  # type: ignore[misc,arg-type]


def counts(row: AreaFacts, moment: datetime, holidays: dict[date, str] | None = None) -> bool:
    return opening.counts(row, holidays or {}, moment)


spans = st.builds(Hours, st.integers(0, 6), st.integers(0, 1439), st.integers(0, 1440))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda each: each.replace(tzinfo=UTC))
near_changes = st.tuples(st.sampled_from((SPRING, AUTUMN)), st.integers(-180, 240)).map(lambda p: p[0] + timedelta(minutes=p[1]))


def by_the_wall(span: Hours, moment: datetime) -> bool:
    """The same said by the clock on the wall, minute by minute of the week."""
    wall = moment.astimezone(HELSINKI)
    minute = wall.weekday() * 1440 + wall.hour * 60 + wall.minute
    length = (span.until - span.start) if span.until > span.start else span.until - span.start + 1440
    return (minute - span.weekday * 1440 - span.start) % (7 * 1440) < length


@given(st.lists(spans, min_size=1, max_size=5), st.one_of(moments, near_changes))
@example([Hours(6, 180, 240)], SPRING + timedelta(minutes=31))
@example([Hours(6, 180, 240)], AUTUMN + timedelta(minutes=61))
def test_a_span_is_what_the_clock_on_the_wall_says(hours: list[Hours], moment: datetime) -> None:
    assert counts(at(*hours), moment) == any(by_the_wall(span, moment) for span in hours)


@given(spans, moments)
def test_a_span_and_its_rest_of_the_week_never_count_both(span: Hours, moment: datetime) -> None:
    inside = counts(at(span), moment)
    assert counts(at(span, holidays="only"), moment) is False
    assert counts(at(span, holidays="never"), moment) == inside, "there is no holiday"


def test_an_hour_that_the_clock_skips_is_served_for_no_time_and_one_that_comes_twice_for_two() -> None:
    three_to_four = at(Hours(6, 180, 240))
    skipped = [counts(three_to_four, SPRING + timedelta(minutes=n)) for n in range(0, 180, 10)]
    twice = [counts(three_to_four, AUTUMN + timedelta(minutes=n)) for n in range(-60, 180, 10)]
    assert (sum(skipped), sum(twice)) == (0, 12)


def test_what_begins_before_midnight_belongs_to_the_day_it_began() -> None:
    night = at(Hours(4, 22 * 60, 6 * 60), holidays="never")
    eve, day = local(2026, 12, 25, 23), local(2026, 12, 26, 3)
    assert counts(night, eve) and counts(night, day)
    assert not counts(night, eve, CHRISTMAS) and not counts(night, day, CHRISTMAS)
    saturday = {date(2026, 12, 26): ""}
    assert counts(night, day, saturday), "Saturday is the holiday, and the night began on Friday"


def test_only_on_holidays_and_only_on_the_days_of_an_event() -> None:
    holiday = at(holidays="only")
    assert counts(holiday, local(2026, 12, 25, 12), CHRISTMAS) and not counts(holiday, local(2026, 12, 26, 12), CHRISTMAS)
    event = at(days=(Days(date(2026, 12, 24), date(2026, 12, 26)),))
    assert [counts(event, local(2026, 12, day, 0, 0)) for day in (23, 24, 26, 27)] == [False, True, True, False]
    late = at(Hours(5, 1200, 120), days=(Days(date(2026, 12, 26), date(2026, 12, 26)),))
    assert counts(late, local(2026, 12, 27, 1)), "the last evening runs past midnight"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (at(), "Served round the clock"),
        (
            at(*(Hours(day, 480, 1020) for day in range(5)), Hours(5, 600, 840)),
            "Served Monday to Friday 08:00–17:00, Saturday 10:00–14:00",
        ),
        (at(*(Hours(day, 0, 1440) for day in range(7))), "Served every day 00:00–24:00"),
        (at(Hours(0, 60, 120), Hours(2, 60, 120)), "Served Monday and Wednesday 01:00–02:00"),
        (at(holidays="never"), "Served round the clock, not on public holidays"),
        (
            at(days=(Days(date(2026, 12, 24), date(2026, 12, 26)),)),
            "Served round the clock, only on 24 December 2026 to 26 December 2026",
        ),
    ],
)
def test_people_read_when_it_counts(row: AreaFacts, words: str) -> None:
    assert in_words(row) == words


def test_the_line_says_what_time_it_was_there() -> None:
    told = hours_line(at(Hours(4, 480, 1020)), CHRISTMAS, local(2026, 12, 25, 9, 5))
    assert told == "Served Friday 08:00–17:00; it was Friday 09:05 (Christmas Day) there."


KEYS = st.sampled_from(("weekday", "from", "until", "x"))
nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)


@given(nonsense)
def test_whatever_is_read_is_taken_or_refused_in_words(value: Any) -> None:
    for read in (read_hours, read_days, read_zone):
        try:
            read(value)
        except ValueError as refusal:
            assert str(refusal) and "\n" not in str(refusal).replace("\\n", "")
