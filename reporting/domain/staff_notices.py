"""What staff of a house without a room of its own reads by itself of an incident there: to look, to keep away, or only to know.

The same reasons that forbid a first look forbid this one. Who reads it may never have been trained: so nobody is asked to look at
what is dangerous, at people or at vehicles. Pure.
"""

from typing import Final

from reporting.domain.first_look import ASIDE, AVOIDED, Looked, reasons_against

PLEASE_LOOK: Final = "please_look"
KEEP_AWAY: Final = "keep_away"
ONLY_TOLD: Final = "for_information"
WORSE: Final = (PLEASE_LOOK, ONLY_TOLD, KEEP_AWAY)
"""From the mildest on."""
WORDS: Final[dict[str, str]] = {
    PLEASE_LOOK: "Please look from where it is safe, and tell us what you see.",
    KEEP_AWAY: "Do not go near, do not touch, keep others away.",
    ONLY_TOLD: "Do not go near, and do not follow anybody.",
}
"""kind -> what programs read; pages have words of their own."""
SAID: Final[dict[str, str]] = {
    PLEASE_LOOK: "asked to look",
    KEEP_AWAY: "told to keep away",
    ONLY_TOLD: "told not to go near",
}
"""kind -> what the room reads on its timeline."""


def worse_than(kind: str) -> tuple[str, ...]:
    """The kinds that a notice of this kind takes the place of."""
    return tuple(WORSE[: WORSE.index(kind)])


def kind_of(facts: Looked) -> str:
    """What is right for this incident: keep away from what may be dangerous, leave people and vehicles alone, else look."""
    reasons = {reason for reason in reasons_against(facts) if reason not in ASIDE}
    if not reasons:
        return PLEASE_LOOK
    return KEEP_AWAY if reasons & AVOIDED else ONLY_TOLD
