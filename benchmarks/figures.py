"""What measuring has in common: how long each part may take, percentiles, medians, and turns that alternate."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Figures = dict[str, float | int | str | None]
"""Dotted name -> value, as they stand in the JSON."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long to measure. `quick` stays below a minute in all; the full run takes its time."""

    quick: bool
    turns: int
    turn_seconds: float
    line_seconds: float
    sizes: tuple[str, ...]
    rates: tuple[int, ...]
    brokers: tuple[str, ...]


QUICK: Final = Plan(True, 2, 0.6, 2.0, ("n1e4",), (50, 200), ("files",))
FULL: Final = Plan(False, 5, 3.0, 20.0, ("n1e4", "n1e5", "n1e6"), (50, 200, 400), ("redis", "files"))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies; nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(milliseconds: Sequence[float], *shares: int) -> Figures:
    """Percentiles under their names: `p50_ms` and so on."""
    return {f"p{share}_ms": round(percentile(milliseconds, share / 100), 2) for share in shares}


def median(values: Sequence[float]) -> float:
    """The middle one: a single disturbed turn does not move it."""
    return statistics.median(values)


def named(prefix: str, figures: Figures) -> Figures:
    """The figures under a longer name."""
    return {f"{prefix}.{name}": value for name, value in figures.items()}
