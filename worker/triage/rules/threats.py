"""Threats: words spoken, written or posted against people or a place. Quoting them does not weaken them."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, told

TO_LIFE = 60
THREAT = 30
VIOLENCE = 30
HARASSED = 25


def threats(case: Case) -> Iterator[Finding]:
    """A threat to life, another threat, or somebody harassed or followed."""
    reading = case.reading
    if to_life := reading.standing("threat_to_life"):
        yield told("threat.life", TO_LIFE, "The text tells of a threat to people's lives.", to_life)
    elif threat := reading.standing("threat"):
        yield told("threat.words", THREAT, "The text tells of a threat.", threat)
    if violence := reading.standing("violence"):
        yield told("threat.violence", VIOLENCE, "The text tells of violence between people.", violence)
    if harassed := reading.standing("harass"):
        yield told("threat.harassed", HARASSED, "The text tells of somebody harassed or followed.", harassed)
