"""What a page of the console shows: which panes, the queue's first page, the open incident, and what was refused."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reporting.dashboard.advice import Step
from reporting.dashboard.why import PriorityWhy
from reporting.queries.timeline import Timeline

ALL = ("queue", "incident", "map")
JOINED_NAMED = 5
"""Joined reports whose reasons stand in the pane."""
Incident = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that was refused: what the person typed is given back with the reason, never thrown away."""

    action: str
    message: str
    status: int
    values: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def conflict(self) -> bool:
        """Somebody else was faster."""
        return self.status == 409


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons behind an incident: those of its priority, and the reports that were joined to it.

    `others` counts the joined reports that are not named; `alone` says why nothing was joined.
    """

    priority: PriorityWhy
    joined: tuple[dict[str, Any], ...] = ()
    others: int = 0
    alone: str = ""


@dataclass(frozen=True, slots=True)
class Console:
    """Everything a template of the console needs beside the actor. `granted`: the open incident is another room's; `receivers`
    are the desks and colleagues to whom one's own can be given; `house` is what the incident's venue says of itself."""

    panes: tuple[str, ...]
    now: datetime
    may_work: bool
    items: tuple[Incident, ...] = ()
    more: bool = False
    incident: Incident | None = None
    missing: bool = False
    mine: bool = False
    step: Step | None = None
    why: Why | None = None
    timeline: Timeline | None = None
    typed: Typed | None = None
    granted: bool = False
    receivers: dict[str, Any] = field(default_factory=dict)
    house: dict[str, Any] | None = None
    told: tuple[dict[str, Any], ...] = ()
    look: dict[str, Any] | None = None

    @property
    def shape(self) -> str:
        """`all`, or `only-queue`, `only-incident`, `only-map` where a pane stands in a window of its own."""
        return "all" if len(self.panes) > 1 else f"only-{self.panes[0]}"


def _was_joined(join: dict[str, Any]) -> bool:
    """By itself or by a person."""
    return bool(join["decision"] == "join" or join["moved"])


def explain(incident: Incident, priority: PriorityWhy) -> Why:
    """The reasons of one incident; those of its priority come from `why`."""
    reports = incident["reports"]
    joined = tuple(report for report in reports if report["join"] and _was_joined(report["join"]))
    others = max(len(joined), incident["report_count"] - 1) - JOINED_NAMED if len(joined) > JOINED_NAMED else 0
    unread = "Nothing is left here to be joined." if incident["triaged"] else "Grouping has not looked at it yet."
    alone = next((report["join"]["reason"] for report in reports if report["join"]), unread)
    return Why(priority, joined[:JOINED_NAMED], others, alone)
