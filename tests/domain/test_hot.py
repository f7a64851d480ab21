"""The item test: what answers mean, and that unknown is never no."""

from itertools import product

import pytest

from reporting.domain.facts import ANSWERS, Hot
from reporting.domain.hot import contradict, needs_safety_advice, verdict, worst

EVERY = [Hot(*answers) for answers in product(ANSWERS, repeat=3)]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (Hot("unknown", "yes", "unknown"), "high"),
        (Hot("no", "yes", "yes"), "high"),
        (Hot("yes", "no", "no"), "high"),
        (Hot("no", "no", "yes"), "lost_property"),
        (Hot("yes", "no", "unknown"), "raised"),
        (Hot("no", "no", "no"), "raised"),
        (Hot("no", "unknown", "yes"), "unclear"),
        (Hot(), "unclear"),
    ],
)
def test_the_answers_together(answers: Hot, expected: str) -> None:
    assert verdict(answers) == expected


def test_unknown_is_never_no() -> None:
    for answers in EVERY:
        if "unknown" in (answers.hidden, answers.obvious, answers.typical):
            assert verdict(answers) != "lost_property"


def test_every_bad_answer_asks_for_distance_before_the_camera() -> None:
    for answers in EVERY:
        bad = answers.hidden == "yes" or answers.obvious == "yes" or answers.typical == "no"
        assert needs_safety_advice(answers) == bad


def test_only_yes_against_no_contradicts() -> None:
    assert contradict(Hot(obvious="yes"), Hot(obvious="no"))
    assert not contradict(Hot(obvious="yes"), Hot(obvious="unknown"))
    assert all(contradict(one, other) == contradict(other, one) for one, other in product(EVERY, EVERY))


def test_the_worse_answer_stands() -> None:
    assert worst(Hot("no", "no", "yes"), Hot("yes", "unknown", "no")) == Hot("yes", "no", "no")
    for one, other in product(EVERY, EVERY):
        assert worst(one, other) == worst(other, one)
        assert worst(one, one) == one
        assert (verdict(worst(one, other)) == "high") >= (verdict(one) == "high")
