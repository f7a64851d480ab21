"""The deployer's colour: whether it can be read, and the tones that pages of both themes need of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

READABLE: Final = 4.5
"""WCAG 2.2, 1.4.3: the least contrast of text to what it stands on."""
COMFORTABLE: Final = 7.0
WHITE: Final = (255, 255, 255)
BLACK: Final = (0, 0, 0)
NIGHT: Final = (16, 25, 31)
"""The ground of the dark theme (static/css/public.css)."""
_HEX: Final = re.compile(r"#([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})")

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Tones:
    """One theme's values, each as #rrggbb."""

    accent: str
    strong: str
    on_accent: str
    tint: str
    band: str


def read_colour(text: str) -> Colour:
    """Red, green and blue of "#0B4F6C". Refuses with ValueError what is no colour or too light for white words on it."""
    found = _HEX.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a colour like #0B4F6C")
    colour = (int(found[1], 16), int(found[2], 16), int(found[3], 16))
    if contrast(colour, WHITE) < READABLE:
        raise ValueError(f"{text} is too light: white words on it need a contrast of {READABLE} to 1")
    return colour


def contrast(one: Colour, other: Colour) -> float:
    """The contrast of two colours, 1 to 21, as WCAG reckons it."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def by_day(colour: Colour) -> Tones:
    """The tones on white."""
    return Tones(_hex(colour), _hex(mixed(colour, BLACK, 0.25)), _hex(WHITE), _hex(mixed(WHITE, colour, 0.09)), _hex(colour))


def by_night(colour: Colour) -> Tones:
    """The tones on the dark ground: the same hue, light enough to be read."""
    accent = _until(colour, WHITE, NIGHT)
    dark = mixed(colour, BLACK, 0.8)
    tint, band = mixed(NIGHT, colour, 0.25), mixed(colour, BLACK, 0.4)
    return Tones(_hex(accent), _hex(mixed(accent, WHITE, 0.35)), _hex(_until(dark, BLACK, accent)), _hex(tint), _hex(band))


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """The first colour with a share (0 to 1) of the second."""
    red, green, blue = (round(mine + (theirs - mine) * share) for mine, theirs in zip(one, other, strict=True))
    return red, green, blue


def _until(colour: Colour, towards: Colour, ground: Colour) -> Colour:
    """As little as needed of another colour, until it can be read at ease."""
    steps = (mixed(colour, towards, share / 20) for share in range(21))
    return next((each for each in steps if contrast(each, ground) >= COMFORTABLE), towards)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
