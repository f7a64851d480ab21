"""What surrounds a report adds to evidence and cannot stand for it; trust and age move a priority by their bounds only."""

from datetime import timedelta
from typing import Any

import pytest

from reporting.domain.facts import EventNearby, Hot, ThreatNearby
from reporting.domain.signposts import SIGNPOSTS
from tests.worker.made import NOW, assessed, rules_of
from worker.triage.register import register
from worker.triage.rules.danger import GATE

CONCERT = EventNearby(name="Harbour concert", distance_m=120.0)
EVERYTHING: dict[str, Any] = {
    "events": (CONCERT,),
    "threats": (ThreatNearby(priority=1, distance_m=180.0, last_report_at=NOW - timedelta(minutes=20)),),
    "hour": 3,
    "venue_kind": "station",
    "filer": "staff",
    "happening_now": "yes",
}


@pytest.mark.parametrize(
    ("fact", "rule"),
    [
        ({"events": (CONCERT,)}, "context.event"),
        ({"threats": EVERYTHING["threats"]}, "context.threat"),
        ({"hour": 23}, "context.hour"),
        ({"hour": 4}, "context.hour"),
        ({"venue_kind": "station"}, "context.place"),
        ({"filer": "staff"}, "context.staff"),
    ],
)
def test_each_circumstance_is_a_finding_of_its_own_and_adds_to_evidence(fact: dict[str, Any], rule: str) -> None:
    plain, around = assessed("Somebody rattles the doors"), assessed("Somebody rattles the doors", **fact)
    assert rule in rules_of(around) - rules_of(plain)
    assert around.score > plain.score


@pytest.mark.parametrize("fact", [{"hour": 12}, {"hour": 22}, {"hour": None}, {"venue_kind": "shop"}, {}])
def test_ordinary_circumstances_say_nothing(fact: dict[str, Any]) -> None:
    assert not any(rule.startswith("context.") for rule in rules_of(assessed("Somebody rattles the doors", **fact)))


@pytest.mark.parametrize("text", ["Loud music from the flat above", "A pothole in front of the shop", ""])
def test_all_circumstances_together_make_nothing_relevant_and_no_ordinary_report_urgent(text: str) -> None:
    found = assessed(text, **EVERYTHING)
    assert not found.relevant
    assert found.priority == 4
    assert found.score == max(0, sum(finding.weight for finding in found.findings))


def test_circumstances_open_no_gate_and_lift_no_lawful_act_above_routine() -> None:
    assert assessed("A man takes pictures of the guards", category="suspicious_behaviour", **EVERYTHING).priority == 3
    assert assessed(category="unattended_item", hot=Hot(obvious="yes"), **EVERYTHING).priority == 2


def test_an_event_turns_a_raised_item_into_priority() -> None:
    raised: dict[str, Any] = {"category": "unattended_item", "hot": Hot(hidden="yes")}
    assert assessed(**raised).priority == 3
    assert assessed(**raised, events=(CONCERT,)).priority == 2


def test_what_is_nearby_is_not_told() -> None:
    (said,) = [each.reason for each in assessed("x", **EVERYTHING).findings if each.rule == "context.threat"]
    assert said == "Something urgent was reported about 200 m away in the last two hours."


def test_an_old_report_of_danger_is_immediate_only_where_a_fresh_one_supports_it() -> None:
    old: dict[str, Any] = {"observed_at": NOW - timedelta(hours=1)}
    fresh = ThreatNearby(priority=1, distance_m=90.0, last_report_at=NOW - timedelta(minutes=5))
    assert assessed("Shots fired", **old).priority == 2
    assert assessed("Shots fired", **old, threats=(fresh,)).priority == 1
    assert "age.supported" in rules_of(assessed("Shots fired", **old, threats=(fresh,)))
    stale = ThreatNearby(priority=1, distance_m=90.0, last_report_at=NOW - timedelta(minutes=40))
    lesser = ThreatNearby(priority=2, distance_m=90.0, last_report_at=NOW)
    assert assessed("Shots fired", **old, threats=(stale, lesser)).priority == 2


def test_the_age_is_told_in_words() -> None:
    (said,) = [f.reason for f in assessed("Shots fired", observed_at=NOW - timedelta(hours=3)).findings if f.rule == "age.old"]
    assert said == "Seen 3 h ago, arrived now."


@pytest.mark.parametrize("filer", ["staff", "control_room"])
@pytest.mark.parametrize("reason", ["", "network", "device", "repeat"])
def test_trust_never_lowers_what_staff_report(filer: str, reason: str) -> None:
    item: dict[str, Any] = {"category": "unattended_item", "hot": Hot(obvious="yes"), "filer": filer}
    assert assessed(trust="low", trust_reason=reason, **item).priority == assessed(**item).priority == 2


@pytest.mark.parametrize("reason", ["", "network", "device", "repeat"])
@pytest.mark.parametrize("text", ["Shots fired in the square", "I heard gunshots yesterday", "It may be a bomb in the bin"])
def test_trust_never_lowers_danger(text: str, reason: str) -> None:
    assert assessed(text, trust="low", trust_reason=reason).priority == assessed(text).priority


def test_trust_says_why_it_lowers() -> None:
    item: dict[str, Any] = {"category": "unattended_item", "hot": Hot(obvious="yes"), "trust": "low"}
    said = {reason: assessed(trust_reason=reason, **item).findings[-1].reason for reason in ("device", "repeat")}
    assert said["device"] != said["repeat"]
    assert all("one step lower" in reason for reason in said.values())


@pytest.mark.parametrize(
    ("text", "card", "priority"),
    [
        ("A child is lost at the mall", "child", 1),
        ("A woman on the bridge is about to jump", "self_harm", 1),
        ("A man is not breathing", "medical", 1),
        ("The bin is on fire", "fire", 1),
        ("Somebody is on the tracks", "railway", 1),
        ("Strong smell of gas in the underpass", "gas", 3),
        ("I lost my wallet on the tram", "lost_property", 4),
        ("Huge pothole in front of the bus stop", "city_services", 4),
    ],
)
def test_a_matter_for_others_is_pointed_on_and_kept(text: str, card: str, priority: int) -> None:
    found = assessed(text)
    assert card in {finding.signpost for finding in found.findings} - {""}
    assert (found.priority, found.lane) == (priority, "queue")
    assert found.as_json()["findings"]


def test_every_card_speaks_to_the_room_and_to_the_reporter_calmly() -> None:
    for card in SIGNPOSTS.values():
        for words in (card.operator, card.reporter):
            assert words.endswith(".") and "!" not in words
            assert all(len(sentence.split()) <= 15 for sentence in words.replace("?", ".").split("."))


@pytest.mark.parametrize("text", ["Cable ties on the fence", "A bag with cable ties on it", "Zip ties round the pole"])
def test_a_cable_tie_is_no_wire(text: str) -> None:
    assert "item.wires" not in rules_of(assessed(text, category="unattended_item"))


def test_only_the_gate_gives_priority_1_and_says_that_it_is_one_source() -> None:
    found = assessed("Shots fired near the market", **EVERYTHING)
    (gate,) = [finding for finding in found.findings if finding.weight >= GATE]
    assert found.priority == 1 and "One source, from staff, not yet confirmed." in gate.reason
    assert "One unverified source." in assessed("Shots fired near the market").findings[0].reason


def test_every_finding_says_where_its_rule_comes_from_and_matches_only_words_of_the_text() -> None:
    text = "A man with a beard tried all doors. Black bag with wires under the bench, nobody around. He has a knife."
    found = assessed(text, category="unattended_item", trust="low", trust_reason="device", **EVERYTHING)
    for finding in found.findings:
        assert finding.rule in register() and finding.source == register()[finding.rule].source
        assert all(word.lower() in text.lower() for matched in finding.matched for word in matched.split())
