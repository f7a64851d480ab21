"""Keeping what operators decide over the rules: each override stands with the assessment it was decided over.

Parts of a step of casework: the caller's case commits. Rows are only ever added; words that come later and steps taken back are
rows of their own, which name the line of the timeline they speak of.
"""

import uuid
from typing import Any

from sqlalchemy import Row, select

from reporting.domain.errors import NotFound, NotPossible
from reporting.domain.outcomes import Outcome
from reporting.models.incident import Assessment, TimelineEvent
from reporting.models.judgement import Override
from reporting.models.report import Report
from reporting.services.cases import Case


def keep_priority(case: Case, event_id: uuid.UUID, before: int, reason: str) -> None:
    """An operator gave the incident another priority; `before` is the one that stood."""
    _keep(case, "priority", event_id, priority_before=before, priority_after=case.incident.priority, reason=reason)


def keep_outcome(case: Case, event_id: uuid.UUID, outcome: Outcome, reason: str) -> None:
    """An operator said how it ended."""
    _keep(case, "outcome", event_id, priority_after=case.incident.priority, outcome=outcome.code, reason=reason)


def keep_reason(case: Case, about: uuid.UUID, reason: str) -> None:
    """Words that an operator gave afterwards for a change of priority; the timeline tells them too.

    Raises NotFound where `about` is no such line of this incident.
    """
    line = _line(case, about)
    if line.kind != "priority":
        raise NotFound
    event_id = case.tell("note", f"Why priority {(line.detail or {})['to']}: {reason}", {"about": str(about)})
    _keep(case, "reason", event_id, about=about, reason=reason)


def restore_priority(case: Case, undone: TimelineEvent) -> uuid.UUID:
    """Takes a change of priority back and returns the line that tells it; the one who undoes need not be the one who did.

    Raises NotPossible where the priority has changed since.
    """
    incident, detail = case.incident, undone.detail or {}
    if incident.priority != detail["to"] or _newest_change(case) != undone.id:
        raise NotPossible("The priority has changed since. Set it anew instead.")
    incident.priority, incident.priority_overridden = detail["from"], bool(detail.get("stood"))
    incident.due_at = case.clock(incident.priority)
    incident.version += 1
    told = case.tell("undone", f"Priority {detail['to']} taken back, {detail['from']} again", _undoing(undone))
    keep_undone(case, told, undone.id)
    return told


def keep_undone(case: Case, event_id: uuid.UUID, about: uuid.UUID) -> None:
    """The override of line `about` was taken back and counts no more."""
    _keep(case, "undone", event_id, about=about, priority_after=case.incident.priority)


def _undoing(undone: TimelineEvent) -> dict[str, Any]:
    return {"undoes": str(undone.id), "kind": undone.kind}


def _newest_change(case: Case) -> uuid.UUID | None:
    """The line of the newest change of the priority by anybody: operator, rules or undoing."""
    return case.work.session.scalar(
        select(TimelineEvent.id)
        .where(TimelineEvent.incident_id == case.incident.id, TimelineEvent.kind.in_(("priority", "raised")))
        .order_by(TimelineEvent.at.desc(), TimelineEvent.id.desc())
        .limit(1)
    )


def _line(case: Case, event_id: uuid.UUID) -> TimelineEvent:
    wanted = select(TimelineEvent).where(TimelineEvent.id == event_id, TimelineEvent.incident_id == case.incident.id)
    found = case.work.session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def _keep(case: Case, kind: str, event_id: uuid.UUID, **said: Any) -> None:
    decided = _deciding(case)
    over = (
        {
            "report_id": decided.report_id,
            "assessment_id": decided.id,
            "rule_set": decided.rule_set,
            "score": decided.score,
            "rules": [{"rule": finding["rule"], "weight": finding["weight"]} for finding in decided.findings],
        }
        if decided
        else {"rules": []}
    )
    case.work.session.add(
        Override(
            id=uuid.uuid4(),
            organisation_id=case.incident.organisation_id,
            incident_id=case.incident.id,
            event_id=event_id,
            kind=kind,
            actor_id=uuid.UUID(case.actor.account_id),
            actor=case.actor.name,
            **over,
            **said,
        )
    )


def _deciding(case: Case) -> Row[Any] | None:
    """The assessment that decides the incident's priority: the most urgent, of those the highest score, of those the newest."""
    return case.work.session.execute(
        select(Assessment.id, Assessment.report_id, Assessment.rule_set, Assessment.score, Assessment.findings)
        .join(Report, Report.id == Assessment.report_id)
        .where(Report.incident_id == case.incident.id)
        .order_by(Assessment.priority, Assessment.score.desc(), Report.received_at.desc(), Report.id.desc())
        .limit(1)
    ).one_or_none()
