"""How it ended, when the report tells. It lowers the priority; that it deserved a look when it was filed remains."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, answered, told
from worker.triage.entry import OURS, ROOMS, Entry

RESOLVED = -20
GONE = -10
ENTRIES = (
    Entry(
        "ending.resolved", (RESOLVED,), "The text tells how it ended: less urgent, as relevant as before.", OURS, ("resolved",)
    ),
    Entry("ending.gone", (GONE,), "Answered: it is no longer there.", ROOMS),
)


def ending(case: Case) -> Iterator[Finding]:
    """The text says that it is over, or the reporter answered that it is no longer there."""
    over = [cue for cue in case.reading.found("resolved") if not (cue.negated or cue.hypothetical)]
    if over:
        yield told("ending.resolved", RESOLVED, "The text tells how it ended.", over)
    if case.facts.still_there == "no":
        yield answered("ending.gone", GONE, "Answered: it is no longer there.")
