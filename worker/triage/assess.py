"""Assessing one report: read it, let every rule speak, put the findings on the scale. Pure; the operator decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from reporting.domain.facts import ReportFacts
from reporting.domain.findings import Assessment, Finding
from worker.triage.case import Case
from worker.triage.entry import OURS
from worker.triage.looks import appearance_digest
from worker.triage.reading import Reading, read
from worker.triage.register import register
from worker.triage.rules import RULES
from worker.triage.scale import codes_of, grade, weighed
from worker.triage.words import lexicon_digest

Rule = Callable[[Case], Iterable[Finding]]

# Raised by hand whenever a rule or the scale changes; cues change the second part by themselves.
RULES_VERSION = "2"


def rule_set() -> str:
    """The version that every assessment keeps: rules and cues."""
    return f"{RULES_VERSION}-{lexicon_digest()}{appearance_digest()}"


def assess(facts: ReportFacts, now: datetime, rules: Sequence[Rule] = RULES) -> Assessment:
    """What triage concludes about a report: score 0-100, priority 1-4, relevance, and every finding with its reason.

    Never raises for what a report says. A rule that raises becomes a finding `rule.failed`, the others still count, and
    the report is priority 2 at least and stands on top of the queue. Every finding says where its rule comes from.
    """
    reading, failed = _read(facts)
    case = Case(facts, reading, now)
    findings = weighed([*failed, *(finding for rule in rules for finding in _found(rule, case))])
    graded = grade(case, findings)
    return Assessment(
        score=graded.score,
        priority=graded.priority,
        relevant=graded.relevant,
        rule_set=rule_set(),
        findings=tuple(_sourced(finding) for finding in (*findings, *graded.limits)),
        lane=graded.lane,
        codes=codes_of(findings),
    )


def _found(rule: Rule, case: Case) -> list[Finding]:
    try:
        return list(rule(case))
    except Exception as error:  # a failed rule is a finding, and a person looks
        return [_failure(getattr(rule, "__name__", "rule"), error)]


def _read(facts: ReportFacts) -> tuple[Reading, list[Finding]]:
    try:
        return read(facts.text, facts.language), []
    except Exception as error:  # an unreadable text must not hide the answers
        return read(""), [_failure("reading", error)]


def _failure(name: str, error: Exception) -> Finding:
    return Finding("rule.failed", 0, f"The rule {name} failed ({type(error).__name__}): a person must look.", failed=True)


def _sourced(finding: Finding) -> Finding:
    entry = register().get(finding.rule)
    return replace(finding, source=entry.source if entry else OURS)
