"""Who was to sit where: shifts that touch or overlap are one, and a desk without shifts has nobody."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from worker.routing.manning import Manning

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOURS = st.integers(-48, 48).map(lambda hours: NOON + timedelta(hours=hours))
SHIFTS = st.lists(st.tuples(st.sampled_from("ab"), HOURS, st.integers(1, 12)), max_size=12)


@settings(deadline=None)
@given(SHIFTS, st.sampled_from(["a", "b", None]), HOURS)
def test_somebody_is_there_exactly_during_a_shift(
    shifts: list[tuple[str, datetime, int]], desk: str | None, at: datetime
) -> None:
    spans = [(name, start, start + timedelta(hours=length)) for name, start, length in shifts]
    expected = any(name == desk and start <= at < until for name, start, until in spans)
    assert Manning(spans).at(desk, at) == expected
    assert Manning(spans).known == bool(spans)
