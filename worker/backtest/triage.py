"""Triage over a table of texts: the same rules that assess a report in the line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from reporting.domain.facts import ANSWERS, Answer, Hot, Point, ReportFacts
from reporting.domain.findings import Assessment
from worker.backtest.progress import shown
from worker.backtest.tables import Refused, Row, is_true, read_position, read_table, read_time, written
from worker.backtest.verdicts import Judged, lines
from worker.triage.assess import assess

REQUIRED = ("id", "text")
HEADER = ("id", "priority", "score", "relevant", "findings", "matched")
# An older row is history, filed when it was seen; a younger one without a time of receipt is taken as filed now.
HISTORY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Judging:
    """Columns that tell what is true: `relevant` says it of a row (empty: nobody knows), `group` is what to count by."""

    relevant: str
    group: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.relevant, self.group) if name)


def run_triage(texts: Path, out: Path, now: datetime, judging: Judging | None = None) -> list[str]:
    """Assess every row of `texts` and write `out`; returns lines for the terminal: how many, and how well if it can be
    judged. Refuses broken tables, times and positions."""
    rows = read_table(texts, (*REQUIRED, *(judging.columns if judging else ())))
    judged: list[Judged] = []
    with written(out, HEADER) as results:
        for number, row in enumerate(shown(rows, "Triage"), start=2):
            assessment = assess(read_facts(row, f"{texts.name} line {number}", now), now)
            results.append((row["id"], *_cells(assessment)))
            if judging and row[judging.relevant].strip():
                judged.append(Judged(is_true(row[judging.relevant]), assessment, row.get(judging.group, "")))
    return [f"{len(rows)} texts assessed: {out}", *(lines(judged) if judging else ())]


def read_facts(row: Row, where: str, now: datetime) -> ReportFacts:
    """The facts of one row. Answers that are not yes or no are unknown; the category is "other" unless given."""
    observed = read_time(row["observed_at"], where) if row.get("observed_at") else None
    return ReportFacts(
        id=row["id"],
        category=row.get("category") or "other",
        received_at=_received(row, where, observed, now),
        description=row["text"],
        language=row.get("language") or None,
        point=_position(row),
        hot=Hot(_answer(row, "hot_hidden"), _answer(row, "hot_obvious"), _answer(row, "hot_typical")),
        observed_at=observed,
    )


def _position(row: Row) -> Point | None:
    """Where it was; triage asks only for the words, so an unusable position is no reason to refuse them."""
    try:
        position = read_position(row, "position")
    except Refused:
        return None
    return Point(*position) if position else None


def _received(row: Row, where: str, observed: datetime | None, now: datetime) -> datetime:
    if row.get("received_at"):
        return read_time(row["received_at"], where)
    if observed is None or now - observed <= HISTORY:
        return now
    return observed


def _answer(row: Row, name: str) -> Answer:
    said = row.get(name, "").strip().lower()
    return next((answer for answer in ANSWERS if answer == said), "unknown")


def _cells(assessment: Assessment) -> tuple[object, ...]:
    findings = assessment.findings
    words = dict.fromkeys(word for finding in findings for word in finding.matched)
    return (
        assessment.priority,
        assessment.score,
        int(assessment.relevant),
        ";".join(finding.rule for finding in findings),
        ";".join(words),
    )
