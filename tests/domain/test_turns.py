"""Turns: who sends more than its share stands behind; nobody else does."""

from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.turns import DEVICE_SHARE, NETWORK_SHARE, WINDOW_S, Source, Turns


def test_a_phone_may_send_its_share_and_then_stands_behind() -> None:
    turns = Turns()
    assert turns.behind([Source("d")] * (DEVICE_SHARE + 2), 0.0) == [False] * DEVICE_SHARE + [True] * 2


def test_a_flood_goes_on_standing_behind_and_is_forgiven_when_it_ends() -> None:
    turns = Turns()
    turns.behind([Source("d")] * 100, 0.0)
    assert turns.behind([Source("d")], 5.0) == [True]
    assert turns.behind([Source("d")], 5.0 + 2 * WINDOW_S) == [False]


def test_many_phones_on_one_network_have_a_larger_share() -> None:
    turns = Turns()
    late = turns.behind([Source(f"d{n}", "mall") for n in range(NETWORK_SHARE + 5)], 0.0)
    assert late == [False] * NETWORK_SHARE + [True] * 5


def test_staff_never_stand_behind() -> None:
    assert not any(Turns().behind([Source()] * 1000, 0.0))


@given(st.lists(st.sampled_from(["flood", "calm"]), max_size=200))
def test_a_flood_puts_nobody_else_behind(order: list[str]) -> None:
    sent = [Source(who, who) for who in order]
    calm = [late for who, late in zip(order, Turns().behind(sent, 0.0), strict=True) if who == "calm"]
    assert not any(calm[:DEVICE_SHARE])


def test_what_is_remembered_stays_bounded() -> None:
    turns = Turns()
    for number in range(20_000):
        turns.behind([Source(f"d{number}")], number * 0.1)
    assert len(turns._sent) < 6_000
