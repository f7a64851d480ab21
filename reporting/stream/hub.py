"""Reads live events once for all screens and keeps the latest in memory; each screen walks through them at its own pace."""

import json
import uuid
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from reporting.adapters.sight import reading
from reporting.queries import live
from reporting.queries.live import Event, Position

KEPT: Final = 5000
"""Events kept in memory; a screen that is further behind reads from the table."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a screen gets it: where it stands, for which organisation, and the item as JSON."""

    position: Position
    organisation_id: str
    data: str


class Hub:
    """The latest events of all organisations, in their order. Used from one thread of control at a time."""

    def __init__(self) -> None:
        self._kept: deque[Told] = deque(maxlen=KEPT)
        self.position = Position(0, 0)
        self.unfinished = 0

    def begin(self) -> None:
        """Starts at the present, with nothing kept; raises when the database is away."""
        with reading() as session:
            self.position = live.now(session)
        self._kept.clear()

    def read(self) -> int:
        """Takes in what is new and returns how many events that were."""
        taken = 0
        while True:
            with reading() as session:
                events = live.after(session, self.position)
                told = _with_items(session, events)
            self._kept.extend(told)
            if events:
                self.position = events[-1].position
            taken += len(events)
            if len(events) < live.BATCH:
                return taken

    def count(self) -> bool:
        """Counts the reports that wait to be worked on; whether it is another number than before."""
        with reading() as session:
            before, self.unfinished = self.unfinished, live.unfinished(session)
        return self.unfinished != before

    def after(self, position: Position, organisation_id: str) -> tuple[list[Told], Position]:
        """An organisation's events behind a position, and the position reached; older ones come from the table."""
        if (self._kept and position < self._kept[0].position) or (not self._kept and position < self.position):
            return self._from_table(position, organisation_id)
        kept = list(self._kept)
        start = bisect_right([told.position for told in kept], position)
        return [told for told in kept[start:] if told.organisation_id == organisation_id], max(position, self.position)

    def _from_table(self, position: Position, organisation_id: str) -> tuple[list[Told], Position]:
        with reading() as session:
            events = live.after(session, position)
            told = [each for each in _with_items(session, events) if each.organisation_id == organisation_id]
        return told, events[-1].position if events else max(position, self.position)

    def can_resume(self, position: Position) -> bool:
        """Whether nothing behind the position has been swept away, and it is not of another database's time."""
        with reading() as session:
            oldest = live.oldest(session)
            newest = live.now(session)
        return position.xid <= newest.xid and (oldest is None or position >= oldest or position.xid >= oldest.xid - 1)


def _with_items(session: Session, events: Sequence[Event]) -> list[Told]:
    ids = {event.incident_id for event in events}
    return _told(events, live.items(session, ids), live.sights(session, ids))


def _told(
    events: Iterable[Event], items: dict[uuid.UUID, dict[str, Any]], sights: dict[uuid.UUID, dict[str, bool]]
) -> list[Told]:
    """Events with the incident as it is now, for the room they are about and for those that were given sight of it; one that is
    closed, or that a room sees no more, is marked gone."""
    told = []
    for event in events:
        item = items.get(event.incident_id)
        if item is None:
            continue
        given = sights.get(event.incident_id, {})
        owner = item["organisation"]["id"] if item["organisation"] else None
        for organisation_id in dict.fromkeys((event.organisation_id, *given)):
            shown = _shown(item, organisation_id == owner or given.get(organisation_id, False))
            told.append(Told(event.position, organisation_id, json.dumps(shown, ensure_ascii=False)))
    return told


def _shown(item: dict[str, Any], seen: bool) -> dict[str, Any]:
    if not seen:
        return {"id": item["id"], "gone": True}
    return {**item, "gone": True} if item["status"] == "closed" else item
