"""The timeline of an incident as people read it: a page of lines; reports that joined one after the other are one line."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import text

from reporting.adapters.sight import reading
from reporting.policy import Actor
from reporting.queries.incident import ACTION
from reporting.queries.incident_reports import as_key
from reporting.queries.scoping import sight_of

PAGE: Final = 50
Kinds = Literal["all", "steps", "notes", "automatic"]
Order = Literal["newest", "oldest"]

_WANTED: Final[dict[Kinds, str]] = {
    "all": "true",
    "steps": "actor_id is not null and kind <> 'note'",
    "notes": "kind = 'note'",
    "automatic": "actor_id is null",
}
"""Which kinds of lines: `steps` are what people decided, `automatic` is what came and what the line made of it."""
_BEHIND: Final[dict[Order, str]] = {"newest": "<", "oldest": ">"}
_LINES: Final = """
    with told as (
        select *, lag(kind) over (order by at, id) as previous from timeline_event
        where incident_id = :incident and {wanted} and (cast(:behind as uuid) is null or (at, id) {side} (
            select at, id from timeline_event where id = cast(:behind as uuid) and incident_id = :incident))
    ), numbered as (
        select *, sum(case when kind = 'joined' and previous = 'joined' then 0 else 1 end) over (order by at, id) as line
        from told
    )
    select line, count(*) as count, min(at) as since, max(at) as at, min(kind) as kind,
        (array_agg(id order by at, id))[1] as first_id, (array_agg(id order by at desc, id desc))[1] as last_id,
        (array_agg(text order by at, id))[1] as text, (array_agg(actor order by at, id))[1] as actor,
        (array_agg(detail order by at, id))[1] as detail
    from numbered group by line order by line {direction} limit :most
"""


@dataclass(frozen=True, slots=True)
class View:
    """Which lines, in which order, behind which event. What is not known counts as not asked for."""

    order: Order = "newest"
    kinds: Kinds = "all"
    behind: str = ""

    @classmethod
    def asked(cls, order: str, kinds: str, behind: str) -> "View":
        """The view that an address asks for."""
        known: dict[str, Kinds] = {each: each for each in _WANTED}
        return cls("oldest" if order == "oldest" else "newest", known.get(kinds, "all"), behind)


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `count` reports joined between `since` and `at` where it is more than one. `id` is its first event's."""

    id: str
    at: datetime
    since: datetime
    kind: str
    text: str
    actor: str
    detail: dict[str, Any]
    count: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of lines; `next` is what the page behind it starts behind, empty on the last one."""

    view: View
    lines: tuple[Line, ...]
    next: str


def page(actor: Actor, incident_id: uuid.UUID | str, view: View) -> Timeline:
    """A page of an incident's timeline, nothing of one that is not the actor's; raises NotFound for a `behind` that is no id."""
    behind = as_key(view.behind) if view.behind else None
    direction = "desc" if view.order == "newest" else "asc"
    statement = text(_LINES.format(wanted=_WANTED[view.kinds], side=_BEHIND[view.order], direction=direction))
    asked = {"incident": as_key(incident_id), "behind": behind, "most": PAGE + 1}
    with reading(sight_of(actor, ACTION)) as session:
        rows = session.execute(statement, asked).all()
    shown = rows[:PAGE]
    edge = shown[-1] if len(rows) > PAGE else None
    following = str(edge.first_id if view.order == "newest" else edge.last_id) if edge else ""
    return Timeline(view, tuple(_line(row) for row in shown), following)


def _line(row: Any) -> Line:
    return Line(str(row.first_id), row.at, row.since, row.kind, row.text, row.actor, row.detail or {}, row.count)
