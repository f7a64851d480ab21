"""Whether the roster had anybody at a desk at a moment. A plan, not a presence: past presence is not kept. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

Span = tuple[str, datetime, datetime]
"""A desk's id, and from when until when somebody was to sit there."""


class Manning:
    """The shifts of one organisation. Without any shift nothing is known, and `known` is false."""

    def __init__(self, shifts: Sequence[Span]) -> None:
        self.known = bool(shifts)
        self._of: dict[str, list[tuple[datetime, datetime]]] = {}
        for desk, start, until in sorted(shifts, key=lambda each: each[1]):
            spans = self._of.setdefault(desk, [])
            if spans and start <= spans[-1][1]:
                spans[-1] = spans[-1][0], max(until, spans[-1][1])
            else:
                spans.append((start, until))

    def at(self, desk: str | None, moment: datetime) -> bool:
        """Whether somebody was to sit at the desk then."""
        spans = self._of.get(desk or "", [])
        position = bisect_right(spans, moment, key=lambda span: span[0]) - 1
        return position >= 0 and moment < spans[position][1]
