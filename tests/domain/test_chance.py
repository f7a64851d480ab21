"""The supply of random bits for one deed: each bit is given out once, and never more than there are."""

import pytest

from reporting.domain.chance import Chance


def test_every_bit_is_given_out_once() -> None:
    chance = Chance(0xABCD, 16)
    assert (chance(4), chance(8), chance(4)) == (0xD, 0xBC, 0xA)


def test_an_empty_supply_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        Chance(1, 8)(9)


def test_ids_are_version_four() -> None:
    chance = Chance((1 << 256) - 1, 256)
    assert chance.key().version == 4
    assert chance.octets(16) == b"\xff" * 16
