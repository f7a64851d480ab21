"""What the reporter answered to "What did they do?": group A weighs more than group B, a weapon most."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.behaviours import BEHAVIOURS, GROUP_A, plain_words
from reporting.domain.findings import Finding
from worker.triage.case import Case, answered
from worker.triage.entry import ISE_SAR, Entry

GROUP_A_WEIGHT = 45
GROUP_B_WEIGHT = 25
WEAPON_WEIGHT = 60


def behaviours_answered(case: Case) -> Iterator[Finding]:
    """One finding for each behaviour that was picked."""
    for code in case.answered_codes:
        yield answered(_rule(code), _weight(code), f"Answered: {plain_words(code).lower()}.")


def _rule(code: str) -> str:
    return "weapon.answered" if code == "WPNS" else f"behaviour.{code}.answered"


def _weight(code: str) -> int:
    if code == "WPNS":
        return WEAPON_WEIGHT
    return GROUP_A_WEIGHT if code in GROUP_A else GROUP_B_WEIGHT


ENTRIES = tuple(
    Entry(_rule(each.code), (_weight(each.code),), f"Answered: {plain_words(each.code).lower()}.", ISE_SAR) for each in BEHAVIOURS
)
