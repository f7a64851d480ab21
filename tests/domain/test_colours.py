"""A deployer's colour: refused when nobody could read on it, and readable in both themes otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.colours import NIGHT, READABLE, WHITE, by_day, by_night, contrast, read_colour

PARTS = st.integers(0, 255)


def plain(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


@pytest.mark.parametrize("text", ["", "teal", "#123", "#0B4F6C;}", "#FFFF00", "#FFFFFF"])
def test_what_is_no_colour_or_too_light_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"colour|light"):
        read_colour(text)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), WHITE) == pytest.approx(21)
    assert contrast(plain("#777777"), WHITE) == pytest.approx(4.48, abs=0.01)


@given(PARTS, PARTS, PARTS)
def test_words_can_be_read_in_both_themes(red: int, green: int, blue: int) -> None:
    if contrast((red, green, blue), WHITE) < READABLE:
        return
    day, night = by_day((red, green, blue)), by_night((red, green, blue))
    assert contrast(plain(day.accent), plain(day.on_accent)) >= READABLE
    assert contrast(plain(day.strong), plain(day.on_accent)) >= READABLE
    assert contrast(plain(night.accent), plain(night.on_accent)) >= READABLE
    assert contrast(plain(night.accent), NIGHT) >= READABLE
    assert contrast(plain(night.band), WHITE) >= READABLE
