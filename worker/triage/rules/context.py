"""Context, step 5 of triage: where it is, whether it goes on, and who tells. It adds to evidence and is none itself."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, answered, told

CROWD = 5
SENSITIVE = 5
STAFF = 10
HAPPENING = 10


def place(case: Case) -> Iterator[Finding]:
    """A crowd or an event, and places where many people are or that serve many."""
    if cues := case.reading.standing("crowded"):
        yield told("context.crowd", CROWD, "Many people are there.", cues)
    if cues := case.reading.standing("sensitive"):
        yield told("context.place", SENSITIVE, "The place serves or gathers many people.", cues)


def reporter(case: Case) -> Iterator[Finding]:
    """Staff know what is normal in their place."""
    if case.facts.filer != "public":
        yield Finding("context.staff", STAFF, "Reported by staff, who know the place.", (), "filer")


def happening(case: Case) -> Iterator[Finding]:
    """The reporter says that it goes on now."""
    if case.facts.happening_now == "yes":
        yield answered("context.happening", HAPPENING, "Answered: it is happening now.")
