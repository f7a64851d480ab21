"""The ladder of an incident that nobody acknowledges: who is told next, when and why. Pure: the time is an argument.

The rungs, from below: the next desk of the room, its supervisor, the rooms above one after the other, the list of telephone
numbers. Only who is there is told; a rung on which nobody is there is passed over, and the list of numbers ends the ladder. A
rung is climbed when the one who was told last has let the time go by, or at once when nobody is there any more. Nobody is told
twice, and the way never leads down again: who has it on the screen keeps it there.

Beside the ladder stands one rule: immediate danger is told to the room above together with the own room, from the first moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

Kind = Literal["together", "desk", "supervisor", "organisation", "phone_list"]

STAFFED_S: Final = 30
"""A console that has shown no life for so many seconds is not there."""
RUNGS: Final[dict[Kind, int]] = {"together": 0, "desk": 1, "supervisor": 2, "organisation": 3, "phone_list": 4}
LABELS: Final[dict[Kind, str]] = {"supervisor": "the supervisor", "phone_list": "the list of numbers"}

Pace = Mapping[int, timedelta | None]
"""Priority -> the time each rung has; None where a priority climbs no ladder."""


@dataclass(frozen=True, slots=True)
class Place:
    """A desk or a room; the id is a UUID as text."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken. `target` is the desk or the room, None for the supervisor and the list of numbers."""

    kind: Kind
    target: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unacknowledged:
    """An incident that waits for somebody, at its desk. `due_at` is None where its priority has no clock.

    `taken` are its steps, the oldest first; `climbed` adds one.
    `hidden_from` are rooms that must never be told, because it is about people who work there.
    """

    id: str
    priority: int
    due_at: datetime | None
    desk_id: str | None = None
    immediate_danger: bool = False
    taken: tuple[Taken, ...] = ()
    hidden_from: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Ladder:
    """A room's desks in their order, and the rooms above it, the nearest first."""

    desks: tuple[Place, ...] = ()
    above: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is there now: desks of the room, its supervisor, rooms above."""

    desks: frozenset[str] = frozenset()
    supervisor: bool = False
    organisations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One step to take now. `name` is who is told, in words; `reason` a sentence for the timeline."""

    kind: Kind
    target: str | None
    name: str
    reason: str

    @property
    def text(self) -> str:
        """The line of the timeline."""
        if self.kind == "phone_list":
            return f"End of the ladder: {self.reason} Whoever looks is shown whom to call."
        return f"{'Also told' if self.kind == 'together' else 'Escalated'} to {self.name}: {self.reason}"


def next_step(incident: Unacknowledged, ladder: Ladder, presence: Presence, now: datetime, pace: Pace) -> Step | None:
    """The step to take at this moment, None while there is nothing to do but wait, or no step left."""
    together = _together(incident, ladder)
    if together is not None:
        return together
    every = pace.get(incident.priority)
    if every is None or incident.due_at is None or ended(incident):
        return None
    absent = _absent(incident, ladder, presence)
    if absent:
        return _rung(incident, ladder, presence, f"nobody is at {absent}.")
    if now < _runs_out(incident, every):
        return None
    return _rung(incident, ladder, presence, f"not acknowledged {_for(now - _since(incident))}.")


def next_look(incident: Unacknowledged, now: datetime, pace: Pace) -> datetime | None:
    """When the clock itself asks for the next look; somebody's leaving asks earlier. None where no step is left."""
    every = pace.get(incident.priority)
    if every is None or incident.due_at is None or ended(incident):
        return None
    return max(_runs_out(incident, every), now)


def step_by_hand(incident: Unacknowledged, ladder: Ladder, presence: Presence, reason: str) -> Step:
    """The next rung above the room's desks, because a person asks for it; the list of numbers where nobody is there. Whoever
    came since the ladder ended is there."""
    rungs = tuple(step for step in incident.taken if step.kind != "phone_list")
    return next(_rungs(replace(incident, taken=rungs), ladder, presence, reason, above_desks=True))


def climbed(incident: Unacknowledged, step: Step, at: datetime) -> Unacknowledged:
    """The incident after a step; a step to a desk makes that its desk."""
    desk_id = step.target if step.kind == "desk" else incident.desk_id
    return replace(incident, desk_id=desk_id, taken=(*incident.taken, Taken(step.kind, step.target, at)))


def ended(incident: Unacknowledged) -> bool:
    """Whether the list of numbers is reached: behind it there is nobody."""
    return any(step.kind == "phone_list" for step in incident.taken)


def above(start: str, escalates_to: Mapping[str, str | None], duty_desk: str | None) -> tuple[str, ...]:
    """The rooms above a room, the nearest first: the one it names, or else the duty desk's; a circle ends where it closes."""
    found: list[str] = []
    room: str | None = start
    while room is not None:
        room = escalates_to.get(room) or (duty_desk if room != duty_desk else None)
        if room is None or room == start or room in found:
            break
        found.append(room)
    return tuple(found)


def _together(incident: Unacknowledged, ladder: Ladder) -> Step | None:
    """Immediate danger: the nearest room above is told from the first moment, whoever is there."""
    if not incident.immediate_danger or incident.priority != 1:
        return None
    if any(step.kind in ("together", "organisation") for step in incident.taken):
        return None
    room = next((room for room in ladder.above if room.id not in incident.hidden_from), None)
    reason = "immediate danger goes to the own room and the room above together."
    return Step("together", room.id, room.name, reason) if room else None


def _rung(incident: Unacknowledged, ladder: Ladder, presence: Presence, reason: str) -> Step:
    return next(_rungs(incident, ladder, presence, reason))


def _rungs(
    incident: Unacknowledged, ladder: Ladder, presence: Presence, reason: str, *, above_desks: bool = False
) -> Iterator[Step]:
    """Every rung that is left and on which somebody is there, from below; the list of numbers is always left."""
    height = max((RUNGS[step.kind] for step in incident.taken), default=0)
    if height < RUNGS["desk"] and not above_desks:
        for desk in _behind(ladder.desks, incident.desk_id):
            if desk.id in presence.desks:
                yield Step("desk", desk.id, desk.name, reason)
    if height < RUNGS["supervisor"] and presence.supervisor:
        yield Step("supervisor", None, LABELS["supervisor"], reason)
    told = {step.target for step in incident.taken if step.kind in ("together", "organisation")}
    last = max((place for place, room in enumerate(ladder.above) if room.id in told), default=-1)
    for room in ladder.above[last + 1 :]:
        if room.id in presence.organisations and room.id not in incident.hidden_from:
            yield Step("organisation", room.id, room.name, reason)
    yield Step("phone_list", None, LABELS["phone_list"], reason)


def _behind(desks: tuple[Place, ...], desk_id: str | None) -> tuple[Place, ...]:
    """The other desks, beginning with the one behind this one."""
    at = next((place for place, desk in enumerate(desks) if desk.id == desk_id), None)
    return desks if at is None else desks[at + 1 :] + desks[:at]


def _absent(incident: Unacknowledged, ladder: Ladder, presence: Presence) -> str:
    """The name of who should see it and is not there; empty where somebody is."""
    last = _last(incident)
    if last is None or last.kind == "desk":
        return _absent_desk(incident.desk_id, ladder, presence)
    if last.kind == "supervisor":
        return "" if presence.supervisor else "the supervisor's console"
    if last.target in presence.organisations:
        return ""
    return next((room.name for room in ladder.above if room.id == last.target), "the room above")


def _absent_desk(desk_id: str | None, ladder: Ladder, presence: Presence) -> str:
    if desk_id is None:
        return "" if presence.desks else "any desk"
    if desk_id in presence.desks:
        return ""
    return next((desk.name for desk in ladder.desks if desk.id == desk_id), "its desk")


def _last(incident: Unacknowledged) -> Taken | None:
    """The last step of the ladder itself."""
    return next((step for step in reversed(incident.taken) if step.kind != "together"), None)


def _runs_out(incident: Unacknowledged, every: timedelta) -> datetime:
    """Until when the one who was told last has time."""
    last = _last(incident)
    assert incident.due_at is not None
    return incident.due_at if last is None else last.at + every


def _since(incident: Unacknowledged) -> datetime:
    last = _last(incident)
    assert incident.due_at is not None
    return last.at if last else incident.due_at


def _for(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    if seconds == 0:
        return "in time"
    return f"for {seconds} s" if seconds < 120 else f"for {seconds // 60} min"
