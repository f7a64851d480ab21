"""Random names for things people talk about: report references and incident numbers. Never sequential, never in time order."""

from collections.abc import Callable

from reporting.domain.receipts import ALPHABET


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
