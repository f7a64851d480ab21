"""One report under assessment: its facts, its text as read, and the clock. What every rule is given."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from reporting.domain.behaviours import codes_for
from reporting.domain.facts import ReportFacts
from reporting.domain.findings import Finding
from worker.triage.reading import Reading
from worker.triage.surroundings import Cue

CLOCK_SLACK = timedelta(minutes=5)
MOST_MATCHES = 6
# Words that may stand between an item and what tells that nobody owns it.
ITEM_REACH = 9


@dataclass(frozen=True, slots=True)
class Case:
    """A report, read. `now` is the clock of whoever assesses; ages are reckoned from the receipt, never from it."""

    facts: ReportFacts
    reading: Reading
    now: datetime

    @property
    def answered_codes(self) -> tuple[str, ...]:
        """Behaviour codes from the reporter's answers."""
        return codes_for(self.facts.behaviours)

    @property
    def age(self) -> timedelta | None:
        """How long before it arrived this was seen; None when unsaid or when the device's clock runs ahead."""
        seen = self.facts.observed_at
        if seen is None or seen > self.facts.received_at + CLOCK_SLACK:
            return None
        return max(timedelta(0), self.facts.received_at - seen)

    @property
    def item_at_hand(self) -> bool:
        """Whether the report is about a thing that stands somewhere."""
        return self.facts.category == "unattended_item" or bool(self.reading.near("unattended", "item_noun", ITEM_REACH))


def matched(cues: Iterable[Cue]) -> tuple[str, ...]:
    """The words of the cues as the reporter wrote them, each once, at most six."""
    return tuple(dict.fromkeys(cue.words for cue in cues))[:MOST_MATCHES]


def told(rule: str, weight: int, reason: str, cues: Iterable[Cue]) -> Finding:
    """A finding that rests on the reporter's own words, with the English of those that are not English."""
    told_by = list(cues)
    words = matched(told_by)
    english = {cue.words: cue.english for cue in told_by if cue.english}
    return Finding(rule, weight, reason, words, "text", glossed={word: english[word] for word in words if word in english})


def answered(rule: str, weight: int, reason: str) -> Finding:
    """A finding that rests on an answer the reporter picked."""
    return Finding(rule, weight, reason, (), "answers")
