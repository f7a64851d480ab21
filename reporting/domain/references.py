"""Random names for things people talk about: report references and incident numbers. Never sequential, never in time order."""

import re
from collections.abc import Callable
from typing import Final

from reporting.domain.receipts import ALPHABET

_NUMBER: Final = re.compile(r"#\s*([0-9A-Z-]{6,10})|([0-9A-Z]{3}-[0-9A-Z]{4})")
_AS_READ: Final = str.maketrans("OIL", "011")


def number_in(words: str) -> str:
    """The incident's number that these words are, as it is written: after a `#`, or in its own form; else empty. Letters that
    are taken for a digit are read as the digit."""
    found = _NUMBER.fullmatch(words.strip().upper())
    return (found[1] or found[2]).translate(_AS_READ) if found else ""


def new_reference(random_bits: Callable[[int], int]) -> str:
    """A report's reference, `R-XXXX-XXXX` (40 bits): safe to say aloud, opens nothing."""
    text = _characters(random_bits, 8)
    return f"R-{text[:4]}-{text[4:]}"


def new_incident_number(random_bits: Callable[[int], int]) -> str:
    """An incident's number, `7K3-M9QP` (35 bits): short enough for the radio, says nothing about how many there are."""
    text = _characters(random_bits, 7)
    return f"{text[:3]}-{text[3:]}"


def _characters(random_bits: Callable[[int], int], count: int) -> str:
    bits = random_bits(5 * count)
    return "".join(ALPHABET[(bits >> (5 * index)) & 31] for index in range(count))
