"""Whose turn it is: a source that sends more than its share stands behind the others until nobody else waits. Pure.

Sources are told apart by the day-keyed hashes of device and network, for ten seconds and in memory only; nothing of this is
kept. Standing behind changes the order and nothing else: whatever is free serves those behind at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

WINDOW_S = 10.0
# What one phone, and what one network with many phones behind it, may send in that time before it stands behind.
DEVICE_SHARE = 10
NETWORK_SHARE = 60
_MANY = 5000
_SWEEP_S = 1.0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a letter comes from. Both None: from nobody who could flood the line (staff, or not known any more)."""

    device: Hashable | None = None
    network: Hashable | None = None


class Turns:
    """How much each source has sent lately."""

    def __init__(self) -> None:
        self._sent: dict[tuple[str, Hashable], deque[float]] = {}
        self._swept_at = 0.0

    def behind(self, sources: Iterable[Source], now: float) -> list[bool]:
        """For each letter in its order, whether it stands behind. `now` is seconds of any steady clock."""
        if len(self._sent) > _MANY and now - self._swept_at >= _SWEEP_S:
            self._swept_at = now
            self._sent = {key: times for key, times in self._sent.items() if times[-1] > now - WINDOW_S}
        return [self._is_behind(source, now) for source in sources]

    def _is_behind(self, source: Source, now: float) -> bool:
        over = [
            self._is_over(("device", source.device), DEVICE_SHARE, now),
            self._is_over(("network", source.network), NETWORK_SHARE, now),
        ]
        return any(over)

    def _is_over(self, key: tuple[str, Hashable | None], share: int, now: float) -> bool:
        """Counts one more. A source that stays over its share goes on standing behind."""
        name, who = key
        if who is None:
            return False
        times = self._sent.setdefault((name, who), deque(maxlen=share))
        over = len(times) == share and times[0] > now - WINDOW_S
        times.append(now)
        return over
