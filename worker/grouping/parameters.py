"""What grouping goes by: windows of place and time per kind, as data with a version. Settings and calibration change it.

The defaults come from the field: known rules elsewhere are 80 m and 10 min (Active911) or 250 m (FixMyStreet); the
median error of a phone is 8 m by GPS, 74 m by Wi-Fi and 600 m by cell, so a fixed radius is wrong and the reach
grows with what the two positions are worth: min(300 m, 50 m + accuracy + accuracy).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

HOUR = 3600.0
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Window:
    """How near in place and time two reports of one kind may be. Seconds and metres.

    `distance_m` None means the reach by accuracy; a number is a measured radius, and being inside both windows is
    enough. `while_open`: an open incident stays a candidate. `growth_mps`: the reach grows as somebody walks on.
    `text_only`: the place says nothing (threats, online). `needs_text`: place and time alone never join.
    `quiet_s`: other incidents at the very same point within this time make the place say less; 0 switches it off.
    `settled_s`: what was reported twice goes on being reported: for such an incident this time counts where it is longer.
    `most_elsewhere`: while more reports of this kind than that come from elsewhere within four hours, nothing is joined by
    place and time alone; None for no such bound.
    """

    window_s: float
    distance_m: float | None = None
    while_open: bool = False
    growth_mps: float = 0.0
    text_only: bool = False
    needs_text: bool = False
    quiet_s: float = 0.0
    settled_s: float = 0.0
    most_elsewhere: int | None = None

    def time_s(self, report_count: int) -> float:
        """The time in seconds that counts for an incident with so many reports."""
        return max(self.window_s, self.settled_s) if report_count > 1 else self.window_s


WALKING_MPS = 1.4
# In a town, with its lights and corners: 29 km/h.
DRIVING_MPS = 8.0

# Item 4 h or while open; person on foot 30 min, the radius growing 1.4 m/s; vehicle 20 min; threats by text.
KINDS: dict[str, Window] = {
    "unattended_item": Window(4 * HOUR, while_open=True),
    "suspicious_behaviour": Window(0.5 * HOUR, growth_mps=WALKING_MPS),
    "suspicious_vehicle": Window(20 * 60.0, growth_mps=DRIVING_MPS),
    "drone": Window(20 * 60.0, growth_mps=DRIVING_MPS),
    "threat": Window(DAY, text_only=True),
    "tampering": Window(4 * HOUR, while_open=True),
    "other": Window(HOUR, needs_text=True),
}

# Kinds we do not know (another system's list), usually without text: only the same address, soon after, at a point
# where nothing else was reported for a month. Chosen on a stream of police calls in which almost any join is an
# error, and kept because it also holds on city reports. What was reported twice is followed for a day.
UNKNOWN = Window(1.5 * HOUR, distance_m=15.0, quiet_s=30 * DAY, settled_s=DAY)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Everything grouping goes by. `types` holds calibrated windows and goes before the kinds.

    A pair is joined from `join_score` on and shown from `suggest_score` on. The reach of two positions is at most `cap_m`
    and at least `base_m`; when together they are worth less than `rough_m` the place alone joins nothing, and a position
    worth less than `useless_accuracy_m` says nothing. Who moves is looked for up to `most_moved_m` farther away. Two people
    describe one thing in different words: words that have little in common are joined for `unlike_s`, and then only shown.
    """

    version: str = "default-2"
    join_score: float = 0.65
    suggest_score: float = 0.40
    base_m: float = 50.0
    cap_m: float = 300.0
    useless_accuracy_m: float = 1000.0
    rough_m: float = 200.0
    most_moved_m: float = 2500.0
    unlike_s: float = HOUR
    stack_incidents: int = 5
    stack_categories: int = 3
    kinds: Mapping[str, Window] = field(default_factory=lambda: dict(KINDS))
    unknown: Window = UNKNOWN
    types: Mapping[str, Window] = field(default_factory=dict)

    def window(self, category: str) -> Window:
        """The window of a kind: calibrated, else known, else the cautious one for unknown kinds."""
        return self.types.get(category) or self.kinds.get(category) or self.unknown

    @property
    def widest_m(self) -> float:
        """The largest distance in metres at which anything may still be suggested."""
        windows = [self.unknown, *self.kinds.values(), *self.types.values()]
        return max(max(w.distance_m or 0.0, self.cap_m + self.moved_m(w, w.window_s)) for w in windows)

    def moved_m(self, window: Window, gap_s: float) -> float:
        """How many metres somebody of this kind may have moved on in this time."""
        return min(self.most_moved_m, window.growth_mps * min(gap_s, window.window_s))

    @property
    def longest_s(self) -> float:
        """The longest time in seconds after which an earlier incident may still matter."""
        windows = [self.unknown, *self.kinds.values(), *self.types.values()]
        return max(max(w.window_s, w.settled_s, w.quiet_s) for w in windows)

    def as_json(self) -> dict[str, Any]:
        """The parameters as plain JSON values."""
        return asdict(self) | {
            "kinds": {name: asdict(window) for name, window in self.kinds.items()},
            "types": {name: asdict(window) for name, window in self.types.items()},
        }


def read_parameters(data: Mapping[str, Any]) -> Parameters:
    """Parameters from JSON; what is absent keeps its default. Refuses (ValueError) unknown names and wrong values."""
    known = {f.name for f in fields(Parameters)}
    if strange := sorted(set(data) - known - {"fitted"}):
        raise ValueError(f"unknown parameters: {', '.join(strange)}")
    values = {name: value for name, value in data.items() if name in known}
    for group in ("kinds", "types"):
        if group in values:
            values[group] = {name: read_window(window) for name, window in values[group].items()}
    if "kinds" in values:
        values["kinds"] = {**KINDS, **values["kinds"]}
    if "unknown" in values:
        values["unknown"] = read_window(values["unknown"])
    return Parameters(**values)


_MAY_BE_NONE = ("distance_m", "most_elsewhere")


def read_window(data: Mapping[str, Any]) -> Window:
    """One window from JSON. Refuses (ValueError) unknown names, and times and distances that are no numbers from 0."""
    known = {f.name for f in fields(Window)}
    if strange := sorted(set(data) - known):
        raise ValueError(f"unknown names in a window: {', '.join(strange)}")
    for name in ("window_s", "distance_m", "growth_mps", "quiet_s", "settled_s", "most_elsewhere"):
        value = data.get(name, 0)
        absent = name in _MAY_BE_NONE and value is None
        if not absent and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            raise ValueError(f"{name} must be a number from 0")
    if "window_s" not in data:
        raise ValueError("a window needs window_s")
    return Window(**data)


DEFAULT_PARAMETERS = Parameters()
