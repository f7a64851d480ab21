"""Two incidents together: what calls for somebody goes on calling, and what was seen is not called out again for less."""

from datetime import UTC, datetime

import pytest

from reporting.domain.facts import Hot
from reporting.domain.merging import Attention, together

DUE = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
SEEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def new(priority: int, due_at: datetime | None = DUE) -> Attention:
    return Attention(status="new", priority=priority, overridden=False, hot=Hot(), due_at=due_at)


def known(priority: int, status: str = "acknowledged") -> Attention:
    return Attention(status=status, priority=priority, overridden=False, hot=Hot(), acknowledged_at=SEEN)


@pytest.mark.parametrize(("mine", "fresh"), [(2, 2), (3, 1)])
def test_what_is_as_urgent_and_new_goes_on_calling(mine: int, fresh: int) -> None:
    found = together(known(mine), new(fresh), seen=False)
    assert (found.status, found.priority, found.due_at, found.acknowledged_at) == ("new", fresh, DUE, None)


@pytest.mark.parametrize("fresh", [new(3), new(4, due_at=None)])
def test_a_less_urgent_one_does_not_call_back_what_was_acknowledged(fresh: Attention) -> None:
    for found in (together(known(2), fresh, seen=False), together(fresh, known(2), seen=False)):
        assert (found.status, found.priority, found.due_at, found.acknowledged_at) == ("acknowledged", 2, None, SEEN)


def test_of_two_new_ones_the_earliest_clock_runs() -> None:
    found = together(new(2), new(4, due_at=None), seen=False)
    assert (found.status, found.priority, found.due_at) == ("new", 2, DUE)


def test_whoever_works_on_the_first_has_seen_the_second() -> None:
    assert together(known(2, "in_progress"), new(1), seen=True).status == "in_progress"
    assert together(known(2, "in_progress"), new(1), seen=False).status == "new"
