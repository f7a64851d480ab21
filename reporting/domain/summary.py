"""The headline of an incident: what a colleague could read out over the radio."""

import re
from typing import Final

from reporting.domain.categories import BY_CODE
from reporting.domain.facts import ReportFacts

LONGEST: Final = 110
_SENTENCE_END: Final = re.compile(r"(?<=[.!?。؟])\s")


def summarise(facts: ReportFacts) -> str:
    """First sentence of the reporter's words, else the kind of report; then the place in words and what HOT says."""
    words = _first_sentence(facts.description or facts.why_unusual) or _kind(facts.category)
    parts = [words, facts.place if facts.place and facts.place.lower() not in words.lower() else ""]
    parts += [word for word, said in (("hidden", facts.hot.hidden), ("obviously suspicious", facts.hot.obvious)) if said == "yes"]
    return _shortened(", ".join(part for part in parts if part))


def headline(category: str, place: str) -> str:
    """For a report without a word: the kind, and the place where it is known."""
    return _shortened(", ".join(part for part in (_kind(category), place) if part))


def _kind(category: str) -> str:
    return BY_CODE[category].label if category in BY_CODE else category


def _first_sentence(text: str) -> str:
    flat = " ".join(text.split())
    return _shortened(_SENTENCE_END.split(flat, maxsplit=1)[0].rstrip(".")) if flat else ""


def _shortened(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rsplit(" ", 1)[0].rstrip(" ,;") + "…"
