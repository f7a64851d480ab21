"""Old news: what was seen more than a quarter of an hour before it arrived is not "now".

Only a plausible device clock counts; facts with an implausible one carry no time of observation at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from reporting.domain.findings import Finding
from worker.triage.case import Case
from worker.triage.entry import OURS, Entry

FRESH = timedelta(minutes=15)
ENTRIES = (Entry("age.old", (0,), "Seen longer ago than 15 minutes: immediate only with a fresh report.", OURS),)


def age(case: Case) -> Iterator[Finding]:
    """Says "seen 3 h ago, arrived now"; the scale then keeps it at priority 2 at most."""
    if case.age is not None and case.age > FRESH:
        yield Finding("age.old", 0, f"Seen {_words(case.age)} ago, arrived now.")


def _words(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} days"
