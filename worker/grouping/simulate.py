"""What grouping would have made of past reports, type by type, under a window; and how well it agrees with what people made.

Decided as the line decides: on arrival, in time order. One thing is simpler here: what others reported at the very point is
taken by reports and not by their incidents, since series of other types are not decided in this run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reporting.domain.grid import cell, cells_around, haversine
from worker.grouping.parameters import DAY, Window
from worker.grouping.place import SAME_POINT_M

LARGEST_RADIUS_M = 300.0
_MEMORY_S = 60 * DAY


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A report with the incident that people put it in. Time in seconds, position in WGS-84 degrees; `lately` counts the
    reports of its type in the four hours before."""

    id: str
    type: str
    at_s: float
    lat: float
    lon: float
    incident: str
    scored: bool = True
    lately: int = 0


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a grouping agrees with the confirmed one, by pairs of reports; `false_merges` is the share of
    reports about something of their own (`singles` of them) that were joined to another."""

    precision: float
    recall: float
    false_merges: float
    pairs: int
    singles: int = 0

    def f(self, beta: float = 1.0) -> float:
        """The F measure; with `beta` below 1 precision weighs more."""
        weighted = beta * beta * self.precision + self.recall
        return (1 + beta * beta) * self.precision * self.recall / weighted if weighted else 0.0


@dataclass(slots=True)
class Series:
    """The reports of one type in time order, with what lies near each among the earlier ones."""

    rows: Sequence[Confirmed]
    near: list[list[tuple[int, float]]]
    other_age_s: list[float]

    def until(self, end: int) -> Series:
        """The first rows alone."""
        return Series(self.rows[:end], self.near[:end], self.other_age_s[:end])

    @property
    def pairs(self) -> int:
        """The confirmed pairs among the scored rows."""
        return _pairs(Counter(row.incident for row in self.rows if row.scored))

    @property
    def repeats(self) -> list[Confirmed]:
        """The scored rows that people joined to an earlier one."""
        seen: set[str] = set()
        found = []
        for row in self.rows:
            if row.scored and row.incident in seen:
                found.append(row)
            seen.add(row.incident)
        return found


def series_of(own: Sequence[tuple[Confirmed, float]]) -> Series:
    """A type's rows in time order, each with the age of the last report of another type at its point."""
    rows = [row for row, _ in own]
    return Series(rows, neighbours(rows), [age for _, age in own])


def simulate(series: Series, window: Window) -> list[int]:
    """The incident of each row: the index of its first report."""
    incident_of: list[int] = []
    last_s: dict[int, float] = {}
    size: dict[int, int] = {}
    for at, row in enumerate(series.rows):
        near = [(first, metres, row.at_s - last_s[first], size[first]) for first, metres in series.near[at] if first in size]
        joined = _best(series, window, at, near)
        incident_of.append(joined)
        last_s[joined] = row.at_s
        size[joined] = size.get(joined, 0) + 1
    return incident_of


def _best(series: Series, window: Window, at: int, near: list[tuple[int, float, float, int]]) -> int:
    """The incident the row joins among (first, metres, seconds, reports) of those there are, or the row itself."""
    if not near or series.other_age_s[at] <= window.quiet_s:
        return at
    radius, lately = window.distance_m or 0.0, series.rows[at].lately
    here = {first for first, metres, gap, _ in near if metres <= SAME_POINT_M and gap <= window.quiet_s}
    best, best_score = at, 0.0
    for first, metres, gap, reports in near:
        time_s = window.time_s(reports)
        if metres > radius or gap > time_s or here - {first} or _too_busy(window, lately - reports):
            continue
        score = (1 - metres / (2 * radius)) + 1 / (1 + gap / time_s)
        if score > best_score:
            best, best_score = first, score
    return best


def _too_busy(window: Window, elsewhere: int) -> bool:
    return window.most_elsewhere is not None and elsewhere > window.most_elsewhere


def quality(series: Series, incident_of: Sequence[int], start: int, end: int | None = None) -> Quality:
    """Agreement with the confirmed incidents over the scored rows from `start` to `end`."""
    rows = enumerate(series.rows[start:end], start)
    scored = [(row.incident, incident_of[at]) for at, row in rows if row.scored]
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
        singles=len(singles),
    )


def _pairs(sizes: Counter[str] | Counter[int] | Counter[tuple[str, int]]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def neighbours(rows: Sequence[Confirmed]) -> list[list[tuple[int, float]]]:
    """For each row the earlier ones within the largest radius and the memory, with their distance in metres."""
    by_cell: dict[int, list[int]] = {}
    near: list[list[tuple[int, float]]] = []
    for at, row in enumerate(rows):
        near.append([(i, distance) for i, distance in _around(rows, row, by_cell) if distance <= LARGEST_RADIUS_M])
        by_cell.setdefault(cell(row.lat, row.lon), []).append(at)
    return near


def _around(rows: Sequence[Confirmed], row: Confirmed, by_cell: dict[int, list[int]]) -> Iterator[tuple[int, float]]:
    earlier = sorted(i for number in cells_around(row.lat, row.lon, LARGEST_RADIUS_M) for i in by_cell.get(number, ()))
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
