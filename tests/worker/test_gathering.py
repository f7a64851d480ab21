"""The relay waits the longer for more letters the more of them come in a second, whatever it waited before."""

import pytest

from worker.relay import SHORTEST_SPAN, Came, gather_seconds


def looks(a_second: float, every: float, times: int = 10) -> Came:
    """What is known after so many looks at a steady stream."""
    came = Came()
    for look in range(1, times + 1):
        came.note(round(a_second * every))
        came.until(look * every)
    return came


@pytest.mark.parametrize("every", [0.02, 0.05, 0.1])
@pytest.mark.parametrize(("a_second", "waits"), [(50, 0.02), (200, 0.05), (400, 0.1)])
def test_how_long_it_waits_does_not_hang_on_how_long_it_waited(a_second: float, waits: float, every: float) -> None:
    assert gather_seconds(looks(a_second, every).a_second) == waits


def test_after_a_rest_one_letter_goes_quickly() -> None:
    came = looks(400, 0.1)
    came.note(1)
    came.until(60.0)
    assert gather_seconds(came.a_second) == 0.02


def test_looks_that_find_nothing_are_counted_with_the_next_that_does() -> None:
    came = Came()
    came.note(5)
    came.until(1.0)
    for moment in (1.1, 1.2):
        came.note(0)
        came.until(moment)
    came.note(60)
    came.until(1.3)
    assert came.a_second == pytest.approx(200)


def test_two_looks_in_one_moment_are_no_flood_without_end() -> None:
    came = Came()
    for _ in range(2):
        came.note(4)
        came.until(5.0)
    assert came.a_second == 4 / SHORTEST_SPAN
