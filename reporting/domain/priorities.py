"""The four priorities, their words and default clocks. Labels, targets and colours are settings; these start them."""

from __future__ import annotations

from enum import IntEnum


class Priority(IntEnum):
    """1 is the most urgent. A smaller number always goes first."""

    IMMEDIATE = 1
    PRIORITY = 2
    ROUTINE = 3
    INFORMATION = 4


PRIORITIES: tuple[int, ...] = tuple(int(priority) for priority in Priority)

LABELS: dict[int, str] = {1: "Immediate", 2: "Priority", 3: "Routine", 4: "Information"}

SCORE_AT_LEAST: dict[int, int] = {2: 60, 3: 20}
"""Priority -> the score from which the rules propose it; below all of them it is 4. No score proposes 1."""

# Seconds until somebody must have acknowledged; priority 4 has no clock.
DEFAULT_ACKNOWLEDGE_SECONDS: dict[int, int | None] = {1: 60, 2: 300, 3: 900, 4: None}


def acknowledge_target_s(priority: int, targets: dict[int, int | None] | None = None) -> int | None:
    """Seconds allowed until acknowledgement, or None without a clock. `targets` are an organisation's own settings."""
    chosen = DEFAULT_ACKNOWLEDGE_SECONDS if targets is None else targets
    return chosen.get(priority, DEFAULT_ACKNOWLEDGE_SECONDS[priority])


def worse(first: int, second: int) -> int:
    """The more urgent of two priorities."""
    return min(first, second)
