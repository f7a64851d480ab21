"""Whether a room is watched: by its hours, and by who is really there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

State = Literal["watched", "unwatched_hour", "nobody_there", "unknown"]


@dataclass(frozen=True, slots=True)
class Watch:
    """A room at a moment, as the public may know it. `phone` is its public number, or empty."""

    state: State
    room: str = ""
    phone: str = ""


def state(hours: Mapping[str, Any] | None, staffed: bool, at: datetime) -> State:
    """Nothing is promised that is not so: within its hours a room counts as watched only while somebody is there, and outside
    of them also when somebody happens to be."""
    if staffed:
        return "watched"
    return "nobody_there" if within(hours, at) else "unwatched_hour"


def within(hours: Mapping[str, Any] | None, at: datetime) -> bool:
    """Whether an aware moment lies in a room's hours: `time_zone`, and `spans` of `weekdays` (Monday 0), `from`, `until`.

    None is round the clock. A span that ends before it begins runs past midnight into the next day.
    """
    if not hours:
        return True
    local = at.astimezone(ZoneInfo(hours["time_zone"]))
    clock, today = f"{local:%H:%M}", local.weekday()
    for span in hours["spans"]:
        overnight = span["until"] <= span["from"]
        if today in span["weekdays"] and span["from"] <= clock and (overnight or clock < span["until"]):
            return True
        if overnight and (today - 1) % 7 in span["weekdays"] and clock < span["until"]:
            return True
    return False
