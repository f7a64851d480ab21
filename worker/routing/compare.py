"""What a draft would have done to past incidents: moves, holes, rows that meet nothing, load and answers in time. Pure.

Both sides are the engine's word on the same incidents: by the rows in force, and by the draft. Of incidents that another
organisation has, only counts are kept, and small counts only as "a few": a draft must not be a way to look into other rooms.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from reporting.domain.area_index import AreaIndex
from reporting.domain.findings import Choice
from reporting.queries.past_incidents import Past
from worker.routing.holes import Hole, hole_of
from worker.routing.manning import Manning

DUTY: Final = "duty_desk"
FEW: Final = 5
"""Counts of others' incidents below this are not told."""
MOST_NAMED: Final = 200
"""Own incidents that moved and are named one by one."""


@dataclass(frozen=True, slots=True)
class Setting:
    """For whom and with what names: ids to names of organisations and desks, row keys by area id, seconds to acknowledge."""

    organisation_id: str
    names: Mapping[str, str]
    desks: Mapping[str, str]
    keys: Mapping[str, str]
    targets: Mapping[int, int | None]
    zone: str
    duty_room: str
    manning: Manning


@dataclass(frozen=True, slots=True)
class Side:
    """One map: its areas, each organisation's default desk, and the ids of rows that only inform."""

    index: AreaIndex
    default_desks: Mapping[str, str]
    informing: frozenset[str]

    def desk(self, choice: Choice) -> str | None:
        """The desk that gets what was chosen."""
        return choice.desk_id or self.default_desks.get(choice.organisation_id)


@dataclass(frozen=True, slots=True)
class Flow:
    """From whom to whom, of which kind."""

    source: str
    target: str
    category: str


@dataclass(slots=True)
class Comparison:
    """Takes in one incident after another; `as_json` is what is kept."""

    setting: Setting
    now: Side
    draft: Side
    ours: list[int] = field(default_factory=lambda: [0, 0])
    foreign: Counter[Flow] = field(default_factory=Counter)
    own: Counter[Flow] = field(default_factory=Counter)
    desks: Counter[tuple[str, str]] = field(default_factory=Counter)
    met: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    priorities: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    holes: dict[str, Counter[tuple[Hole, bool]]] = field(default_factory=lambda: defaultdict(Counter))
    opened: tuple[list[datetime], list[datetime]] = field(default_factory=lambda: ([], []))
    unmanned: list[int] = field(default_factory=lambda: [0, 0])
    in_time: dict[str, list[int]] = field(default_factory=lambda: {"kept": [0, 0], "leaving": [0, 0]})
    named: list[dict[str, Any]] = field(default_factory=list)

    def add(self, past: Past, by_now: Choice, by_draft: Choice) -> None:
        """One incident, and what each side says of it."""
        mine = self.setting.organisation_id
        was, will = by_now.organisation_id == mine, by_draft.organisation_id == mine
        self._count_rows(by_now, by_draft)
        if was or will:
            self._count_load(past, was, will)
            self._count_unmanned(past, by_now, by_draft)
            self._count_hole(past, by_now, by_draft)
        if was != will:
            self._move(past, by_now, by_draft)
        elif was and self.now.desk(by_now) != self.draft.desk(by_draft):
            self._change_desk(past, by_now, by_draft)

    def _is_own(self, past: Past) -> bool:
        mine = self.setting.organisation_id
        return past.organisation_id == mine and mine not in past.hidden_from

    def _count_rows(self, by_now: Choice, by_draft: Choice) -> None:
        """A row has met what it decided, or, where it only informs, what it told its room of."""
        for choice, side, met in zip((by_now, by_draft), (self.now, self.draft), self.met, strict=True):
            told = (choice.area_id, *(each.area_id for each in choice.informed if each.area_id in side.informing))
            met.update(self.setting.keys[each] for each in told if each and each in self.setting.keys)

    def _count_load(self, past: Past, was: bool, will: bool) -> None:
        for side, ours in enumerate((was, will)):
            if ours:
                self.ours[side] += 1
                self.priorities[past.priority][side] += 1
                self.opened[side].append(past.to_route.opened_at)
        if was and self._is_own(past):
            self._count_answer(past, "kept" if will else "leaving")

    def _count_unmanned(self, past: Past, by_now: Choice, by_draft: Choice) -> None:
        """What came, or would have come, to a desk of this room at which the roster had nobody."""
        mine, at = self.setting.organisation_id, past.to_route.opened_at
        for position, (side, choice) in enumerate(((self.now, by_now), (self.draft, by_draft))):
            self.unmanned[position] += choice.organisation_id == mine and not self.setting.manning.at(side.desk(choice), at)

    def _count_answer(self, past: Past, kind: str) -> None:
        """How soon this room itself acknowledged it: the only answer times a draft can be measured by."""
        target = self.setting.targets.get(past.priority)
        if not target:
            return
        due = past.to_route.opened_at + timedelta(seconds=target)
        self.in_time[kind][1] += 1
        self.in_time[kind][0] += past.acknowledged_at is not None and past.acknowledged_at <= due

    def _count_hole(self, past: Past, by_now: Choice, by_draft: Choice) -> None:
        fell, falls = by_now.rule == DUTY, by_draft.rule == DUTY
        if not fell and not falls:
            return
        side = self.draft if falls else self.now
        hole = hole_of(past.to_route, side.index, self.setting.organisation_id, self.setting.zone)
        kind = "left" if fell and falls else "opened" if falls else "closed"
        if hole is not None:
            self.holes[kind][hole, self._is_own(past)] += 1

    def _move(self, past: Past, by_now: Choice, by_draft: Choice) -> None:
        flow = Flow(by_now.organisation_id, by_draft.organisation_id, past.to_route.category)
        if self._is_own(past):
            self.own[flow] += 1
            self._name(past, self._room(by_now), self._room(by_draft), by_draft)
        else:
            self.foreign[flow] += 1

    def _change_desk(self, past: Past, by_now: Choice, by_draft: Choice) -> None:
        source, target = (side.desk(choice) or "" for side, choice in ((self.now, by_now), (self.draft, by_draft)))
        self.desks[source, target] += 1
        if self._is_own(past):
            self._name(past, self.setting.desks.get(source, ""), self.setting.desks.get(target, ""), by_draft)

    def _room(self, choice: Choice) -> str:
        return self.setting.names[choice.organisation_id]

    def _name(self, past: Past, source: str, target: str, choice: Choice) -> None:
        self.named.append(
            {
                "id": str(past.to_route.incident_id),
                "number": past.number,
                "category": past.to_route.category,
                "priority": past.priority,
                "opened_at": past.to_route.opened_at.isoformat(),
                "from": source,
                "to": target,
                "reason": choice.reason,
            }
        )

    def as_json(self) -> dict[str, Any]:
        """The whole comparison as plain values; incidents are named newest first."""
        mine = self.setting.organisation_id
        named = sorted(self.named, key=lambda each: (each["opened_at"], each["number"]), reverse=True)
        return {
            "ours": self.ours,
            "leaving": _sum(self.own, self.foreign, lambda flow: flow.source == mine),
            "coming": _sum(self.own, self.foreign, lambda flow: flow.target == mine),
            "flows": self._flows(),
            "desks": [self._desk_flow(*pair, count) for pair, count in self.desks.most_common()],
            "met": {key: [self.met[0][key], self.met[1][key]] for key in sorted(set(self.setting.keys.values()))},
            "duty_room": self.setting.duty_room,
            "holes": {kind: _holes(found) for kind, found in self.holes.items()},
            "priorities": {str(number): self.priorities[number] for number in sorted(self.priorities)},
            "busiest": {"hour": self._busiest(timedelta(hours=1)), "ten_minutes": self._busiest(timedelta(minutes=10))},
            "in_time": self.in_time,
            "unmanned": self.unmanned if self.setting.manning.known else None,
            "incidents": named[:MOST_NAMED],
            "unnamed": max(0, len(named) - MOST_NAMED),
        }

    def _flows(self) -> list[dict[str, Any]]:
        flows = sorted(self.own | self.foreign, key=lambda flow: (-(self.own[flow] + self.foreign[flow]), flow.category))
        return [
            {
                "from": self.setting.names[flow.source],
                "to": self.setting.names[flow.target],
                "to_us": flow.target == self.setting.organisation_id,
                "category": flow.category,
                "own": self.own[flow],
                "others": veiled(self.foreign[flow]),
            }
            for flow in flows
        ]

    def _desk_flow(self, source: str, target: str, count: int) -> dict[str, Any]:
        return {"from": self.setting.desks.get(source, ""), "to": self.setting.desks.get(target, ""), "count": count}

    def _busiest(self, window: timedelta) -> list[int]:
        return [_most_within(sorted(opened), window) for opened in self.opened]


def veiled(count: int) -> int | None:
    """A count of others' incidents; None for a few."""
    return count if count == 0 or count >= FEW else None


def _sum(own: Counter[Flow], foreign: Counter[Flow], wanted: Any) -> dict[str, int | None]:
    return {
        "own": sum(count for flow, count in own.items() if wanted(flow)),
        "others": veiled(sum(count for flow, count in foreign.items() if wanted(flow))),
    }


def _holes(found: Mapping[tuple[Hole, bool], int]) -> list[dict[str, Any]]:
    own: Counter[Hole] = Counter()
    others: Counter[Hole] = Counter()
    for (hole, is_own), count in found.items():
        (own if is_own else others)[hole] += count
    order = sorted(own | others, key=lambda hole: (-(own[hole] + others[hole]), hole.name, hole.category))
    return [{**hole.as_json(), "own": own[hole], "others": veiled(others[hole])} for hole in order]


def _most_within(moments: list[datetime], window: timedelta) -> int:
    """The most moments that any stretch of this length holds."""
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= window:
            first += 1
        most = max(most, last - first + 1)
    return most
