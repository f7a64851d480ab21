"""Context, step 5 of triage: where and when it is, what else happens there, whether it goes on, and who tells.

It adds to evidence and is none itself: nothing here makes an ordinary report relevant, and nothing here opens the gate.
"""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, answered, told
from worker.triage.entry import OURS, PROTECT, ROOMS, Entry

CROWD = 5
SENSITIVE = 5
NIGHT = 5
STAFF = 10
HAPPENING = 10
EVENT = 10
THREAT_NEARBY = 10
# The kinds of venue where many people are, or that serve many.
SENSITIVE_KINDS = frozenset(
    (
        "station",
        "airport",
        "mall",
        "market",
        "museum",
        "theatre",
        "stadium",
        "school",
        "hospital",
        "worship",
        "government",
        "utility",
    )
)
# From the first hour until before the second few people have business outside.
NIGHT_HOURS = (23, 5)
ENTRIES = (
    Entry("context.crowd", (CROWD,), "Many people are there.", PROTECT, ("crowded",)),
    Entry("context.place", (SENSITIVE,), "The place serves or gathers many people.", PROTECT, ("sensitive",)),
    Entry("context.hour", (NIGHT,), "At an hour when few people have business there.", OURS),
    Entry("context.event", (EVENT,), "During an event of the calendar, at its place.", PROTECT),
    Entry("context.threat", (THREAT_NEARBY,), "Something urgent was reported near there in the last hours.", ROOMS),
    Entry("context.staff", (STAFF,), "Reported by staff, who know the place.", PROTECT),
    Entry("context.happening", (HAPPENING,), "Answered: it is happening now.", ROOMS),
)


def place(case: Case) -> Iterator[Finding]:
    """A crowd, and places where many people are or that serve many: in words, or by the place code."""
    if cues := case.reading.standing("crowded"):
        yield told("context.crowd", CROWD, "Many people are there.", cues)
    cues = case.reading.standing("sensitive")
    if cues or case.facts.venue_kind in SENSITIVE_KINDS:
        yield told("context.place", SENSITIVE, "The place serves or gathers many people.", cues)


def hour(case: Case) -> Iterator[Finding]:
    """Night, by the clock of the place."""
    begins, ends = NIGHT_HOURS
    at = case.facts.hour
    if at is not None and (at >= begins or at < ends):
        yield Finding("context.hour", NIGHT, "Seen at night, when few people have business there.")


def event(case: Case) -> Iterator[Finding]:
    """An entry of the event calendar that is on there."""
    if case.facts.events:
        nearest = min(case.facts.events, key=lambda each: each.distance_m)
        yield Finding("context.event", EVENT, f"During an event at this place: {nearest.name}.")


def threat(case: Case) -> Iterator[Finding]:
    """Something urgent nearby in the last hours. It is not said what: that may be another room's."""
    if case.facts.threats:
        metres = min(each.distance_m for each in case.facts.threats)
        reason = f"Something urgent was reported about {max(50, round(metres / 50) * 50)} m away in the last two hours."
        yield Finding("context.threat", THREAT_NEARBY, reason)


def reporter(case: Case) -> Iterator[Finding]:
    """Staff know what is normal in their place."""
    if case.facts.filer != "public":
        yield Finding("context.staff", STAFF, "Reported by staff, who know the place.")


def happening(case: Case) -> Iterator[Finding]:
    """The reporter says that it goes on now."""
    if case.facts.happening_now == "yes":
        yield answered("context.happening", HAPPENING, "Answered: it is happening now.")
