"""From findings to a priority: the scale, and the limits that no weight can pass.

The limits, in the order they are applied:
1. Only an immediate-danger finding at full weight opens priority 1.
2. A report that only describes who somebody is scores nothing and goes to the reviewed lane.
3. Lawful behaviour (group B) alone stays at priority 3 or below; a weapon, an explosive, an item sign, a threat, a
   bad item answer or danger is never capped.
4. What arrives more than 15 minutes after it was seen is priority 2 at most.
5. Low trust for a device or a repeat lowers by one, never immediate danger; a shared network alone lowers nothing.
6. A failed rule leaves the report to a person's eyes: priority 2 at least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reporting.domain.behaviours import CODES, lawful_only
from reporting.domain.findings import Finding, Lane
from worker.triage.case import Case
from worker.triage.rules.danger import GATE

AT_LEAST_PRIORITY = 60
AT_LEAST_ROUTINE = 20
RELEVANT = 20
MOST = 100

# What changes the urgency of a thing but not whether it deserved a look when it was filed.
_NOT_EVIDENCE = ("ending", "age", "trust", "context", "limit")
# Signs about one person or thing that tend to come together: the strongest counts in full, each next one by half.
_SOFT = ("category", "behaviour", "presence", "judgement", "vehicle")
_NO_ACT = ("category", "judgement", "harmless", "age", "context", "ending")
_IDENTITY_CATEGORIES = frozenset(("suspicious_behaviour", "other"))


@dataclass(frozen=True, slots=True)
class Grade:
    """Where a report stands on the scale."""

    score: int
    priority: int
    relevant: bool
    lane: Lane
    limits: tuple[Finding, ...]


def kind(finding: Finding) -> str:
    """The first part of a rule's id: danger, hot, item, behaviour, ..."""
    return finding.rule.split(".", 1)[0]


def codes_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The behaviours that findings name, each once; a weapon seen is a weapons discovery."""
    named: dict[str, None] = {}
    for finding in findings:
        parts = finding.rule.split(".")
        if parts[0] == "behaviour" and parts[1] in CODES:
            named[parts[1]] = None
        elif parts[0] == "threat":
            named["THREAT"] = None
        elif parts[0] == "weapon" and parts[1] != "toy":
            named["WPNS"] = None
    return tuple(named)


def weighed(findings: Sequence[Finding]) -> list[Finding]:
    """The findings with the weights they have together, so that they add up to the score.

    "Suspicious", "asleep" and "told to leave" about one person are one matter, not three.
    """
    soft = sorted((f for f in findings if kind(f) in _SOFT and f.weight > 0), key=lambda f: (-f.weight, f.rule))
    share = {id(finding): finding.weight >> place for place, finding in enumerate(soft)}
    return [replace(finding, weight=share.get(id(finding), finding.weight)) for finding in findings]


def grade(case: Case, findings: Sequence[Finding]) -> Grade:
    """The priority and score of a report from what the rules found."""
    if any(finding.failed for finding in findings):
        return _graded(case, findings, failed=True)
    if _only_identity(case, findings):
        reason = "The text describes who somebody is, not what anybody did: checked by a person, not joined, not sent on."
        weight = -sum(finding.weight for finding in findings)
        limit = Finding("limit.identity", weight, reason, case.reading.identity[:6], "text")
        return Grade(0, 4, False, "reviewed", (limit,))
    return _graded(case, findings)


def _graded(case: Case, findings: Sequence[Finding], failed: bool = False) -> Grade:
    score = min(MOST, max(0, sum(finding.weight for finding in findings)))
    gate = any(kind(finding) == "danger" and finding.weight >= GATE for finding in findings)
    priority, limits = _limited(case, findings, 1 if gate else _step(score))
    if failed and priority > 2:
        priority = 2
        limits.append(Finding("limit.failed", 0, "A rule failed: a person must look at this report."))
    return Grade(score, priority, relevant(findings), "queue", tuple(limits))


def relevant(findings: Sequence[Finding]) -> bool:
    """Whether it deserved a look when it was filed: how it ended, how old it is and who told do not matter."""
    return sum(finding.weight for finding in findings if kind(finding) not in _NOT_EVIDENCE) >= RELEVANT


def _step(score: int) -> int:
    if score >= AT_LEAST_PRIORITY:
        return 2
    return 3 if score >= AT_LEAST_ROUTINE else 4


def _limited(case: Case, findings: Sequence[Finding], priority: int) -> tuple[int, list[Finding]]:
    limits: list[Finding] = []
    if priority < 3 and lawful_only((finding.rule, finding.weight) for finding in findings):
        priority = 3
        limits.append(Finding("limit.lawful", 0, "Lawful behaviour alone stays routine until more is known."))
    if priority < 2 and any(finding.rule == "age.old" for finding in findings):
        priority = 2
        limits.append(Finding("limit.age", 0, "Not fresh: immediate only when a new report supports it.", (), "clock"))
    if 1 < priority < 4 and _distrusted(case, findings):
        priority += 1
        limits.append(Finding("trust.low", 0, "From a device over its budget or a repeat: one step lower.", (), "trust"))
    return priority, limits


def _distrusted(case: Case, findings: Sequence[Finding]) -> bool:
    if case.facts.trust != "low" or case.facts.trust_reason == "network":
        return False
    return not any(kind(finding) == "danger" for finding in findings)


def _only_identity(case: Case, findings: Sequence[Finding]) -> bool:
    """Identity words, and neither an act nor an item: not in the answers, not in the text, not in words unknown to us."""
    if case.facts.category not in _IDENTITY_CATEGORIES or not case.reading.identity:
        return False
    if any(kind(finding) not in _NO_ACT for finding in findings):
        return False
    return case.reading.only_describes()
