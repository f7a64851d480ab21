"""What the words of a report and of an incident have to say to each other, and how this is said to a person. Pure."""

from __future__ import annotations

from functools import cached_property

from reporting.domain.facts import EarlierReport, IncidentFacts, ReportFacts
from reporting.domain.likeness import likeness, near_identical
from reporting.domain.signs import listed, shared_danger, tells_of_danger

ALIKE = 0.5
SOMEWHAT_ALIKE = 0.3
HARDLY_ALIKE = 0.15
# What the same signs are worth where the words differ: enough to be alike, less than the same words.
_SIGNS_WORTH = 0.6


class Words:
    """A report's words beside those of an incident's latest reports; the likest of them counts. Each answer is worked out when
    it is asked for, and once: of most incidents around only some answers are needed."""

    def __init__(self, facts: ReportFacts, incident: IncidentFacts) -> None:
        self._facts = facts
        self._signs = frozenset(facts.signs)
        self._earlier = incident.reports or (EarlierReport(text=incident.text),)

    @cached_property
    def spoken(self) -> float | None:
        """How alike the words are, 0 to 1; None where there is nothing to compare."""
        found = [value for each in self._earlier if (value := self._spoken(each)) is not None]
        return max(found, default=None)

    @cached_property
    def signs(self) -> float | None:
        """How alike the signs in them are, 0 to 1; None where none is shared."""
        mine = len(self._facts.signs)
        worth = [
            _SIGNS_WORTH * 2 * len(both) / (mine + len(each.signs)) for each in self._earlier if (both := self._shared(each))
        ]
        return max(worth, default=None)

    @cached_property
    def shared(self) -> tuple[str, ...]:
        """The signs that both tell of."""
        return max((self._shared(each) for each in self._earlier), key=len)

    @cached_property
    def copy(self) -> bool:
        """Whether an earlier report has nearly the same words."""
        return any(near_identical(self._facts.probe, each.wording) for each in self._earlier)

    @cached_property
    def same_danger(self) -> bool:
        """Whether both tell of the same immediate danger."""
        return tells_of_danger(self._facts.signs) and any(shared_danger(self._facts.signs, each.signs) for each in self._earlier)

    @property
    def alike(self) -> float | None:
        """The words or the signs, whichever speaks more for one thing."""
        known = [value for value in (self.spoken, self.signs) if value is not None]
        return max(known, default=None)

    @property
    def unlike(self) -> bool:
        """Both say something in one language, and it has little in common."""
        return self.spoken is not None and self.spoken < HARDLY_ALIKE and not self.shared

    @property
    def reasons(self) -> tuple[str, ...]:
        """In words; nothing where there is nothing to say."""
        said = [f"Both tell of {listed(self.shared)}."] if self.shared else []
        if self.copy:
            said.append("The words are nearly the same.")
        elif self.spoken is not None and self.spoken >= ALIKE:
            said.append("Much of the wording is the same.")
        elif self.spoken is not None and self.spoken >= SOMEWHAT_ALIKE:
            said.append("Some of the words are the same.")
        elif self.unlike:
            said.append("The words have little in common.")
        return tuple(said)

    def _shared(self, earlier: EarlierReport) -> tuple[str, ...]:
        return tuple(sorted(self._signs.intersection(earlier.signs))) if self._signs else ()

    def _spoken(self, earlier: EarlierReport) -> float | None:
        """Words in two languages that have nothing in common say nothing, neither for nor against."""
        value = likeness(self._facts.probe, earlier.wording)
        if value is not None and value < SOMEWHAT_ALIKE and _other_language(self._facts, earlier):
            return None
        return value


def _other_language(facts: ReportFacts, earlier: EarlierReport) -> bool:
    return bool(facts.language and earlier.language and facts.language != earlier.language)
