"""What the words of a report and of an incident have to say to each other, and how this is said to a person. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.domain.facts import EarlierReport, IncidentFacts, ReportFacts
from reporting.domain.signs import listed, shared_danger
from worker.grouping.likeness import likeness, near_identical

ALIKE = 0.5
SOMEWHAT_ALIKE = 0.3
HARDLY_ALIKE = 0.15
# What the same signs are worth where the words differ: enough to be alike, less than the same words.
_SIGNS_WORTH = 0.6


@dataclass(frozen=True, slots=True)
class Words:
    """How alike, 0 to 1, the words are, the signs in them are, and both together; None where there is nothing to compare.

    `shared`: the signs that both tell of. `copy`: an earlier report has nearly the same words. `same_danger`: both tell of
    the same immediate danger.
    """

    spoken: float | None
    signs: float | None
    shared: tuple[str, ...]
    copy: bool
    same_danger: bool

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


def compare(facts: ReportFacts, incident: IncidentFacts) -> Words:
    """The report beside each of the incident's latest reports; the likest of them counts."""
    earlier = [each for each in incident.reports if each.text or each.signs] or [EarlierReport(text=incident.text)]
    spoken = [value for each in earlier if (value := _spoken(facts, each)) is not None]
    shared = [_shared(facts.signs, each.signs) for each in earlier]
    most = max(shared, key=len)
    worth = [
        _SIGNS_WORTH * 2 * len(both) / (len(facts.signs) + len(each.signs))
        for both, each in zip(shared, earlier, strict=True)
        if both
    ]
    return Words(
        spoken=max(spoken, default=None),
        signs=max(worth, default=None),
        shared=most,
        copy=any(near_identical(facts.text, each.text) for each in earlier),
        same_danger=any(shared_danger(facts.signs, each.signs) for each in earlier),
    )


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(one) & set(other)))


def _spoken(facts: ReportFacts, earlier: EarlierReport) -> float | None:
    """Words in two languages that have nothing in common say nothing, neither for nor against."""
    value = likeness(facts.text, earlier.text)
    if value is not None and value < SOMEWHAT_ALIKE and _other_language(facts, earlier):
        return None
    return value


def _other_language(facts: ReportFacts, earlier: EarlierReport) -> bool:
    return bool(facts.language and earlier.language and facts.language != earlier.language)
