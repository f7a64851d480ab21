"""Incidents that may be one: kept for both of them, so that a person sees them side by side. Part of the step of grouping."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from reporting.domain.findings import Match, Suggestion
from reporting.models.columns import among
from reporting.models.joins import Suggestion as Suggested
from reporting.models.links import apart
from reporting.services.unit_of_work import Work

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fit:
    """A report, the incident it was put on, and what matching said of it."""

    report_id: str
    incident_id: uuid.UUID
    match: Match


def suggestion_rows(work: Work, fits: Sequence[Fit], opened: Iterable[uuid.UUID]) -> list[Row]:
    """A row for each pair of incidents that a report fits, once. Pairs that a person has called different are left out; what was
    `opened` a moment ago nobody can have spoken of."""
    rows: dict[frozenset[uuid.UUID], Row] = {}
    for fit in fits:
        for each in _others(fit):
            rows.setdefault(frozenset((fit.incident_id, uuid.UUID(each.incident_id))), _row(fit, each))
    settled = _settled(work, rows, set(opened)) if rows else set()
    return [row for pair, row in rows.items() if pair not in settled]


def _others(fit: Fit) -> list[Suggestion]:
    """What a report may be about beside the incident it is on."""
    match = fit.match
    best = (
        [Suggestion(match.incident_id, match.score, match.reasons)] if match.decision == "suggest" and match.incident_id else []
    )
    return [each for each in (*best, *match.suggestions) if uuid.UUID(each.incident_id) != fit.incident_id]


def _settled(work: Work, pairs: Iterable[frozenset[uuid.UUID]], opened: set[uuid.UUID]) -> set[frozenset[uuid.UUID]]:
    """Pairs that need no row: they have one already, or somebody said that they are not the same."""
    old = {key for pair in pairs if not pair & opened for key in pair}
    if not old:
        return set()
    known = select(Suggested.incident_id, Suggested.other_id).where(
        among(Suggested.incident_id, old), among(Suggested.other_id, old)
    )
    return {frozenset(pair) for pair in work.session.execute(known)} | apart(work.session, old)


def _row(fit: Fit, each: Suggestion) -> Row:
    return {
        "id": uuid.uuid4(),
        "report_id": fit.report_id,
        "incident_id": fit.incident_id,
        "other_id": each.incident_id,
        "score": each.score,
        "reasons": each.reasons,
        "version": fit.match.version,
    }
