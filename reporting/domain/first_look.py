"""When a control room may ask trained staff "please look, 2 minutes, do not touch", and what their answers mean. Pure.

It is asked about a thing that lies somewhere and about nothing else: never about what looks dangerous, never about a person, and
never about those who would be asked. Whoever is asked may say "I can't" with one tap; nobody keeps that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from reporting.domain.checks import Check
from reporting.domain.facts import Hot
from reporting.domain.hot import verdict

TRAINED: Final = "hot"
"""The kind of training that makes somebody who may be asked."""
NEAR_M: Final = 150
"""How far from the incident a venue may lie whose staff is asked: two minutes there and back, at a walk."""
MOST_ASKED: Final = 8
"""Whom nobody could look for by then is better looked at otherwise."""
MOST_URGENT: Final = 1
CLOSED: Final = "The incident is closed."
NOBODY: Final = "Nobody with training is on duty there now."
OBVIOUS: Final = "It is obviously suspicious. Nobody goes near."
HIDDEN: Final = "It is hidden and not usual there. Nobody goes near."
THINGS: Final = frozenset(("unattended_item", "tampering", "other"))
"""Categories in which there may be a thing to look at."""
OTHERS: Final[dict[str, str]] = {
    "suspicious_behaviour": "It is about a person. Nobody is asked to look at people.",
    "suspicious_vehicle": "It is about a vehicle. Nobody is asked to go near one.",
    "threat": "It is a threat. Nobody is asked to go near.",
    "drone": "The three questions do not fit a drone.",
}
SIGNS: Final[dict[str, str]] = {
    "danger": "It tells of immediate danger. Nobody is sent near.",
    "weapon": "It tells of a weapon. Nobody is sent near.",
    "threat": "It tells of a threat. Nobody is sent near.",
    "vehicle": "It tells of a vehicle. Nobody is asked to go near one.",
    "behaviour": "It tells of what somebody did. Nobody is asked to look at people.",
    "presence": "It tells of somebody there. Nobody is asked to look at people.",
    "item": "It tells of wires, smell or the like. That is obviously suspicious.",
}
"""First part of a rule of triage -> why nobody is asked where that rule spoke."""
HARMLESS_SIGNS: Final = frozenset(("item.unattended", "item.described", "item.denied", "weapon.toy"))
"""Rules of those rooms that tell of no danger by themselves."""
VEHICLES: Final = frozenset(("vehicle", "large_vehicle"))
EXERCISE: Final = "It is an exercise. Staff at work is not asked."
OWN_PEOPLE: Final = "It is about people who work there. They are not asked."
ASIDE: Final = frozenset((CLOSED, EXERCISE, OWN_PEOPLE))
"""Reasons that say nothing of the thing itself."""
AVOIDED: Final = frozenset((OBVIOUS, HIDDEN, OTHERS["threat"], *(SIGNS[sign] for sign in ("danger", "weapon", "threat", "item"))))
"""Reasons for which everybody keeps away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What of an incident and of its reports decides. `findings` are rules of triage with their weights; `danger`: the gate of
    immediate danger is open. `categories` are those of the incident and of its reports. `only_about_people`: it only says who
    somebody is."""

    categories: frozenset[str]
    priority: int
    hot: Hot = field(default_factory=Hot)
    behaviours: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()
    findings: tuple[tuple[str, int], ...] = ()
    danger: bool = False
    about_staff: bool = False
    only_about_people: bool = False
    closed: bool = False
    exercise: bool = False


def why_not(facts: Looked) -> str:
    """Why nobody may be asked to look, as a sentence for operators; empty where somebody may be."""
    return next(reasons_against(facts), "")


def reasons_against(facts: Looked) -> Iterator[str]:
    """Every reason there is, those about the whole incident first."""
    if facts.closed:
        yield CLOSED
    if facts.exercise:
        yield EXERCISE
    if facts.about_staff:
        yield OWN_PEOPLE
    if facts.danger or facts.priority == MOST_URGENT:
        yield SIGNS["danger"]
    if facts.hot.obvious == "yes":
        yield OBVIOUS
    if verdict(facts.hot) == "high":
        yield HIDDEN
    for category in sorted(facts.categories - THINGS):
        yield OTHERS.get(category, "The three questions do not fit it.")
    if facts.only_about_people or facts.behaviours:
        yield SIGNS["behaviour"]
    if facts.sizes & VEHICLES:
        yield SIGNS["vehicle"]
    yield from _told(facts.findings)


def _told(findings: Iterable[tuple[str, int]]) -> Iterator[str]:
    """In the order of SIGNS, so that the gravest reason is the one that is given."""
    spoken = {rule.partition(".")[0] for rule, _weight in speaking_against(findings)}
    return (reason for room, reason in SIGNS.items() if room in spoken)


def speaking_against(findings: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Those of the findings, as (rule, weight), for which nobody is asked to look."""
    return [each for each in findings if each[1] > 0 and each[0].partition(".")[0] in SIGNS and each[0] not in HARMLESS_SIGNS]


def is_dangerous(reason: str) -> bool:
    """Whether somebody who is on the way must be told to keep away, since this came up after they were asked."""
    return any(reason == each for each in (*SIGNS.values(), OBVIOUS, HIDDEN, *OTHERS.values()))


def check_of(hot: Hot, seconds: int) -> Check:
    """The three answers of somebody who looked, as the look that operators keep: what they saw stands against worse answers."""
    result = "harmless" if verdict(hot) == "lost_property" else "answered"
    if hot.obvious == "yes":
        result = "worrying"
    elif hot == Hot():
        result = "not_seen"
    return Check("staff_looked", result, hot, text=f"Answered {seconds} s after they were asked.")
