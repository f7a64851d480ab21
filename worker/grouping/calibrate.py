"""Fitting windows of place and time per type from joins that operators confirmed. Pure.

For each type with enough confirmed joins, every pair of a radius and a time is tried on the earlier rows, just as
the line would decide: on arrival, in time order. The best is kept only if it also does at least as well as the
cautious default on the held-back later rows. Small classes are left at the default: a window fitted to a handful
of joins says more about chance than about the type.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from reporting.domain.grid import cell, cells_around, haversine
from worker.grouping.parameters import DAY, HOUR, UNKNOWN, Window

RADII_M = (1.0, 15.0, 30.0, 45.0, 60.0, 80.0, 100.0, 150.0, 200.0, 300.0)
TIMES_S = tuple(HOUR * hours for hours in (0.25, 0.5, 1.5, 3, 6, 12, 24, 48, 96, 168, 336))
QUIET_S = tuple(DAY * days for days in (7, 14, 30, 60))
HELD_BACK = 0.3
# Confirmed pairs a type needs among the earlier rows before its windows are fitted, and among the held-back ones.
ENOUGH_PAIRS = 25
ENOUGH_HELD_BACK = 5
MOST_ROWS = 20_000
# Joining two things that are not one hides one of them; missing a join only shows a person two lines. So precision
# weighs double, more than this share of wrongly joined singles is never chosen, and among nearly equals the
# smaller windows win.
BETA = 0.5
MOST_FALSE_MERGES = 0.08
NEARLY = 0.02
_MEMORY_S = 60 * DAY


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A report with the incident that people put it in. Time in seconds, position in WGS-84 degrees."""

    id: str
    type: str
    at_s: float
    lat: float
    lon: float
    incident: str
    scored: bool = True


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a grouping agrees with the confirmed one, by pairs of reports; `false_merges` is the share of
    reports about something of their own that were joined to another."""

    precision: float
    recall: float
    false_merges: float
    pairs: int

    def f(self, beta: float = 1.0) -> float:
        """The F measure; with `beta` below 1 precision weighs more."""
        weighted = beta * beta * self.precision + self.recall
        return (1 + beta * beta) * self.precision * self.recall / weighted if weighted else 0.0


@dataclass(frozen=True, slots=True)
class Fit:
    """What came of one type: its window (None: left at the default), why, and both qualities on held-back rows."""

    type: str
    window: Window | None
    reason: str
    before: Quality | None = None
    after: Quality | None = None


@dataclass(slots=True)
class Series:
    """The reports of one type in time order, with what lies near each among the earlier ones."""

    rows: Sequence[Confirmed]
    near: list[list[tuple[int, float]]]
    other_age_s: list[float]

    def until(self, end: int) -> Series:
        """The first rows alone."""
        return Series(self.rows[:end], self.near[:end], self.other_age_s[:end])


def fit_all(rows: Iterable[Confirmed], reliable: Iterable[str] | None = None) -> list[Fit]:
    """Fit every type (or only those whose joins are reliable). Rows may come in any order."""
    ordered = sorted(rows, key=lambda row: (row.at_s, row.id))
    types = Counter(row.type for row in ordered)
    wanted = set(types) if reliable is None else set(reliable)
    ages = other_ages(ordered)
    fits = []
    for name, _ in types.most_common():
        if name in wanted:
            own = [(row, age) for row, age in zip(ordered, ages, strict=True) if row.type == name][-MOST_ROWS:]
            fits.append(fit(name, own))
        else:
            fits.append(Fit(name, None, "joins of this type were not recorded reliably"))
    return fits


def fit(name: str, own: Sequence[tuple[Confirmed, float]]) -> Fit:
    """Fit one type: its rows in time order, each with the age of the last report of another type at its point."""
    series = Series([row for row, _ in own], neighbours([row for row, _ in own]), [age for _, age in own])
    split = round(len(own) * (1 - HELD_BACK))
    earlier = series.until(split)
    pairs = quality(earlier, list(range(split)), 0).pairs
    if pairs < ENOUGH_PAIRS:
        return Fit(name, None, f"{pairs} confirmed pairs among the earlier rows; {ENOUGH_PAIRS} are needed")
    found = best_window(earlier)
    before, after = _held_back(series, UNKNOWN, split), _held_back(series, found, split)
    if before.pairs < ENOUGH_HELD_BACK:
        # Too few later joins to judge by: two earlier windows must agree instead.
        return _by_halves(name, series, found, before, after)
    if after.f() <= before.f() or after.false_merges > max(before.false_merges, MOST_FALSE_MERGES):
        return Fit(name, None, "no gain on the held-back rows", before, after)
    return Fit(name, best_window(series), "gains on the held-back rows", before, after)


def _by_halves(name: str, series: Series, found: Window, before: Quality, after: Quality) -> Fit:
    half = round(len(series.rows) * (1 - HELD_BACK) / 2)
    end = round(len(series.rows) * (1 - HELD_BACK))
    first = best_window(series.until(half))
    second = series.until(end)
    default, tried = (_quality_of(second, window, half) for window in (UNKNOWN, first))
    if default.pairs < ENOUGH_HELD_BACK or tried.f() <= default.f() or tried.false_merges > MOST_FALSE_MERGES:
        return Fit(name, None, "too few held-back joins, and no gain between the halves of the earlier rows", before, after)
    return Fit(name, found, "gains between the halves of the earlier rows", default, tried)


def best_window(series: Series) -> Window:
    """The window that groups the rows best, precision before recall; of nearly equal ones the smallest."""
    tried = []
    quiet = UNKNOWN.quiet_s
    for radius, time in product(RADII_M, TIMES_S):
        tried.append(_tried(series, Window(time, distance_m=radius, quiet_s=quiet)))
    window = _choice(tried)
    return _choice([_tried(series, replace(window, quiet_s=each)) for each in QUIET_S])


def _tried(series: Series, window: Window) -> tuple[Window, Quality]:
    return window, _quality_of(series, window, 0)


def _choice(tried: Sequence[tuple[Window, Quality]]) -> Window:
    allowed = [pair for pair in tried if pair[1].false_merges <= MOST_FALSE_MERGES] or list(tried)
    best = max(quality.f(BETA) for _, quality in allowed)
    nearly = [pair for pair in allowed if pair[1].f(BETA) >= best * (1 - NEARLY)]
    return min(nearly, key=lambda pair: (pair[1].false_merges, pair[0].window_s, pair[0].distance_m or 0))[0]


def _held_back(series: Series, window: Window, split: int) -> Quality:
    return _quality_of(series, window, split)


def _quality_of(series: Series, window: Window, start: int) -> Quality:
    return quality(series, simulate(series, window), start)


def simulate(series: Series, window: Window) -> list[int]:
    """The incident of each row (the index of its first report), decided on arrival as the line decides by place.

    One thing is simpler here: what others reported at the very point is taken by reports and not by their incidents, since
    series of other types are not decided in this run.
    """
    incident_of: list[int] = []
    last_s: dict[int, float] = {}
    for at, row in enumerate(series.rows):
        open_near = [(first, distance) for first, distance in series.near[at] if incident_of[first] == first]
        joined = _best(series, window, at, [(first, distance, row.at_s - last_s[first]) for first, distance in open_near])
        incident_of.append(joined)
        last_s[joined] = row.at_s
    return incident_of


def _best(series: Series, window: Window, at: int, near: list[tuple[int, float, float]]) -> int:
    """The incident the row joins among (first, metres, seconds) of the open ones, or the row itself."""
    radius = window.distance_m or 0.0
    if series.other_age_s[at] <= window.quiet_s:
        return at
    here = {first for first, distance, gap in near if distance <= 1.0 and gap <= window.quiet_s}
    best, best_score = at, 0.0
    for first, distance, gap in near:
        if distance <= radius and gap <= window.window_s and not here - {first}:
            score = (1 - distance / (2 * radius)) + 1 / (1 + gap / window.window_s)
            if score > best_score:
                best, best_score = first, score
    return best


def quality(series: Series, incident_of: Sequence[int], start: int) -> Quality:
    """Agreement with the confirmed incidents over the scored rows from `start` on."""
    scored = [(row.incident, incident_of[at]) for at, row in enumerate(series.rows) if at >= start and row.scored]
    true_size, found_size = Counter(true for true, _ in scored), Counter(found for _, found in scored)
    both = Counter(scored)
    agreed, true_pairs, found_pairs = (_pairs(counter) for counter in (both, true_size, found_size))
    singles = [found for true, found in scored if true_size[true] == 1]
    merged = sum(found_size[found] > 1 for found in singles)
    return Quality(
        precision=agreed / found_pairs if found_pairs else 1.0,
        recall=agreed / true_pairs if true_pairs else 1.0,
        false_merges=merged / len(singles) if singles else 0.0,
        pairs=true_pairs,
    )


def _pairs(sizes: Counter[str] | Counter[int] | Counter[tuple[str, int]]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def neighbours(rows: Sequence[Confirmed]) -> list[list[tuple[int, float]]]:
    """For each row the earlier ones within the largest radius and the memory, with their distance in metres."""
    by_cell: dict[int, list[int]] = {}
    near: list[list[tuple[int, float]]] = []
    for at, row in enumerate(rows):
        near.append([(i, distance) for i, distance in _around(rows, row, by_cell) if distance <= RADII_M[-1]])
        by_cell.setdefault(cell(row.lat, row.lon), []).append(at)
    return near


def _around(rows: Sequence[Confirmed], row: Confirmed, by_cell: dict[int, list[int]]) -> Iterator[tuple[int, float]]:
    earlier = sorted(i for number in cells_around(row.lat, row.lon, RADII_M[-1]) for i in by_cell.get(number, ()))
    for i in earlier:
        if row.at_s - rows[i].at_s <= _MEMORY_S:
            yield i, haversine(row.lat, row.lon, rows[i].lat, rows[i].lon)


def other_ages(rows: Sequence[Confirmed]) -> list[float]:
    """For each row the seconds since another type was last reported at exactly its point; infinite when never."""
    latest: dict[tuple[float, float], dict[str, float]] = {}
    ages = []
    for row in rows:
        here = latest.setdefault((row.lat, row.lon), {})
        ages.append(min((row.at_s - at for kind, at in here.items() if kind != row.type), default=float("inf")))
        here[row.type] = row.at_s
    return ages
