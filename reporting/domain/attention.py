"""How far what is new in a joined report raises its incident. A join can raise attention and never lowers it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Only the gate of immediate danger lets one source reach priority 1; what is new in a report goes no higher than this.
HIGHEST_BY_ONE_SOURCE = 2


@dataclass(frozen=True, slots=True)
class News:
    """Something a report is the first to bring, in a sentence. It raises by `steps`, or to `at_least` this priority; with
    neither it only asks for attention."""

    reason: str
    steps: int = 0
    at_least: int | None = None


def raised_by(priority: int, news: Iterable[News]) -> tuple[int, News | None]:
    """The priority that news alone would give an incident, never less urgent than it was, and which of it decides."""
    best, deciding = priority, None
    for each in news:
        wanted = each.at_least if each.at_least is not None else priority - each.steps
        wanted = max(HIGHEST_BY_ONE_SOURCE, wanted)
        if wanted < best:
            best, deciding = wanted, each
    return best, deciding
