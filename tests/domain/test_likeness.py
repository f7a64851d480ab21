"""How alike two texts are: in any script, across slips, the same from either side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain import likeness
from reporting.domain.facts import EarlierReport
from reporting.domain.likeness import Probe, Wording
from tests.worker.made import report


def alike(first: str, second: str) -> float | None:
    return likeness.likeness(Probe.of(Wording.of(first)), Wording.of(second))


def a_copy(first: str, second: str) -> bool:
    return likeness.near_identical(Probe.of(Wording.of(first)), Wording.of(second))


def test_what_says_nothing_is_like_nothing() -> None:
    assert alike("", "a bag") is None
    assert alike("a bag", "") is None
    assert alike("a bag", "a bag") == 1.0
    assert not a_copy("", "")


def test_any_script_will_do() -> None:
    assert alike("حقيبة متروكة تحت المقعد", "حقيبة تحت المقعد في المحطة") == pytest.approx(0.67, abs=0.1)
    assert a_copy("Ύποπτη τσάντα κάτω από το παγκάκι", "ύποπτη τσάντα κάτω από το παγκάκι!")


def test_a_slip_of_spelling_stays_alike() -> None:
    value = alike("Suspicious rucksack beside the fountain", "Suspicous rucksak besides the fountain")
    assert value is not None and value >= 0.5


def test_a_copy_is_one_but_for_a_word_or_two() -> None:
    told = "a black rucksack stands alone under the second bench of platform seven since this morning"
    assert a_copy(told, told.replace("second", "third"))
    assert not a_copy(told, "a black rucksack stands alone")
    assert a_copy("black rucksack", "Black rucksack!")
    assert not a_copy("black rucksack", "grey rucksack")


@given(st.text(max_size=80), st.text(max_size=80))
def test_it_is_the_same_from_either_side_and_between_nothing_and_one(first: str, second: str) -> None:
    assert alike(first, second) == alike(second, first)
    assert a_copy(first, second) == a_copy(second, first)
    value = alike(first, second)
    assert value is None or 0 <= value <= 1


def test_what_is_kept_of_a_text_is_small_and_goes_with_its_report() -> None:
    """Letters are shared by all texts, and nothing is kept of a text but by those who have its report."""
    one, other = EarlierReport(text="a black rucksack"), EarlierReport(text="a black rucksack alone")
    assert next(each for each in one.wording.letters if each == "bla") is next(
        each for each in other.wording.letters if each == "bla"
    )
    assert one.wording is one.wording
    told = report("a black rucksack").prepared()
    assert told.as_earlier is told.as_earlier
    assert told.as_earlier.wording == one.wording
