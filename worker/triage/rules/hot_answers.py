"""The unattended-item answers, step 2 of triage: what somebody answered weighs more than any word in the text."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain import hot
from reporting.domain.findings import Finding
from worker.triage.case import Case, answered
from worker.triage.entry import HOT, Entry

HIGH = 60
RAISED = 20
LOST_PROPERTY = -40
ENTRIES = (
    Entry("hot.obvious", (HIGH,), "Answered: it looks obviously suspicious.", HOT),
    Entry("hot.hidden_untypical", (HIGH,), "Answered: hidden, and not what one expects to find there.", HOT),
    Entry("hot.raised", (RAISED,), "Answered: hidden, or not what one expects to find there.", HOT),
    Entry("hot.lost_property", (LOST_PROPERTY,), "Answered: not hidden, nothing obvious, usual there.", HOT),
)


def hot_answers(case: Case) -> Iterator[Finding]:
    """O=yes is high; H=yes with T=no is high; one bad answer raises; H=no, O=no, T=yes is lost property.

    Source: British Transport Police, HOT protocol. Unknown is never read as no.
    """
    answers = case.facts.hot
    verdict = hot.verdict(answers)
    if verdict == "high" and answers.obvious == "yes":
        yield answered("hot.obvious", HIGH, "Answered: it looks obviously suspicious.")
    elif verdict == "high":
        yield answered("hot.hidden_untypical", HIGH, "Answered: it is hidden and not what you expect to find here.")
    elif verdict == "raised":
        which = "it is hidden" if answers.hidden == "yes" else "it is not what you expect to find here"
        yield answered("hot.raised", RAISED, f"Answered: {which}.")
    elif verdict == "lost_property":
        yield answered(
            "hot.lost_property", LOST_PROPERTY, "Answered: not hidden, nothing obvious, usual here: like lost property."
        )
