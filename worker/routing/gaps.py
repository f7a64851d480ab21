"""Holes in the hours of a row: from when until when it is served by nobody, around a moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from reporting.domain.facts import Hours

DAY: int = 24 * 60
WEEK: int = 7 * DAY


def gap_around(hours: Sequence[Hours], weekday: int, minute: int) -> tuple[int, int] | None:
    """The unserved stretch of the week that holds this local minute, as (start, length) in minutes of the week from Monday
    00:00; None where the row is served then or has no hours at all."""
    if not hours:
        return None
    at = weekday * DAY + minute
    spans = [(span.weekday * DAY + span.start, _length(span)) for span in hours]
    if any((at - start) % WEEK < length for start, length in spans):
        return None
    since_end = min((at - (start + length)) % WEEK for start, length in spans)
    until_start = min((start - at) % WEEK for start, _length_of in spans)
    return (at - since_end) % WEEK, since_end + until_start


def _length(span: Hours) -> int:
    return (span.until - span.start) % DAY or DAY
