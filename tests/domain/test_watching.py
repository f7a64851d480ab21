"""A room is watched while somebody is there; its hours only say what is told when nobody is."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from reporting.domain.watching import state, within

ZONE = ZoneInfo("Europe/Helsinki")
MALL = {
    "time_zone": "Europe/Helsinki",
    "spans": [
        {"weekdays": [0, 1, 2, 3, 4, 5], "from": "07:00", "until": "22:30"},
        {"weekdays": [4], "from": "22:30", "until": "02:00"},
    ],
}


@pytest.mark.parametrize(
    ("day", "clock", "inside"),
    [
        (23, "07:00", True),
        (23, "06:59", False),
        (23, "22:30", False),
        (29, "12:00", False),
        (27, "23:00", True),
        (28, "01:59", True),
    ],
)
def test_the_hours_of_a_room(day: int, clock: str, inside: bool) -> None:
    at = datetime.fromisoformat(f"2026-11-{day}T{clock}").replace(tzinfo=ZONE)
    assert within(MALL, at) is inside
    assert within(None, at)


def test_only_what_is_true_is_promised() -> None:
    noon, night = datetime(2026, 11, 23, 12, tzinfo=ZONE), datetime(2026, 11, 23, 3, tzinfo=ZONE)
    assert [state(MALL, True, noon), state(MALL, False, noon)] == ["watched", "nobody_there"]
    assert [state(MALL, True, night), state(MALL, False, night)] == ["watched", "unwatched_hour"]
