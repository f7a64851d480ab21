"""The reasons of a priority as a newcomer reads them: what decided first, then the findings, strongest first, in words."""

from typing import Any

import pytest

from reporting.dashboard import words
from reporting.dashboard.why import deciding, said_before, steps_of_the_score, strength, why_this_priority
from reporting.domain.judgement import RuleFigure
from reporting.queries.judgement import Record

ZONE = "Europe/Helsinki"
NOTHING = Record(90, {})


def finding(rule: str, weight: int, reason: str = "So it is.", **more: Any) -> dict[str, Any]:
    return {"rule": rule, "weight": weight, "reason": reason, "matched": [], "source": "", "failed": False, **more}


def report(priority: int, score: int, *findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    assessment = {"score": score, "priority": priority, "version": "1", "findings": list(findings)}
    return {
        "reference": "R-1",
        "language": "en",
        "description": "words",
        "why_unusual": "",
        "assessment": assessment,
        "second_opinion": None,
        **more,
    }


def incident(*reports: dict[str, Any], priority: int = 3, timeline: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"reports": list(reports), "priority": priority, "timeline": list(timeline), "report_count": len(reports)}


def event(kind: str, text: str, **detail: Any) -> dict[str, Any]:
    given = {"id": f"{kind} {text}", "kind": kind, "text": text, "actor": "Aino", "at": "2026-11-22T12:02:00Z", "detail": detail}
    return {**given, "detail": detail or None}


def why(found: dict[str, Any], known: Record = NOTHING) -> Any:
    return why_this_priority(found, deciding(found), known, ZONE)


def test_the_most_urgent_report_decides_of_those_the_highest_score_of_those_the_newest() -> None:
    reports = [report(3, 30), report(2, 70, reference="old"), report(2, 70, reference="new"), report(2, 60)]
    found = deciding(incident(*reports))
    assert found is not None and found["reference"] == "new"
    assert deciding(incident({**report(1, 1), "assessment": None})) is None


def test_an_operators_word_leads() -> None:
    change = event("priority", "Priority 3 to 1: It ticks", **{"from": 3, "to": 1})
    told = why(incident(report(3, 35), priority=1, timeline=(change,)))
    assert told.lead == "Priority 1 set by Aino at 14:02: It ticks"
    assert told.rules == "The rules alone: 3 Routine, score 35." and told.set_by == change["id"]


def test_a_reason_that_came_later_is_told() -> None:
    change = event("priority", "Priority 3 to 1", **{"from": 3, "to": 1})
    assert why(incident(report(3, 35), priority=1, timeline=(change,))).lead.endswith("No reason was given.")
    later = event("note", "Why priority 1: It ticks", about=change["id"])
    assert why(incident(report(3, 35), priority=1, timeline=(change, later))).lead.endswith(": It ticks")


def test_what_was_taken_back_does_not_lead() -> None:
    change = event("priority", "Priority 3 to 1", **{"from": 3, "to": 1})
    undone = event("undone", "Priority 1 taken back, 3 again", undoes=change["id"])
    told = why(incident(report(3, 35, finding("x", 35, "A van circles.")), timeline=(change, undone)))
    assert told.lead == "Strongest sign: A van circles." and told.set_by == ""


def test_a_rise_leads_with_its_reason() -> None:
    change = event("raised", "Priority 3 to 2: 4 independent sources report the same.", **{"from": 3, "to": 2})
    told = why(incident(report(3, 35), priority=2, timeline=(change,)))
    assert told.lead == "Raised to 2 Priority: 4 independent sources report the same."


def test_danger_leads_over_heavier_findings() -> None:
    both = finding("hot.obvious", 120), finding("danger.fire", 100, "Immediate danger: a fire.")
    assert why(incident(report(1, 100, *both), priority=1)).lead == "Immediate danger: a fire."


def test_what_bounds_it_is_told_with_the_strongest_sign() -> None:
    bound = finding("limit.lawful", 0, "Lawful behaviour alone stays routine.")
    told = why(incident(report(3, 70, finding("a", 70, "Filmed doors."), bound)))
    assert told.lead == "Strongest sign: Filmed doors. Lawful behaviour alone stays routine."
    assert [line.rule for line in told.bounds] == ["limit.lawful"]


@pytest.mark.parametrize("findings", [(), (finding("harmless.lost", -20),)])
def test_nothing_that_speaks_for_it_is_said(findings: tuple[dict[str, Any], ...]) -> None:
    assert why(incident(report(4, 0, *findings), priority=4)).lead == "Nothing in it counts for more than 4 Information."


def test_findings_stand_strongest_first_and_those_against_apart() -> None:
    findings = [finding("a", 5), finding("b", 60), finding("c", -30), finding("d", 20)]
    told = why(incident(report(3, 55, *findings)))
    assert [line.rule for line in told.speaks_for] == ["b", "d", "a"]
    assert [line.strength for line in told.speaks_for] == ["counts a lot", "counts some", "counts little"]
    assert [(line.rule, line.figure) for line in told.speaks_against] == [("c", "\N{MINUS SIGN}30")]
    assert strength(0) == "counts nothing"


def test_a_failed_rule_is_said() -> None:
    assert why(incident(report(2, 0, finding("rule.failed", 0, failed=True)), priority=2)).failed
    assert not why(incident(report(2, 0), priority=2)).failed


def test_another_language_is_said_with_the_meaning_of_its_words() -> None:
    found = finding("item.tape", 20, matched=["taśma"], glossed={"taśma": "tape"})
    told = why(incident(report(3, 20, found, language="pl")))
    assert told.language == "Written in Polish. No translation. The words below matched."
    assert told.speaks_for[0].words == (("taśma", "tape"),)
    assert why(incident(report(3, 20, language="pl"))).language.endswith("No word of it matched: read it yourself.")
    assert why(incident(report(3, 20, found, language="pl", description=""))).language == ""


def test_the_bounds_of_the_score_are_said() -> None:
    assert why(incident(report(2, 100, finding("a", 130)), priority=2)).adds_up.endswith("stops at 100, the most there is.")
    assert why(incident(report(4, 0, finding("a", -30)), priority=4)).adds_up.endswith("stops at 0, the least there is.")
    assert why(incident(report(3, 30, finding("a", 30)))).adds_up == ""
    assert steps_of_the_score().startswith("2 Priority from 60, 3 Routine from 20, 4 Information below.")


def test_it_says_how_often_operators_overruled_a_rule() -> None:
    figure = RuleFigure("a", judged=41, raised=1, lowered=2)
    assert said_before(figure, 90) == "overruled 3 of 41 times in 90 days"
    assert said_before(RuleFigure("a", judged=1), 12) == "overruled 0 of 1 time in 12 days"
    assert said_before(RuleFigure("a", fired=7), 90) == said_before(None, 90) == ""
    told = why(incident(report(3, 30, finding("a", 30), finding("b", 1))), Record(90, {"a": figure}))
    assert [line.said_before for line in told.speaks_for] == ["overruled 3 of 41 times in 90 days", ""]


def test_a_report_without_words_has_a_headline() -> None:
    silent = {"summary": "", "category": "unattended_item", "location": {"label": "Platform 3", "lat": None}, "venue": None}
    assert words.headline(silent).endswith(", Platform 3")
    assert words.headline({**silent, "location": None}) == words.CATEGORY["unattended_item"]
    assert words.headline({**silent, "summary": "A grey bag"}) == "A grey bag"
