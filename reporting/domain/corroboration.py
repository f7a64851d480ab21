"""When several independent sources raise an incident: one step, once, and it says so."""

from __future__ import annotations

ENOUGH_SOURCES = 4


def corroborated(priority: int, before: int, after: int) -> tuple[int, str]:
    """The priority of an incident whose independent sources went from `before` to `after`, and why it rose.

    Reaching four sources raises it by one step, up to immediate; the reason is empty where nothing changes. Asked at
    every join, it raises an incident once.
    """
    if priority <= 1 or not before < ENOUGH_SOURCES <= after:
        return priority, ""
    return priority - 1, f"{after} independent sources report the same."
