"""Categories, behaviours, places, priorities: the lists are whole, and what the public reads is plain."""

import re

import pytest

from reporting.domain.behaviours import (
    BEHAVIOURS,
    CODES,
    GROUP_A,
    GROUP_B,
    PLAIN_CHOICES,
    codes_for,
    is_known,
    lawful_only,
    only_group_b,
    plain_words,
)
from reporting.domain.categories import BY_CODE, CATEGORIES, HOT_QUESTIONS, usual_priority
from reporting.domain.corroboration import corroborated
from reporting.domain.places import believed_accuracy_m, is_place_code, is_position, read_place_code
from reporting.domain.priorities import PRIORITIES, acknowledge_target_s, worse

EXPECTED = {"unattended_item", "suspicious_behaviour", "suspicious_vehicle", "drone", "threat", "tampering", "other"}


def test_the_categories_are_those_of_the_field() -> None:
    assert set(BY_CODE) == EXPECTED
    assert len(BY_CODE) == len(CATEGORIES)
    assert all(usual_priority(code) in PRIORITIES for code in [*BY_CODE, "something new"])


def test_the_item_test_is_asked_in_its_own_words() -> None:
    assert [question.text for question in HOT_QUESTIONS] == [
        "Has it been put where it is hard to see?",
        "Wires, batteries, tape, liquid, putty, smell, or left after odd behaviour?",
        "Is it what you would expect to find here?",
    ]
    assert BY_CODE["unattended_item"].questions[:3] == HOT_QUESTIONS


def test_what_the_public_reads_is_plain_and_short_and_names_no_code() -> None:
    for category in CATEGORIES:
        texts = [category.label, category.help]
        for question in category.questions:
            texts += [question.text, question.help, *(answer.label for answer in question.answers)]
            assert question.answers or question.kind == "text"
            assert len({answer.code for answer in question.answers}) == len(question.answers)
        for text in texts:
            assert len(text.split()) <= 16
            assert not set(re.findall(r"[A-Z]{4,}", text)) & CODES


def test_sixteen_codes_in_two_groups() -> None:
    assert len(BEHAVIOURS) == len(CODES) == 16
    assert GROUP_A | GROUP_B == CODES
    assert not GROUP_A & GROUP_B
    assert {"INTRSN", "MISREP", "THEFT", "SABOT", "CYBER", "THREAT", "AVIATION"} == GROUP_A


def test_plain_choices_and_codes_both_name_a_behaviour() -> None:
    assert codes_for(["tried_doors", "TESTSEC", "PHOTO", "something_else", "nonsense"]) == ("TESTSEC", "PHOTO")
    assert is_known("tried_doors") and is_known("TESTSEC") and is_known("something_else") and not is_known("nonsense")
    assert all(choice.code is None or choice.code in CODES for choice in PLAIN_CHOICES)


def test_plain_words_never_show_a_code() -> None:
    assert not any(code in plain_words(code) for code in CODES)
    assert plain_words("nonsense") == "Something else"


def test_only_group_b_needs_at_least_one_code() -> None:
    assert only_group_b(["PHOTO", "SURVL"])
    assert not only_group_b(["PHOTO", "INTRSN"])
    assert not only_group_b([])
    assert not only_group_b(["WPNS"]), "a weapon that was seen is never lawful until more is known"


def test_findings_are_only_lawful_without_anything_graver() -> None:
    filmed = ("behaviour.PHOTO.told", 25)
    assert lawful_only([filmed, ("category.usual", 12), ("context.place", 5)])
    for graver in ("danger.fire", "weapon.firearm", "item.wires", "hot.obvious", "threat.life", "behaviour.INTRSN.told"):
        assert not lawful_only([filmed, (graver, 20)])
    assert lawful_only([filmed, ("item.denied", -5)])
    assert not lawful_only([("category.usual", 30)])


@pytest.mark.parametrize("typed", ["K7QD", "k7qd", "K7-QD", " k7 qd "])
def test_a_place_code_survives_being_typed(typed: str) -> None:
    assert read_place_code(typed) == "K7QD"
    assert is_place_code(typed)


def test_look_alikes_are_read_as_digits_and_nonsense_is_no_code() -> None:
    assert read_place_code("KIOL") == "K101"
    assert not is_place_code("K7")
    assert not is_place_code("")
    assert not is_place_code("ÄÄÄÄ")


def test_a_position_is_on_the_globe_and_not_the_phones_zero() -> None:
    assert is_position(60.17, 24.94)
    assert not is_position(0.0, 0.0)
    assert not is_position(91, 0)
    assert not is_position(float("nan"), 1)


def test_accuracy_is_believed_else_the_usual_one() -> None:
    assert believed_accuracy_m(12.0, "gps") == 12.0
    assert believed_accuracy_m(None, "address") == 30.0
    assert believed_accuracy_m(-1.0, None) == 25.0


def test_targets_default_and_can_be_set() -> None:
    assert [acknowledge_target_s(priority) for priority in PRIORITIES] == [60, 300, 900, None]
    assert acknowledge_target_s(2, {2: 120}) == 120
    assert acknowledge_target_s(3, {2: 120}) == 900
    assert worse(3, 1) == 1


def test_four_sources_raise_once_by_one_step() -> None:
    assert corroborated(3, 3, 4)[0] == 2
    assert corroborated(2, 3, 4) == (1, "4 independent sources report the same.")
    assert corroborated(2, 4, 5) == (2, "")
    assert corroborated(3, 2, 3) == (3, "")
    assert corroborated(1, 3, 4) == (1, "")
