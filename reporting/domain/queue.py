"""What a control room asks of its queue."""

import uuid
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """What a room wants to see. `bbox` is west, south, east, north in degrees; `assignee` an account id, `me` or `none`."""

    status: tuple[str, ...] = ("open",)
    priority: tuple[int, ...] = ()
    category: tuple[str, ...] = ()
    area: uuid.UUID | None = None
    bbox: tuple[float, float, float, float] | None = None
    since: datetime | None = None
    q: str = ""
    assignee: str = ""
    sort: str = "priority"
    cursor: str | None = None
    limit: int = 50

    @property
    def untouched(self) -> bool:
        """Whether this is the plain first page, on which untriaged reports stand on top."""
        return self.whole and not self.cursor

    @property
    def whole(self) -> bool:
        """Whether this is a page of the plain list, to which nothing was narrowed."""
        narrowed = (self.priority, self.category, self.area, self.bbox, self.since, self.q, self.assignee)
        return "open" in self.status and not any(narrowed)
