"""Fitting windows of place and time per type from joins that operators confirmed. Pure.

For each type with enough confirmed joins, every pair of a radius and a time is tried on the earlier rows, just as
the line would decide: on arrival, in time order. The best is kept only if it also does at least as well as the
cautious default on the held-back later rows. Small classes are left at the default: a window fitted to a handful
of joins says more about chance than about the type.

Two things keep a fit honest about times that were not seen. A window must keep wrong joins rare in every third of the
rows by itself, with room to spare, because a mean hides the week in which it failed. And it is trusted only up to the
busiest four hours it was fitted on: when far more reports of a type pour in than ever before, two at one address are less
likely to be one thing, and they are shown to a person instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

from worker.grouping.parameters import DAY, HOUR, UNKNOWN, Window
from worker.grouping.simulate import LARGEST_RADIUS_M, Confirmed, Quality, Series, other_ages, quality, series_of, simulate

RADII_M = (1.0, 15.0, 30.0, 45.0, 60.0, 80.0, 100.0, 150.0, 200.0, LARGEST_RADIUS_M)
TIMES_S = tuple(HOUR * hours for hours in (0.25, 0.5, 1.5, 3, 6, 12, 24, 48, 96, 168, 336))
QUIET_S = tuple(DAY * days for days in (7, 14, 30, 60))
SETTLED_S = tuple(HOUR * hours for hours in (0, 6, 24, 96, 336))
# Bounds on what comes from elsewhere that are tried when the one of the evidence lets too much through.
STRICTER = (10, 5, 2, 0)
HELD_BACK = 0.3
# Confirmed pairs a type needs among the earlier rows before its windows are fitted, and among the held-back ones.
ENOUGH_PAIRS = 25
ENOUGH_HELD_BACK = 5
MOST_ROWS = 20_000
# Joining two things that are not one hides one of them; missing a join only shows a person two lines. So precision
# weighs double, a window that joins more than this share of singles wrongly in any slice of time is never kept, nor one
# that comes within a quarter of it over all of them, and among nearly equals the smaller windows win.
BETA = 0.5
MOST_FALSE_MERGES = 0.08
MARGIN = 0.75
NEARLY = 0.02
SLICES = 3
# Singles a slice needs before its share of wrong joins says something.
ENOUGH_SINGLES = 40
# Some reports in four hours are no flood, whatever the evidence. Above, so many confirmed joins at that rate are needed.
ALWAYS_TRUSTED = 15
ENOUGH_BUSY_JOINS = 5
# The default with a bound on the rate needs less quiet around it.
BOUNDED = replace(UNKNOWN, quiet_s=14 * DAY)


@dataclass(frozen=True, slots=True)
class Fit:
    """What came of one type: its window (None: left at the default), why, both qualities on held-back rows, and the default
    as far as its joins are trusted."""

    type: str
    window: Window | None
    reason: str
    before: Quality | None = None
    after: Quality | None = None
    default: Window = BOUNDED

    @property
    def used(self) -> Window:
        """The window that the type goes by."""
        return self.window or self.default


@dataclass(frozen=True, slots=True)
class _Tried:
    """A window, its quality over all rows, and its worst share of wrong joins in a slice of time."""

    window: Window
    quality: Quality
    worst: float

    @classmethod
    def on(cls, series: Series, window: Window) -> _Tried:
        incident_of = simulate(series, window)
        length = len(series.rows)
        edges = [round(length * part / SLICES) for part in range(SLICES + 1)]
        parts = [quality(series, incident_of, start, end) for start, end in pairwise(edges)]
        whole = quality(series, incident_of, 0)
        told = [part.false_merges for part in parts if part.singles >= ENOUGH_SINGLES]
        return cls(window, whole, max([whole.false_merges, *told]))

    @property
    def is_allowed(self) -> bool:
        return self.quality.false_merges <= MOST_FALSE_MERGES * MARGIN and self.worst <= MOST_FALSE_MERGES


def fit_all(
    rows: Iterable[Confirmed], reliable: Iterable[str] | None = None, shown: Callable[[list[str]], Iterable[str]] = iter
) -> list[Fit]:
    """Fit every type (or only those whose joins are reliable). Rows may come in any order; `shown` may tell of progress."""
    ordered = sorted(rows, key=lambda row: (row.at_s, row.id))
    types = Counter(row.type for row in ordered)
    wanted = set(types) if reliable is None else set(reliable)
    by_type: dict[str, list[tuple[Confirmed, float]]] = {name: [] for name, _ in types.most_common()}
    for row, age in zip(ordered, other_ages(ordered), strict=True):
        by_type[row.type].append((row, age))
    fits = []
    for name in shown(list(by_type)):
        own = by_type[name][-MOST_ROWS:]
        fits.append(fit(name, own) if name in wanted else _unreliable(name, own))
    return fits


def _unreliable(name: str, own: Sequence[tuple[Confirmed, float]]) -> Fit:
    """Its joins teach nothing; its rate does not either, so that it is trusted at every rate it had."""
    bound = max([ALWAYS_TRUSTED, *(row.lately for row, _ in own)])
    return Fit(name, None, "joins of this type were not recorded reliably", default=replace(BOUNDED, most_elsewhere=bound))


def fit(name: str, own: Sequence[tuple[Confirmed, float]]) -> Fit:
    """Fit one type: its rows in time order, each with the age of the last report of another type at its point."""
    split = round(len(own) * (1 - HELD_BACK))
    series = series_of(own)
    default = trusted_default(series)
    pairs = series.until(split).pairs
    if pairs < ENOUGH_PAIRS:
        return Fit(name, None, f"{pairs} confirmed pairs among the earlier rows; {ENOUGH_PAIRS} are needed", default=default)
    return replace(_fitted(name, series, split), default=default)


def trusted_rate(series: Series) -> int:
    """Up to how many reports in four hours joins are trusted: a rate at which some were confirmed."""
    rates = sorted((row.lately for row in series.repeats), reverse=True)
    return max(ALWAYS_TRUSTED, rates[ENOUGH_BUSY_JOINS - 1] if len(rates) >= ENOUGH_BUSY_JOINS else 0)


def trusted_default(series: Series) -> Window:
    """The default window with the highest bound under which it does not join too many singles wrongly."""
    for bound in (trusted_rate(series), *STRICTER):
        window = replace(BOUNDED, most_elsewhere=bound)
        if _Tried.on(series, window).is_allowed:
            break
    return window


def _fitted(name: str, series: Series, split: int) -> Fit:
    earlier = series.until(split)
    found = best_window(earlier)
    if found is None:
        return Fit(name, None, "every window joins too much that is not one")
    before, after = (_quality_of(series, window, split) for window in (trusted_default(earlier), found))
    if before.pairs < ENOUGH_HELD_BACK:
        # Too few later joins to judge by: two earlier windows must agree instead.
        return _by_halves(name, series, found, before, after)
    if after.f() <= before.f() or after.false_merges > max(before.false_merges, MOST_FALSE_MERGES):
        return Fit(name, None, "no gain on the held-back rows", before, after)
    return Fit(name, best_window(series) or found, "gains on the held-back rows", before, after)


def _by_halves(name: str, series: Series, found: Window, before: Quality, after: Quality) -> Fit:
    end = round(len(series.rows) * (1 - HELD_BACK))
    half = end // 2
    first = best_window(series.until(half)) or BOUNDED
    second = series.until(end)
    default, tried = (_quality_of(second, window, half) for window in (trusted_default(series.until(half)), first))
    if default.pairs < ENOUGH_HELD_BACK or tried.f() <= default.f() or tried.false_merges > MOST_FALSE_MERGES:
        return Fit(name, None, "too few held-back joins, and no gain between the halves of the earlier rows", before, after)
    return Fit(name, found, "gains between the halves of the earlier rows", default, tried)


def best_window(series: Series) -> Window | None:
    """The window that groups the rows best, precision before recall; of nearly equal ones the smallest. None where every
    window joins too many singles wrongly in some slice of time."""
    for bound in (trusted_rate(series), *STRICTER):
        base = replace(BOUNDED, most_elsewhere=bound)
        window = _choice(series, [replace(base, window_s=time, distance_m=metres) for metres, time in product(RADII_M, TIMES_S)])
        if window is not None:
            window = _choice(series, [replace(window, quiet_s=each) for each in QUIET_S]) or window
            return _choice(series, [replace(window, settled_s=each) for each in SETTLED_S]) or window
    return None


def _choice(series: Series, windows: Sequence[Window]) -> Window | None:
    allowed = [each for each in (_Tried.on(series, window) for window in windows) if each.is_allowed]
    if not allowed:
        return None
    best = max(each.quality.f(BETA) for each in allowed)
    nearly = [each for each in allowed if each.quality.f(BETA) >= best * (1 - NEARLY)]
    return min(nearly, key=_caution).window


def _caution(tried: _Tried) -> tuple[float, ...]:
    window = tried.window
    return tried.quality.false_merges, window.window_s, window.distance_m or 0.0, window.settled_s


def _quality_of(series: Series, window: Window, start: int) -> Quality:
    return quality(series, simulate(series, window), start)
