"""Triage over a table of texts: the same rules that assess a report in the line."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from reporting.domain.facts import ANSWERS, Answer, Hot, Point, ReportFacts
from reporting.domain.findings import Assessment
from worker.backtest.progress import shown
from worker.backtest.tables import Refused, Row, read_position, read_table, read_time, written
from worker.triage.assess import assess

REQUIRED = ("id", "text")
HEADER = ("id", "priority", "score", "relevant", "findings", "matched")
# An older row is history, filed when it was seen; a younger one without a time of receipt is taken as filed now.
HISTORY = timedelta(days=7)


def run_triage(texts: Path, out: Path, now: datetime) -> int:
    """Assess every row of `texts` and write `out`; returns how many. Refuses broken tables, times and positions."""
    rows = read_table(texts, REQUIRED)
    with written(out, HEADER) as results:
        for number, row in enumerate(shown(rows, "Triage"), start=2):
            facts = read_facts(row, f"{texts.name} line {number}", now)
            results.append((row["id"], *_cells(assess(facts, now))))
    return len(rows)


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
