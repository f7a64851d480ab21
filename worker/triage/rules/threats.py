"""Threats and violence: words spoken, written or posted against people or a place. Quoting them does not weaken them."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.entry import ISE_SAR, ROOMS, Entry

TO_LIFE = 60
THREAT = 30
VIOLENCE = 30
HARASSED = 25
AGGRESSIVE = 15
HATE = 25
PERHAPS = 15
_REACH = 3

ENTRIES = (
    Entry("threat.life", (TO_LIFE,), "A threat to people's lives.", ISE_SAR, ("threat_to_life",)),
    Entry("threat.words", (THREAT,), "A threat.", ISE_SAR, ("threat",)),
    Entry("threat.violence", (VIOLENCE,), "Violence between people.", ROOMS, ("violence",)),
    Entry("threat.harassed", (HARASSED,), "Somebody is harassed, followed or insulted.", ROOMS, ("harass",)),
    Entry("threat.hate", (HATE, PERHAPS), "Somebody attacked or insulted for who they are.", ROOMS, ("hate",)),
    Entry("threat.aggressive", (AGGRESSIVE,), "Somebody is aggressive towards people.", ROOMS, ("aggression", "yelling")),
)


def threats(case: Case) -> Iterator[Finding]:
    """A threat to life, another threat, violence, somebody harassed or followed, or somebody aggressive."""
    reading = case.reading
    if to_life := reading.standing("threat_to_life"):
        yield told("threat.life", TO_LIFE, "The text tells of a threat to people's lives.", to_life)
    elif threat := reading.standing("threat"):
        yield told("threat.words", THREAT, "The text tells of a threat.", threat)
    if violence := reading.standing("violence"):
        yield told("threat.violence", VIOLENCE, "The text tells of violence between people.", violence)
    if harassed := reading.standing("harass"):
        yield told("threat.harassed", HARASSED, "The text tells of somebody harassed, followed or insulted.", harassed)
    if hate := reading.standing("hate"):
        weight = PERHAPS if all(cue.hedged for cue in hate) else HATE
        yield told("threat.hate", weight, "The text tells of somebody attacked or insulted for who they are.", hate)
    if aggressive := [*reading.standing("aggression"), *reading.near("yelling", "outsider", _REACH)]:
        yield told("threat.aggressive", AGGRESSIVE, "The text tells of somebody aggressive towards people.", aggressive)
