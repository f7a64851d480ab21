"""Changes over rows: what is left out changes nothing, what two sides changed is named, and newer rows shine through."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.domain.drafts import Change, Clash, Difference, clashes, differences, lay_over

KEYS = st.sampled_from("abc")
VALUES = st.fixed_dictionaries({"name": st.sampled_from("xyz"), "rank": st.integers(0, 2)})
ROWS = st.dictionaries(KEYS, VALUES)
CHANGES = st.lists(
    st.one_of(
        st.builds(Change, st.just("change"), KEYS, st.dictionaries(st.sampled_from(["name", "rank"]), st.integers(0, 9))),
        st.builds(Change, st.just("add"), KEYS, VALUES),
        st.builds(Change, st.sampled_from(["remove", "reset", "rebase"]), KEYS, st.just({})),
    )
)


@settings(deadline=None)
@given(ROWS, CHANGES)
def test_rows_below_are_never_touched(base: dict, changes: list[Change]) -> None:
    before = {key: dict(row) for key, row in base.items()}
    lay_over(base, changes)
    assert base == before


@settings(deadline=None)
@given(ROWS, CHANGES)
def test_taking_back_every_change_gives_the_rows_below(base: dict, changes: list[Change]) -> None:
    resets = [Change("reset", key, {}) for key in "abc"]
    assert lay_over(base, [*changes, *resets]) == base


@settings(deadline=None)
@given(ROWS, ROWS)
def test_differences_tell_exactly_what_differs(before: dict, after: dict) -> None:
    told = {each.key: each for each in differences(before, after)}
    for key in before.keys() | after.keys():
        assert (key in told) == (before.get(key) != after.get(key))
    assert differences(before, before) == []


@settings(deadline=None)
@given(ROWS, ROWS, CHANGES)
def test_what_the_draft_did_not_touch_comes_from_the_newer_rows(old: dict, new: dict, changes: list[Change]) -> None:
    touched = {change.key for change in changes}
    draft = lay_over(new, changes)
    for key in (old.keys() | new.keys()) - touched:
        assert draft.get(key) == new.get(key)


def test_one_value_changed_by_both_is_a_clash_and_others_are_not() -> None:
    old = {"a": {"name": "Park", "rank": 0}}
    mine = [Change("change", "a", {"rank": 5})]
    assert clashes(old, {"a": {"name": "Green", "rank": 0}}, mine) == []
    assert clashes(old, {"a": {"name": "Park", "rank": 3}}, mine) == [Clash("a", "rank")]
    assert clashes(old, {"a": {"name": "Park", "rank": 5}}, mine) == []
    assert clashes(old, {}, mine) == [Clash("a", "")]


def test_a_row_is_added_changed_or_removed() -> None:
    told = differences({"a": {"rank": 1}, "b": {"rank": 1}}, {"b": {"rank": 2}, "c": {"rank": 1}})
    assert told == [Difference("a", "removed"), Difference("b", "changed", ("rank",)), Difference("c", "added")]
