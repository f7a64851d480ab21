"""Where a report starts: the usual weight of its category."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.categories import BY_CODE, usual_priority
from reporting.domain.findings import Finding
from worker.triage.case import Case
from worker.triage.entry import OURS, Entry

WEIGHT_OF_PRIORITY: dict[int, int] = {1: 60, 2: 60, 3: 30, 4: 0}
ENTRIES = (Entry("category.usual", (30, 60), 'Where its category starts; nothing for "something else".', OURS),)


def usual(case: Case) -> Iterator[Finding]:
    """The weight a category brings by itself; none for "something else"."""
    code = case.facts.category
    weight = WEIGHT_OF_PRIORITY[usual_priority(code)]
    if weight:
        label = BY_CODE[code].label if code in BY_CODE else code
        yield Finding("category.usual", weight, f"Reported as: {label}.")
