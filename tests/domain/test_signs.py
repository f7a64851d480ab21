"""Signs: the same in every language, and words that stand in a sentence."""

from reporting.domain.signs import hazards, in_words, listed, shared_danger, signs_of


def test_rules_become_signs_and_what_is_common_does_not() -> None:
    rules = ("item.wires", "item.unattended", "hot.obvious", "behaviour.PHOTO.answered", "behaviour.PHOTO.told", "context.place")
    assert signs_of(rules) == ("item.wires", "behaviour.PHOTO")


def test_a_list_of_signs_is_a_phrase_with_the_worst_first() -> None:
    assert listed(("item.wires",)) == "wires"
    assert listed(("weapon.firearm", "item.tape", "item.wires")) == "tape, wires and a firearm"
    assert in_words("behaviour.PHOTO").startswith("unusual photography")
    assert in_words("item.never_heard_of") == "never heard of"


def test_hazards_and_shared_danger() -> None:
    assert hazards(("item.wires", "vehicle.odd", "danger.fire")) == {"item.wires", "danger.fire"}
    assert shared_danger(("danger.attack",), ("danger.attack", "item.wires"))
    assert not shared_danger(("item.wires",), ("item.wires",))
