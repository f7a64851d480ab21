"""Whom to give a new incident to, where a room gives work to people: skill, language and load decide, and say so. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OnShift:
    """Somebody who is on shift and there. `skills` are categories, `load` the open incidents they have."""

    account_id: str
    name: str
    desk_id: str | None
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    load: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What an incident asks for."""

    desk_id: str | None
    category: str
    language: str | None = None


def choose_operator(work: Work, people: Sequence[OnShift]) -> tuple[OnShift, str] | None:
    """The person and the reason in words; None where nobody of the incident's desk is there. The order of people is no matter.

    A skill counts before a language, a language before the load; who knows neither may still get it, since somebody must.
    """
    at_desk = [each for each in people if work.desk_id is None or each.desk_id == work.desk_id]
    if not at_desk:
        return None
    best = min(at_desk, key=lambda each: _rank(work, each))
    return best, _reason(work, best, alone=len(at_desk) == 1)


def _rank(work: Work, person: OnShift) -> tuple[bool, bool, int, str, str]:
    return (not _skilled(work, person), not _speaks(work, person), person.load, person.name, person.account_id)


def _skilled(work: Work, person: OnShift) -> bool:
    return work.category in person.skills


def _speaks(work: Work, person: OnShift) -> bool:
    return work.language is not None and work.language in person.languages


def _reason(work: Work, person: OnShift, *, alone: bool) -> str:
    parts = ["on shift"]
    if _skilled(work, person):
        parts.append("has the skill")
    if _speaks(work, person):
        parts.append(f"reads {work.language}")
    parts.append("alone at the desk" if alone else f"has {person.load} open")
    return ", ".join(parts)
