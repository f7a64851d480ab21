"""Assessing: what comes on top, what stays low, and that every step is explained."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.behaviours import CODES, GROUP_B
from reporting.domain.facts import ANSWERS, Hot, ReportFacts
from reporting.domain.findings import Finding
from tests.worker.made import NOW, assessed, report, rules_of
from worker.triage.assess import assess, rule_set
from worker.triage.case import Case
from worker.triage.rules import RULES
from worker.triage.rules.danger import GATE

IMMEDIATE = [
    "Shots fired near the market, people running",
    "This is not a drill, active shooter",
    "There is a bomb in the station",
    "He says he has a bomb in his bag",
    "A man is waving a knife at passengers",
    "Someone is stabbing people on platform 2",
    "A car drove into the crowd",
    "The bin is on fire",
    "A child is lost at the mall",
    "Somebody is on the tracks",
    "A woman on the bridge is about to jump",
    "Es brennt im Keller",
    "Il y a une bombe dans la gare",
    "Πυροβολισμοί στην πλατεία",
    "إطلاق نار في الساحة",
]
LOOK_NOW = [
    "I heard gunshots yesterday",
    "It looks like a bomb",
    "A man with a rifle on the roof",
    'He shouted "I will kill you all"',
    "A black backpack under the bench, nobody around, wires sticking out",
    "A man left a bag on the platform and ran away",
    "There is smoke coming from a suitcase",
]
LOW = [
    "I thought it was a bomb but it is a lunch box",
    "Tourist taking pictures of the cathedral",
    "I lost my wallet",
    "Fire drill at school today",
    "Loud music from the neighbours",
    "A huge pothole in front of the bus stop",
    "Nobody has a gun here",
    "",
    "????",
]


@pytest.mark.parametrize("text", IMMEDIATE)
def test_immediate_danger_is_on_top(text: str) -> None:
    found = assessed(text, language=None)
    assert found.priority == 1
    assert found.relevant
    assert any("One unverified source." in finding.reason for finding in found.findings)


@pytest.mark.parametrize("text", LOOK_NOW)
def test_what_must_be_looked_at_now(text: str) -> None:
    assert assessed(text).priority == 2


@pytest.mark.parametrize("text", LOW)
def test_what_stays_low(text: str) -> None:
    found = assessed(text)
    assert found.priority == 4
    assert not found.relevant


def test_a_film_about_danger_is_no_danger() -> None:
    assert assessed('Poster for the film "Explosion" at the cinema').priority == 3
    assert assessed("They fire guns in the film").priority == 3


def test_how_it_ended_lowers_priority_but_not_relevance() -> None:
    told, ended = assessed("A suspicious bag"), assessed("A suspicious bag, it turned out to be a contractor's tools")
    assert told.relevant and ended.relevant
    assert ended.priority > told.priority


@pytest.mark.parametrize(
    ("hot", "priority"),
    [
        (Hot(obvious="yes"), 2),
        (Hot(hidden="yes", typical="no"), 2),
        (Hot(hidden="yes"), 3),
        (Hot(), 3),
        (Hot("no", "no", "yes"), 4),
    ],
)
def test_item_answers_set_the_priority(hot: Hot, priority: int) -> None:
    assert assessed(category="unattended_item", hot=hot).priority == priority


def test_an_owner_who_was_found_says_more_than_any_sign() -> None:
    found = assessed("bag with tape", category="unattended_item", owner_found="yes", hot=Hot(hidden="yes", typical="no"))
    assert found.priority == 4


def test_signs_that_are_denied_and_a_lunch_box_are_lost_property() -> None:
    assert assessed("no wires just a lunch box", category="unattended_item").priority == 4


def test_answers_beat_the_text() -> None:
    assert assessed("Just a bag, nothing special", category="unattended_item", hot=Hot(obvious="yes")).priority == 2


@pytest.mark.parametrize("codes", [("PHOTO",), tuple(sorted(GROUP_B - {"WPNS"}))])
def test_lawful_behaviour_never_rises_above_routine(codes: tuple[str, ...]) -> None:
    found = assessed(
        "He watched the entrance for hours and took pictures of the guards and asked about security",
        category="suspicious_behaviour",
        behaviours=codes,
        happening_now="yes",
        filer="staff",
    )
    assert found.priority == 3


@pytest.mark.parametrize("text", ["He has a rifle", "There is an explosive in his bag", "A man with a knife"])
def test_a_weapon_is_never_capped_by_its_code(text: str) -> None:
    assert assessed(text, category="suspicious_behaviour", behaviours=("SURVL",)).priority <= 2
    assert assessed(category="suspicious_behaviour", behaviours=("WPNS",)).priority == 2


def test_group_a_outranks_group_b() -> None:
    criminal = assessed(category="suspicious_behaviour", behaviours=("INTRSN",))
    lawful = assessed(category="suspicious_behaviour", behaviours=("PHOTO",))
    assert criminal.priority < lawful.priority


def test_old_news_is_priority_2_at_most_and_says_so() -> None:
    found = assessed("Shots fired", observed_at=NOW - timedelta(hours=3))
    assert found.priority == 2
    assert any(finding.reason == "Seen 3 h ago, arrived now." for finding in found.findings)
    assert assessed("Shots fired", observed_at=NOW - timedelta(minutes=14)).priority == 1
    assert assessed("Shots fired", observed_at=NOW + timedelta(days=400)).priority == 1, "a clock that runs ahead is not used"


def test_the_assessors_own_clock_changes_nothing() -> None:
    facts = report("Shots fired", observed_at=NOW - timedelta(minutes=5))
    assert assess(facts, NOW) == assess(facts, NOW + timedelta(hours=2))


def test_low_trust_lowers_one_step_but_never_danger_and_never_for_a_shared_network() -> None:
    item = {"category": "unattended_item", "hot": Hot(obvious="yes")}
    assert assessed(**item).priority == 2
    for reason in ("device", "repeat"):
        assert assessed(trust="low", trust_reason=reason, **item).priority == 3
        assert assessed("Shots fired", trust="low", trust_reason=reason).priority == 1
    assert assessed(trust="low", trust_reason="network", **item).priority == 2


def test_staff_are_a_source_that_is_named_as_such() -> None:
    found = assessed("Shots fired", filer="staff")
    assert "One source, from staff, not yet confirmed." in found.findings[0].reason


def test_a_rule_that_fails_is_a_finding_and_a_person_looks() -> None:
    def broken(case: Case) -> list[Finding]:
        raise ZeroDivisionError

    found = assess(report("I lost my wallet"), NOW, (*RULES, broken))
    failed = [finding for finding in found.findings if finding.failed]
    assert [finding.rule for finding in failed] == ["rule.failed"]
    assert found.priority == 2
    assert assess(report("Shots fired"), NOW, (broken, *RULES)).priority == 1


def test_every_rule_failing_still_leaves_the_report_to_a_person() -> None:
    def broken(case: Case) -> list[Finding]:
        raise RuntimeError

    assert assess(report("anything"), NOW, [broken] * 3).priority == 2


def test_the_weights_add_up_to_the_score() -> None:
    for text in [*LOOK_NOW, "suspicious man asleep in the stairwell, trespassing"]:
        found = assessed(text)
        assert found.score == min(100, max(0, sum(finding.weight for finding in found.findings)))


def test_signs_about_one_person_do_not_pile_up() -> None:
    assert assessed("Suspicious person asleep in the lobby, given a trespass warning, refused to leave").priority == 3


def test_every_finding_has_an_id_a_sentence_and_a_source_and_no_code_in_its_words() -> None:
    for text in [*IMMEDIATE, *LOOK_NOW, *LOW]:
        for finding in assessed(text, category="suspicious_behaviour", behaviours=("PHOTO", "INTRSN")).findings:
            assert "." in finding.rule and finding.reason.endswith(".")
            assert not any(code in finding.reason for code in CODES)


def test_only_danger_may_weigh_as_much_as_the_gate() -> None:
    for text in [*IMMEDIATE, *LOOK_NOW, *LOW]:
        for finding in assessed(text, category="threat", hot=Hot("yes", "yes", "no")).findings:
            assert finding.weight < GATE or finding.rule.startswith("danger.")


def test_the_rule_set_is_named() -> None:
    assert assessed("x").rule_set == rule_set()
    assert assessed("x").as_json()["version"] == rule_set()


def test_the_reason_of_a_category_is_its_label() -> None:
    assert "Reported as: Threat." in {finding.reason for finding in assessed(category="threat").findings}
    assert "category.usual" in rules_of(assessed(category="threat"))


answers = st.sampled_from(ANSWERS)
hots = st.builds(Hot, answers, answers, answers)
texts = st.lists(
    st.sampled_from([*IMMEDIATE[:6], *LOOK_NOW, *LOW, "no wires", "suspicious", "white van", "but", "not a"]), max_size=5
).map(". ".join)
facts_of_any_kind = st.builds(
    ReportFacts,
    id=st.just("r"),
    category=st.sampled_from(["unattended_item", "suspicious_behaviour", "threat", "drone", "tampering", "other", "unheard_of"]),
    received_at=st.just(NOW),
    description=texts | st.text(max_size=80),
    language=st.sampled_from([None, "en", "ar", "xx"]),
    hot=hots,
    behaviours=st.lists(st.sampled_from(sorted(CODES)), max_size=4).map(tuple),
    owner_found=answers,
    still_there=answers,
    happening_now=answers,
    trust=st.sampled_from(["normal", "low"]),
    trust_reason=st.sampled_from(["", "network", "device", "repeat"]),
)


@given(facts_of_any_kind)
def test_no_report_is_too_strange(facts: ReportFacts) -> None:
    found = assess(facts, NOW)
    assert found.priority in (1, 2, 3, 4)
    assert 0 <= found.score <= 100
    assert not any(finding.failed for finding in found.findings)


@given(facts_of_any_kind, st.randoms(use_true_random=False))
def test_the_order_of_the_rules_does_not_matter(facts: ReportFacts, random: object) -> None:
    shuffled = list(RULES)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = assess(facts, NOW), assess(facts, NOW, shuffled)
    assert (one.score, one.priority, one.relevant, one.lane) == (other.score, other.priority, other.relevant, other.lane)


@given(facts_of_any_kind)
def test_a_worse_answer_about_an_item_never_makes_it_less_urgent(facts: ReportFacts) -> None:
    worse = replace(facts, hot=replace(facts.hot, obvious="yes"))
    better = replace(facts, hot=replace(facts.hot, obvious="no"))
    assert assess(worse, NOW).priority <= assess(better, NOW).priority


@given(facts_of_any_kind)
def test_one_source_reaches_the_top_only_through_the_gate(facts: ReportFacts) -> None:
    found = assess(facts, NOW)
    gate = any(finding.rule.startswith("danger.") and finding.weight >= GATE for finding in found.findings)
    assert (found.priority == 1) <= gate
    if gate and facts.observed_at is None:
        assert found.priority == 1


@given(facts_of_any_kind)
def test_low_trust_changes_priority_by_at_most_one(facts: ReportFacts) -> None:
    normal = assess(replace(facts, trust="normal"), NOW).priority
    low = assess(replace(facts, trust="low", trust_reason="device"), NOW).priority
    assert 0 <= low - normal <= 1


TOLD_IN_PASSING = [
    ("A kid, around five, is alone and crying near the ticket machines", 1),
    ("Woman on the wrong side of the railing of the bridge", 1),
    ("A lorry drives at high speed towards the Christmas market", 1),
    ("Sounded like a gunshot but it was just a balloon", 4),
    ("Somebody asked at which hours the guards change shifts", 3),
    ("Someone keeps pulling on the emergency exit doors", 3),
    ("A man with a tripod and a notebook counts people entering the station", 3),
    ("A car stands across the entrance of the hospital, nobody inside and gas bottles on the back seat", 3),
    ("Somebody pours liquid around the entrance", 3),
    ("The neighbour posts that he will shoot everyone at city hall tomorrow", 2),
    ("A box with a phone taped to it under the seats", 2),
]


@pytest.mark.parametrize(("text", "priority"), TOLD_IN_PASSING)
def test_things_as_people_tell_them(text: str, priority: int) -> None:
    assert assessed(text, language=None).priority == priority
