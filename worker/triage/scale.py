"""From findings to a priority: the scale, and the limits that no weight can pass.

The limits, in the order they are applied:
1. Only an immediate-danger finding at full weight opens priority 1.
2. A report that only describes who somebody is scores nothing and goes to the reviewed lane.
3. Lawful behaviour (group B) alone stays at priority 3 or below; a weapon, an explosive, an item sign, a threat, a
   bad item answer or danger is never capped.
4. What arrives more than 15 minutes after it was seen is priority 2 at most.
   A fresh report of immediate danger nearby lifts that limit.
5. Low trust for a device or a repeat lowers by one, never immediate danger and never what staff report; a shared
   network alone lowers nothing.
6. A failed rule leaves the report to a person's eyes: priority 2 at least, and on top of the queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from reporting.domain.behaviours import CODES, lawful_only
from reporting.domain.findings import Finding, Lane
from reporting.domain.priorities import SCORE_AT_LEAST
from worker.triage.case import MOST_MATCHES, Case
from worker.triage.describing import describes_only
from worker.triage.entry import ISE_SAR, OURS, RIGHTS, Entry
from worker.triage.rules.danger import GATE

RELEVANT = 20
MOST = 100

# What changes the urgency of a thing but not whether it deserved a look when it was filed.
_NOT_EVIDENCE = ("ending", "age", "trust", "context", "limit", "language")
# Signs about one person or thing that tend to come together: the strongest counts in full, each next one by half.
_SOFT = ("category", "behaviour", "presence", "judgement", "vehicle")
# What surrounds a report adds at most this where there is no evidence, and at most this in all.
_CONTEXT_ALONE = 15
_CONTEXT_MOST = 30
_NO_ACT = ("category", "judgement", "harmless", "age", "context", "ending")
_IDENTITY_CATEGORIES = frozenset(("suspicious_behaviour", "suspicious_vehicle", "other"))
# So old may a report be that supports one which arrived late.
_SUPPORT = timedelta(minutes=15)
ENTRIES = (
    Entry("limit.identity", (0,), "Only who somebody is: scores nothing, reviewed lane. Takes back every weight.", RIGHTS),
    Entry("limit.lawful", (0,), "Lawful behaviour alone: priority 3 at most.", ISE_SAR),
    Entry("limit.age", (0,), "Not fresh: priority 2 at most.", OURS),
    Entry("age.supported", (0,), "Not fresh, but a fresh report of immediate danger nearby supports it.", OURS),
    Entry("trust.low", (0,), "A device over its budget, or a repeat: one step lower.", OURS),
    Entry("rule.failed", (0,), "A rule failed: a person must look.", OURS),
    Entry("limit.failed", (0,), "A rule failed: priority 2 at least, on top of the queue.", OURS),
)


_DISTRUST = {
    "": "Low trust: one step lower.",
    "network": "Many reports from this network: nothing is lowered.",
    "device": "Many reports from this device in an hour: one step lower.",
    "repeat": "The same words came before: one step lower.",
}


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

    "Suspicious", "asleep" and "told to leave" about one person are one matter, not three. What surrounds a report adds
    to evidence and cannot stand for it.
    """
    soft = sorted((f for f in findings if kind(f) in _SOFT and f.weight > 0), key=lambda f: (-f.weight, f.rule))
    share = {id(finding): finding.weight >> place for place, finding in enumerate(soft)}
    evidence = sum(share.get(id(f), f.weight) for f in findings if kind(f) != "context")
    left = min(_CONTEXT_MOST, max(_CONTEXT_ALONE, evidence))
    for finding in sorted((f for f in findings if kind(f) == "context"), key=lambda f: (-f.weight, f.rule)):
        share[id(finding)] = min(finding.weight, left)
        left -= share[id(finding)]
    return [_with_weight(finding, share.get(id(finding), finding.weight)) for finding in findings]


def _with_weight(finding: Finding, weight: int) -> Finding:
    return finding if finding.weight == weight else replace(finding, weight=weight)


def grade(case: Case, findings: Sequence[Finding]) -> Grade:
    """The priority and score of a report from what the rules found."""
    if any(finding.failed for finding in findings):
        return _graded(case, findings, failed=True)
    if shown := _only_identity(case, findings):
        reason = "The text says who somebody is, not what anybody did. A person checks it; it is not joined or sent on."
        weight = -sum(finding.weight for finding in findings)
        return Grade(0, 4, False, "reviewed", (Finding("limit.identity", weight, reason, shown[:MOST_MATCHES]),))
    return _graded(case, findings)


def _graded(case: Case, findings: Sequence[Finding], failed: bool = False) -> Grade:
    score = min(MOST, max(0, sum(finding.weight for finding in findings)))
    gate = any(kind(finding) == "danger" and finding.weight >= GATE for finding in findings)
    priority, limits = _limited(case, findings, 1 if gate else _step(score))
    if failed and priority > 2:
        priority = 2
        limits.append(Finding("limit.failed", 0, "A rule failed on this report: a person must read it now."))
    return Grade(score, priority, relevant(findings), "failed" if failed else "queue", tuple(limits))


def relevant(findings: Sequence[Finding]) -> bool:
    """Whether it deserved a look when it was filed: how it ended, how old it is and who told do not matter."""
    return sum(finding.weight for finding in findings if is_evidence(finding)) >= RELEVANT


def is_evidence(finding: Finding) -> bool:
    """Whether a finding speaks of what happened, and not of how it ended, of who told or of what surrounds it."""
    return kind(finding) not in _NOT_EVIDENCE


def _step(score: int) -> int:
    return min((priority for priority, least in SCORE_AT_LEAST.items() if score >= least), default=4)


def _limited(case: Case, findings: Sequence[Finding], priority: int) -> tuple[int, list[Finding]]:
    limits: list[Finding] = []
    if priority < 3 and lawful_only((finding.rule, finding.weight) for finding in findings):
        priority = 3
        limits.append(Finding("limit.lawful", 0, "Lawful behaviour alone stays routine until more is known."))
    if priority < 2 and any(finding.rule == "age.old" for finding in findings):
        if _supported(case):
            limits.append(Finding("age.supported", 0, "Not fresh, but a fresh report of danger nearby supports it."))
        else:
            priority = 2
            limits.append(Finding("limit.age", 0, "Not fresh: immediate only when a new report supports it."))
    if 1 < priority < 4 and _distrusted(case, findings):
        priority += 1
        limits.append(Finding("trust.low", 0, _DISTRUST[case.facts.trust_reason]))
    return priority, limits


def _supported(case: Case) -> bool:
    """Whether somebody else told of immediate danger near there just now."""
    arrived = case.facts.received_at
    return any(each.priority == 1 and arrived - each.last_report_at <= _SUPPORT for each in case.facts.threats)


def _distrusted(case: Case, findings: Sequence[Finding]) -> bool:
    """Staff are known, and a shared network says nothing about a report: neither lowers anything."""
    facts = case.facts
    if facts.trust != "low" or facts.trust_reason == "network" or facts.filer != "public":
        return False
    return not any(kind(finding) == "danger" for finding in findings)


def _only_identity(case: Case, findings: Sequence[Finding]) -> tuple[str, ...]:
    """The words about who somebody is, where neither the answers nor the text tell of an act or an item."""
    if case.facts.category not in _IDENTITY_CATEGORIES or any(kind(finding) not in _NO_ACT for finding in findings):
        return ()
    return describes_only(case.reading)
