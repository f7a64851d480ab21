"""Nobody is ever asked to look at what may be dangerous, at people, or at themselves; the reason is always a sentence."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.facts import ANSWERS, Hot
from reporting.domain.first_look import CLOSED, Looked, check_of, is_dangerous, why_not

BAG = Looked(categories=frozenset(("unattended_item",)), priority=3)
HOTS = st.builds(Hot, *[st.sampled_from(ANSWERS)] * 3)


@pytest.mark.parametrize("hot", [Hot(), Hot("yes"), Hot("no", "no", "yes"), Hot(typical="no"), Hot("unknown", "no", "no")])
def test_a_bag_without_a_bad_sign_may_be_looked_at(hot: Hot) -> None:
    assert why_not(replace(BAG, hot=hot)) == ""


NEVER = {
    "obviously suspicious": {"hot": Hot(obvious="yes")},
    "hidden and not usual": {"hot": Hot(hidden="yes", typical="no")},
    "a person": {"categories": frozenset(("suspicious_behaviour",))},
    "a bag, and a person in another report": {"categories": frozenset(("unattended_item", "suspicious_behaviour"))},
    "a vehicle": {"categories": frozenset(("suspicious_vehicle",))},
    "a threat": {"categories": frozenset(("threat",))},
    "a drone": {"categories": frozenset(("drone",))},
    "what somebody did": {"behaviours": frozenset(("WPNS",))},
    "something else that somebody did": {"behaviours": frozenset(("something_else",))},
    "as big as a car": {"sizes": frozenset(("small", "vehicle"))},
    "a weapon in the words": {"findings": (("weapon.firearm", 60),)},
    "a threat in the words": {"findings": (("threat.words", 30),)},
    "a vehicle in the words": {"findings": (("vehicle.odd", 10),)},
    "somebody in the words": {"findings": (("behaviour.SURVL.told", 15),)},
    "wires in the words": {"findings": (("item.wires", 30),)},
    "immediate danger": {"danger": True},
    "immediate by an operator's word": {"priority": 1},
    "about staff": {"about_staff": True},
    "about who somebody is": {"only_about_people": True},
    "an exercise": {"exercise": True},
    "closed": {"closed": True},
}


@pytest.mark.parametrize("changes", NEVER.values(), ids=NEVER)
def test_nobody_is_asked_to_look_at(changes: dict) -> None:
    reason = why_not(replace(BAG, **changes))
    assert reason.endswith(".") and len(reason.split()) < 15


@pytest.mark.parametrize("finding", [("item.unattended", 30), ("item.denied", -5), ("harmless.litter", -30), ("weapon.toy", 20)])
def test_what_tells_of_no_danger_forbids_nothing(finding: tuple[str, int]) -> None:
    assert why_not(replace(BAG, findings=(finding,))) == ""


@given(hot=HOTS, priority=st.integers(1, 4), danger=st.booleans(), staff=st.booleans())
def test_whatever_else_is_known_a_bad_answer_forbids_it(hot: Hot, priority: int, danger: bool, staff: bool) -> None:
    offered = not why_not(replace(BAG, hot=hot, priority=priority, danger=danger, about_staff=staff))
    bad = hot.obvious == "yes" or (hot.hidden == "yes" and hot.typical == "no")
    assert offered == (not bad and priority > 1 and not danger and not staff)


def test_who_is_on_the_way_is_told_to_keep_away_from_danger_alone() -> None:
    assert is_dangerous(why_not(replace(BAG, hot=Hot(obvious="yes"))))
    assert not is_dangerous(why_not(replace(BAG, closed=True))) and not is_dangerous("") and not is_dangerous(CLOSED)


@pytest.mark.parametrize(
    ("hot", "result"),
    [
        (Hot("no", "no", "yes"), "harmless"),
        (Hot("no", "yes", "yes"), "worrying"),
        (Hot("yes", "no", "no"), "answered"),
        (Hot("no"), "answered"),
        (Hot(), "not_seen"),
    ],
)
def test_answers_become_a_look(hot: Hot, result: str) -> None:
    check = check_of(hot, 48)
    assert (check.kind, check.result) == ("staff_looked", result)
    assert "48 s" in check.sentence and all(f" {answer}" in check.sentence for answer in {hot.hidden} - {"unknown"})


def test_an_answer_that_was_given_stands_in_the_look_as_it_was_given() -> None:
    assert check_of(Hot("yes", "no", "no"), 1).answers == Hot("yes", "no", "no")
    assert check_of(Hot(), 1).answers == Hot()
