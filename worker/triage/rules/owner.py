"""The first step with every item: find its owner. An owner who was found says more than anything else."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, answered
from worker.triage.entry import HOT, Entry

FOUND = -120
LOOKED_IN_VAIN = 10
ENTRIES = (
    Entry("owner.found", (FOUND,), "Answered: the owner was found.", HOT),
    Entry("owner.not_found", (LOOKED_IN_VAIN,), "Answered: the owner was looked for and not found.", HOT),
)


def owner(case: Case) -> Iterator[Finding]:
    """Owner found: strongly negative. Looked for in vain: a little more."""
    facts = case.facts
    if facts.owner_found == "yes":
        yield answered("owner.found", FOUND, "Answered: the owner was found.")
    elif facts.owner_looked_for == "yes" and facts.owner_found == "no":
        yield answered("owner.not_found", LOOKED_IN_VAIN, "Answered: the owner was looked for and not found.")
