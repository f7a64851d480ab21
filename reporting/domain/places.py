"""Places people name: how a place code is read, what a position is worth, and the kinds of venue."""

from __future__ import annotations

from typing import Literal

PointSource = Literal["gps", "pin", "address", "venue", "picture"]
POINT_SOURCES: tuple[PointSource, ...] = ("gps", "pin", "address", "venue", "picture")

ITEM_SIZES: tuple[str, ...] = ("small", "large", "vehicle", "large_vehicle")

# Crockford's base 32: no I, L, O and U, so that a code survives being read aloud or from a worn sticker.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})

# Radius in metres to believe when the sender gave none (median phone errors: GPS 8, Wi-Fi 74, cell 600).
DEFAULT_ACCURACY_M: dict[str, float] = {"gps": 15.0, "pin": 20.0, "address": 30.0, "venue": 40.0, "picture": 30.0}
UNKNOWN_ACCURACY_M = 25.0

VENUE_KINDS: tuple[str, ...] = (
    "station", "stop", "airport", "mall", "market", "museum", "theatre", "stadium", "school", "hospital",
    "worship", "government", "square", "park", "hotel", "shop", "utility", "other",
)  # fmt: skip


def read_place_code(text: str) -> str:
    """A place code as stored: upper case, without spaces and dashes, look-alike letters read as digits."""
    kept = "".join(character for character in text.upper() if character.isalnum())
    return kept.translate(_LOOKALIKES)


def is_place_code(text: str) -> bool:
    """Whether a text could be a place code at all: four to twelve characters of the alphabet."""
    code = read_place_code(text)
    return 4 <= len(code) <= 12 and all(character in CODE_ALPHABET for character in code)


def is_position(lat: float, lon: float) -> bool:
    """Whether two numbers are a WGS-84 position. The point 0, 0 in the sea is a phone without a fix, not a place."""
    return -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0.0, 0.0)


def believed_accuracy_m(accuracy_m: float | None, source: str | None) -> float:
    """The radius in metres to reckon with: what was claimed, else the usual one of the source."""
    if accuracy_m is not None and accuracy_m >= 0:
        return accuracy_m
    return DEFAULT_ACCURACY_M.get(source or "", UNKNOWN_ACCURACY_M)
