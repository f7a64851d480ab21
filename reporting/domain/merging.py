"""What two incidents are together: attention is never lost by putting them together. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from reporting.domain import statuses
from reporting.domain.facts import Hot
from reporting.domain.hot import worst

ACTIVE_FIRST: Final = (statuses.IN_PROGRESS, statuses.ACKNOWLEDGED, statuses.WAITING, statuses.SHELVED)
"""Of two incidents that somebody has seen, the one that is worked on more says how the two together stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """How urgently an incident needs somebody, and whether somebody has seen it. Times are aware."""

    status: str
    priority: int
    overridden: bool
    hot: Hot
    due_at: datetime | None = None
    acknowledged_at: datetime | None = None
    shelved_until: datetime | None = None


def together(first: Attention, second: Attention, seen: bool) -> Attention:
    """The worse priority and the worse answers stand; what nobody has acknowledged stays unacknowledged, with the earliest clock.

    `seen`: whoever merges works on the first one already and so has seen the second; then the two go on as the first one does.
    They also do where only the less urgent one was new: it would bring back an acknowledged one, and no clock of its own to it.
    """
    new = [each for each in (first, second) if each.status == statuses.NEW]
    urgent = min(first, second, key=lambda each: (each.priority, each.overridden))
    known = [each for each in (first, second) if each.status != statuses.NEW]
    waits = _calls(new, known) and not (seen and first.status == statuses.IN_PROGRESS)
    status = statuses.NEW if waits else min((each.status for each in known), key=ACTIVE_FIRST.index)
    return Attention(
        status=status,
        priority=urgent.priority,
        overridden=urgent.overridden,
        hot=worst(first.hot, second.hot),
        due_at=_earliest(each.due_at for each in new) if waits else None,
        acknowledged_at=None if waits else _earliest(each.acknowledged_at for each in known),
        shelved_until=_earliest(each.shelved_until for each in known) if status == statuses.SHELVED else None,
    )


def _calls(new: Sequence[Attention], known: Sequence[Attention]) -> bool:
    """Whether something unacknowledged is at least as urgent as what somebody has acknowledged."""
    return any(one.priority <= other.priority for one in new for other in known) if known else bool(new)


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((each for each in moments if each is not None), default=None)
