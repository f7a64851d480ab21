"""How well triage does where somebody has said which rows are relevant: figures for all rows, by a column, and by rule."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reporting.domain.findings import Assessment
from worker.triage.scale import is_evidence, relevant


@dataclass(frozen=True, slots=True)
class Judged:
    """One row: what somebody said of it, what triage says, and the group it is counted in."""

    truly: bool
    assessment: Assessment
    group: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Counts and figures of some rows. Shares are 0 where there is nothing to divide by."""

    rows: int
    right: int
    wrong: int
    missed: int
    auc: float

    @property
    def precision(self) -> float:
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return _share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float:
        return _share(2 * self.precision * self.recall, self.precision + self.recall)

    @property
    def false_alarms(self) -> float:
        """The share of ordinary rows that were called relevant."""
        return _share(self.wrong, self.rows - self.right - self.missed)

    def __str__(self) -> str:
        shares = f"precision {self.precision:.3f}, recall {self.recall:.3f}, F1 {self.f1:.3f}, AUC {self.auc:.3f}"
        return f"{self.rows} rows: {shares}, ordinary called relevant {self.false_alarms:.2%} ({self.wrong})"


def verdict(judged: Sequence[Judged]) -> Verdict:
    """The figures of these rows."""
    said = [(each.truly, each.assessment.relevant) for each in judged]
    scores = {truly: sorted(each.assessment.score for each in judged if each.truly is truly) for truly in (True, False)}
    right, wrong, missed = said.count((True, True)), said.count((False, True)), said.count((True, False))
    return Verdict(len(judged), right, wrong, missed, _auc(scores[True], scores[False]))


def lines(judged: Sequence[Judged]) -> Iterator[str]:
    """The figures as lines for the terminal: all rows, each group, then each rule."""
    yield str(verdict(judged))
    for group in sorted({each.group for each in judged if each.group}):
        yield f"  {group}: {verdict([each for each in judged if each.group == group])}"
    for rule, right, wrong, alone in carried(judged):
        yield f"  {rule}: in {right} relevant and {wrong} ordinary rows; {alone} relevant rows rest on it alone"


def carried(judged: Iterable[Judged]) -> list[tuple[str, int, int, int]]:
    """(rule, relevant rows, ordinary rows, relevant rows that would be missed without it), the most needed first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in judged:
        if not each.assessment.relevant:
            continue
        findings = each.assessment.findings
        for rule in {finding.rule for finding in findings if finding.weight > 0 and is_evidence(finding)}:
            counts[rule][0 if each.truly else 1] += 1
            counts[rule][2] += each.truly and not relevant([finding for finding in findings if finding.rule != rule])
    return sorted(((rule, *three) for rule, three in counts.items()), key=lambda row: (-row[3], row[0]))  # type: ignore[misc]


def _auc(high: list[int], low: list[int]) -> float:
    """The chance that a relevant row scores higher than an ordinary one; equal scores count half."""
    pairs = sum(bisect_left(low, score) + bisect_right(low, score) for score in high) / 2
    return _share(pairs, len(high) * len(low))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
