"""Behaviour, not identity: who somebody is changes no decision and makes no report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worker.made import assessed
from worker.triage.words import lexicons

ORIGINS = ["Arab", "white", "Black", "Asian", "Roma", "Polish", "Middle Eastern", "Latino", "Kurdish", "Dutch", "Chinese"]
FAITHS = ["Muslim", "Christian", "Jewish", "Hindu", "Sikh", "Buddhist", "Catholic"]
OTHERS = ["gay", "lesbian", "transgender", "disabled", "blind", "deaf", "autistic", "immigrant", "refugee"]
TEMPLATES = [
    "A {} man at the station",
    "Suspicious looking {} man near the shop",
    "Two {} women on the platform, wearing long coats",
    "A {} man left a black bag under the bench and walked away",
    "A {} person was trying all the car doors",
    "The {} woman has a knife",
    "Shots fired, a {} man is running",
    "{} kids filming the guards at the entrance",
    "I thought the {} man had no gun but he had wires on his bag",
    "A {} family having a picnic",
    "There is no {} person here with a weapon",
]


def outcome(text: str) -> tuple[object, ...]:
    found = assessed(text, category="suspicious_behaviour")
    rules = sorted(finding.rule for finding in found.findings)
    return found.priority, found.score, found.relevant, found.lane, rules, found.codes


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("words", [ORIGINS, FAITHS, OTHERS, ORIGINS + FAITHS + OTHERS])
def test_protected_words_can_be_swapped(template: str, words: list[str]) -> None:
    assert len({str(outcome(template.format(word))) for word in words}) == 1


@given(st.sampled_from(TEMPLATES[3:]), st.sampled_from(sorted(lexicons()["en"].identity)))
def test_where_something_happened_naming_an_identity_changes_nothing(template: str, word: str) -> None:
    assert outcome(template.format(word)) == outcome(template.format("").replace("  ", " "))


@pytest.mark.parametrize("swap", [("man", "woman"), ("He", "She"), ("boy", "girl"), ("men", "women"), ("him", "her")])
def test_gender_changes_nothing(swap: tuple[str, str]) -> None:
    texts = ["A man is asleep inside", "He tried all doors", "A boy throws stones", "Two men filming guards", "I saw him hide"]
    for text in texts:
        swapped = " ".join(swap[1] if word == swap[0] else word for word in text.split())
        assert outcome(text) == outcome(swapped)


@pytest.mark.parametrize(
    "text",
    [
        "An Arab man at the station",
        "A Muslim woman wearing a headscarf on the platform",
        "Suspicious looking Roma men near the shop",
        "A Mauritanian man standing near the shop",
        "There are two foreign-looking men on the bench in the park.",
        "A woman in a hijab is sitting in the cafe",
        "Black man walking on the street",
        "Marokkaanse man op het station",
        "Homme arabe dans la gare",
        "رجل عربي في المحطة",
    ],
)
def test_identity_alone_scores_nothing_and_goes_to_a_person(text: str) -> None:
    found = assessed(text, category="suspicious_behaviour", language=None)
    assert (found.score, found.priority, found.relevant, found.lane) == (0, 4, False, "reviewed")


@pytest.mark.parametrize(
    "text",
    [
        "An Arab man left a bag",
        "An Arab man took apart the ticket machine",
        "An Arab man with a gun",
        "A suspicious man at the station",
    ],
)
def test_an_act_an_item_or_an_unknown_word_keeps_a_report_in_the_queue(text: str) -> None:
    assert assessed(text, category="suspicious_behaviour").lane == "queue"


def test_answers_keep_a_report_in_the_queue() -> None:
    assert assessed("An Arab man", category="suspicious_behaviour", behaviours=("INTRSN",)).lane == "queue"
    assert assessed("An Arab man", category="unattended_item").lane == "queue"
