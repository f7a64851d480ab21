"""What the engines answer: findings, assessments, matches and choices, each with its reasons in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Lane = Literal["queue", "reviewed", "failed"]
Decision = Literal["join", "suggest", "open"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's contribution: its weight, the reason in a plain sentence, the words that matched, and where the rule
    comes from (`source`).

    `failed` marks a rule that raised an error: it weighs nothing, and the report goes to a person's eyes. `glossed`
    gives the English of matched words that are not English. `signpost` is the code of a card (see `signposts`) where
    the matter is also somebody else's: a child, a fire, lost property.
    """

    rule: str
    weight: int
    reason: str
    matched: tuple[str, ...] = ()
    source: str = ""
    failed: bool = False
    glossed: Mapping[str, str] = field(default_factory=dict)
    signpost: str = ""

    def as_json(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return {
            "rule": self.rule,
            "weight": self.weight,
            "reason": self.reason,
            "matched": list(self.matched),
            "source": self.source,
            "failed": self.failed,
            "glossed": dict(self.glossed),
            "signpost": self.signpost,
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """What triage concluded. The score only advises; the priority is the proposal an operator may change.

    `relevant`: something a guard should have looked at when it was filed. `lane` is "queue"; or "reviewed" for
    reports that describe only who somebody is: a person checks them, they are not joined and not handed over; or
    "failed" where a rule raised an error: the report stands on top of the queue until a person has seen it.
    `codes` are the behaviours seen in answers and words together.
    """

    score: int
    priority: int
    relevant: bool
    rule_set: str
    findings: tuple[Finding, ...] = ()
    lane: Lane = "queue"
    codes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The assessment as plain JSON values; the rule set is its version."""
        return {
            "score": self.score,
            "priority": self.priority,
            "relevant": self.relevant,
            "version": self.rule_set,
            "lane": self.lane,
            "codes": list(self.codes),
            "findings": [finding.as_json() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An incident that may be the same, to be shown side by side and decided by a person."""

    incident_id: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Which open incident a report is about. `open` carries no incident: a new one begins.

    `suggestions` are further incidents worth a look, best first; on `suggest` the best one is `incident_id`.
    """

    decision: Decision
    incident_id: str | None
    score: float
    reasons: tuple[str, ...]
    version: str
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """An organisation that was considered, and why it was not chosen."""

    organisation_id: str
    area_id: str | None
    name: str
    why_not: str


@dataclass(frozen=True, slots=True)
class Informed:
    """An organisation that is told of an incident which is not its own, and why."""

    organisation_id: str
    area_id: str | None
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which organisation receives an incident, by which area and rule, and why. There is always one.

    `desk_id` is the area's own desk, None for the organisation's default one. `hours` says in words when the area is served
    and what time it was there. `hidden_from` are organisations that must never see the incident.
    """

    organisation_id: str
    area_id: str | None
    rule: str
    reason: str
    alternatives: tuple[Alternative, ...] = ()
    desk_id: str | None = None
    hours: str = ""
    informed: tuple[Informed, ...] = ()
    hidden_from: tuple[str, ...] = ()
