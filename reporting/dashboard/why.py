"""Why an incident has its priority, for somebody who sees the console for the first time.

First the sentence that decided: an operator's word, a rise, or the strongest sign. Then every finding, strongest first, with its
weight in words; what speaks against; what holds the score within bounds; and what was said beside it and counts for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from babel import Locale

from reporting.dashboard.words import PRIORITY, hour, signed
from reporting.domain.judgement import RuleFigure
from reporting.domain.priorities import SCORE_AT_LEAST
from reporting.domain.signposts import SIGNPOSTS, Signpost
from reporting.queries.judgement import Record

A_LOT: Final = 30
SOME: Final = 12
"""Weights from which a finding counts a lot, or some; below that it counts little."""
OWN_LANGUAGE: Final = "en"
NAMES: Final = Locale("en").languages
BOUNDS: Final = ("limit", "failed", "trust", "age")
"""First parts of the rules that add nothing to the score and bound what it may lead to."""
SOURCES: Final = {
    "text": "the words of the report",
    "answers": "the reporter's answers",
    "category": "the kind of report that was chosen",
    "clock": "the times of seeing and of arriving",
    "filer": "who sent it",
    "trust": "how many reports came from the same device or network",
}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as it is read. `strength` is its weight in words, `figure` the number; `words` are those that matched, each
    with its meaning where that is known; `said_before` tells how often operators overruled it."""

    key: str
    reason: str
    strength: str
    figure: str
    share: float
    words: tuple[tuple[str, str], ...]
    rule: str
    source: str
    said_before: str


@dataclass(frozen=True, slots=True)
class PriorityWhy:
    """`lead` decided, `set_by` is its line of the timeline where an operator said it; `rules` is what the rules alone said where
    a person or other reports went past them; `failed` says that a rule failed; `language` is empty where the report is in the
    console's own, `adds_up` where the score is the plain sum; `signposts` say who else the matter belongs to."""

    lead: str
    rules: str = ""
    failed: bool = False
    language: str = ""
    speaks_for: tuple[Line, ...] = ()
    speaks_against: tuple[Line, ...] = ()
    bounds: tuple[Line, ...] = ()
    score: int = 0
    adds_up: str = ""
    reference: str = ""
    opinion: Json | None = None
    signposts: tuple[Signpost, ...] = ()
    set_by: str = ""


def deciding(incident: Json) -> Json | None:
    """The report whose assessment is the most urgent, of those the one with the highest score, of those the newest."""
    assessed = [report for report in reversed(incident["reports"]) if report["assessment"]]
    return min(assessed, key=lambda report: _urgency(report["assessment"]), default=None)


def _urgency(assessment: Json) -> tuple[int, int]:
    return assessment["priority"], -assessment["score"]


def _without_a_report(incident: Json) -> str:
    if incident["merged_into"]:
        return f"Its reports, and the reasons with them, are in {incident['merged_into']['number']}."
    return "No report is on it any more." if incident["triaged"] else "Triage has not read it yet."


def why_this_priority(incident: Json, report: Json | None, known: Record, zone: str) -> PriorityWhy:
    """Everything the panel shows; `report` is the deciding one."""
    if report is None:
        return PriorityWhy(_without_a_report(incident))
    assessment = report["assessment"]
    findings = assessment["findings"]
    lines = _lines(findings, known)
    change = _standing_change(incident)
    past = _past_the_rules(incident, change, zone) if change else ""
    return PriorityWhy(
        lead=past or _strongest(assessment),
        rules=_rules_alone(assessment) if past and assessment["priority"] != incident["priority"] else "",
        failed=any(finding["failed"] for finding in findings),
        language=_language(report),
        speaks_for=tuple(line for finding, line in lines if finding["weight"] > 0),
        speaks_against=tuple(line for finding, line in lines if finding["weight"] < 0 and not _bounds(finding)),
        bounds=tuple(line for finding, line in lines if _bounds(finding)),
        score=assessment["score"],
        adds_up=_adds_up(assessment),
        reference=report["reference"] if incident["report_count"] > 1 else "",
        opinion=report.get("second_opinion"),
        signposts=tuple({code: SIGNPOSTS[code] for code in _signposted(findings)}.values()),
        set_by=change["id"] if change and change["kind"] == "priority" else "",
    )


def _signposted(findings: list[Json]) -> list[str]:
    """Codes of the cards that findings name, the heaviest first; cards of other versions are passed over."""
    ordered = sorted(findings, key=lambda finding: -abs(finding["weight"]))
    return [code for finding in ordered if (code := finding.get("signpost") or "") in SIGNPOSTS]


def _standing_change(incident: Json) -> Json | None:
    """The newest change of the priority that still stands: an operator's, or a rise by other reports."""
    events = incident["timeline"]
    undone = {(event["detail"] or {}).get("undoes") for event in events}
    changes = (event for event in reversed(events) if event["kind"] in ("priority", "raised") and event["id"] not in undone)
    change: Json | None = next(changes, None)
    stands = change is not None and (change["detail"] or {}).get("to") == incident["priority"]
    return change if stands else None


def _past_the_rules(incident: Json, change: Json, zone: str) -> str:
    """What went past the rules, in words."""
    reason = change["text"].partition(": ")[2] or _given_later(incident["timeline"], change["id"])
    if change["kind"] == "raised":
        return f"Raised to {_named(incident['priority'])}: {reason}"
    given = f": {reason}" if reason else ". No reason was given."
    return f"Priority {incident['priority']} set by {change['actor']} at {hour(change['at'], zone)[:5]}{given}"


def _given_later(events: Iterable[Json], event_id: str) -> str:
    notes = [event["text"] for event in events if (event["detail"] or {}).get("about") == event_id]
    return notes[-1].partition(": ")[2] if notes else ""


def _strongest(assessment: Json) -> str:
    findings = assessment["findings"]
    held = next((finding["reason"] for finding in findings if finding["rule"].startswith("limit.") and not finding["failed"]), "")
    spoke = max(findings, key=lambda finding: finding["weight"], default=None)
    if spoke is None or spoke["weight"] <= 0:
        return held or f"Nothing in it counts for more than {_named(assessment['priority'])}."
    dangers = [finding for finding in findings if finding["rule"].startswith("danger.")]
    sign = dangers[0]["reason"] if assessment["priority"] == 1 and dangers else f"Strongest sign: {spoke['reason']}"
    return f"{sign} {held}".strip()


def _rules_alone(assessment: Json) -> str:
    return f"The rules alone: {_named(assessment['priority'])}, score {assessment['score']}."


def _named(priority: int) -> str:
    return PRIORITY[str(priority)]


def _bounds(finding: Json) -> bool:
    return finding["rule"].split(".", 1)[0] in BOUNDS or finding["weight"] == 0


def _lines(findings: list[Json], known: Record) -> list[tuple[Json, Line]]:
    heaviest = max((abs(finding["weight"]) for finding in findings), default=0)
    ordered = sorted(findings, key=lambda finding: -abs(finding["weight"]))
    return [(finding, _line(at, finding, heaviest, known)) for at, finding in enumerate(ordered)]


def _line(at: int, finding: Json, heaviest: int, known: Record) -> Line:
    weight, glossed = finding["weight"], finding.get("glossed") or {}
    return Line(
        key=f"finding-{at}",
        reason=finding["reason"],
        strength=strength(weight),
        figure=signed(weight) if weight else "",
        share=abs(weight) / heaviest if heaviest else 0,
        words=tuple((word, glossed.get(word, "")) for word in finding["matched"]),
        rule=finding["rule"],
        source=str(SOURCES.get(finding["source"], finding["source"])),
        said_before=said_before(known.figures.get(finding["rule"]), known.days),
    )


def strength(weight: int) -> str:
    """A weight in words."""
    if not weight:
        return "counts nothing"
    size = abs(weight)
    return "counts a lot" if size >= A_LOT else "counts some" if size >= SOME else "counts little"


def said_before(figure: RuleFigure | None, days: int) -> str:
    """How often operators overruled a rule; empty where nobody has judged it yet."""
    if figure is None or not figure.judged:
        return ""
    times = "time" if figure.judged == 1 else "times"
    return f"overruled {figure.overruled} of {figure.judged} {times} in {days} days"


def _adds_up(assessment: Json) -> str:
    total = sum(finding["weight"] for finding in assessment["findings"])
    if total == assessment["score"]:
        return ""
    bound = "100, the most there is" if total > assessment["score"] else "0, the least there is"
    return f"The weights add up to {signed(total)}; the score stops at {bound}."


def _language(report: Json) -> str:
    code = (report["language"] or OWN_LANGUAGE).partition("-")[0]
    if code == OWN_LANGUAGE or not (report["description"] or report["why_unusual"]):
        return ""
    name = NAMES.get(code)
    written = f"Written in {name}." if name else f"Written in another language ({code})."
    findings = report["assessment"]["findings"]
    matched = any(finding["matched"] for finding in findings)
    return f"{written} No translation. " + ("The words below matched." if matched else "No word of it matched: read it yourself.")


def steps_of_the_score() -> str:
    """The thresholds in words."""
    parts = [f"{_named(priority)} from {least}" for priority, least in sorted(SCORE_AT_LEAST.items())]
    return f"{', '.join(parts)}, {_named(4)} below. {_named(1)} only by an immediate danger, or by a person."
