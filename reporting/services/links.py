"""Marks of what is not the same: made by a person, standing until a person takes them back. Parts of a step of casework."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select

from reporting.models.incident import Joining
from reporting.models.joins import NotSame, Suggestion
from reporting.models.links import Link, standing
from reporting.services.cases import Case


def part_reports(case: Case, report_ids: Sequence[uuid.UUID], incident_id: uuid.UUID, reason: str) -> None:
    """These reports are about something else than the incident: they never join it again by themselves."""
    joined = select(Joining.report_id, Joining.version).where(Joining.report_id.in_(report_ids))
    versions = {row.report_id: row.version for row in case.work.session.execute(joined)}
    _write(
        case,
        [
            {"incident_id": incident_id, "report_id": each, "reason": reason, "version": versions.get(each, "")}
            for each in report_ids
        ],
    )


def part_incidents(case: Case, other_id: uuid.UUID, reason: str) -> None:
    """The two incidents are not the same: they are neither merged nor suggested again."""
    first, second = sorted((case.incident.id, other_id))
    suggested = select(Suggestion.version).where(
        Suggestion.incident_id.in_((first, second)), Suggestion.other_id.in_((first, second))
    )
    version = case.work.session.scalar(suggested.order_by(Suggestion.at.desc()).limit(1)) or ""
    _write(case, [{"incident_id": first, "other_id": second, "reason": reason, "version": version}])


def between(case: Case, other_id: uuid.UUID) -> list[Link]:
    """The marks that keep the two incidents, or what was merged into them, apart."""
    links = standing(case.work.session, (case.incident.id, other_id))
    pair = {case.incident.id, other_id}
    return [each for each in links if each.other is not None and {each.root, each.other} == pair]


def lift(case: Case, links: Sequence[Link]) -> None:
    """A later word stands against these marks: a person has merged what was apart."""
    found = {(each.incident_id, each.other_id, each.report_id): each for each in links}
    rows = [
        {"incident_id": each.incident_id, "other_id": each.other_id, "report_id": each.report_id, "version": each.version}
        for each in found.values()
    ]
    _write(case, rows, stands=False)


def reverse(case: Case, event_id: uuid.UUID) -> None:
    """What the step of this event marked stands no more, and what it lifted stands again."""
    rows = case.work.session.scalars(select(NotSame).where(NotSame.event_id == event_id)).all()
    for stands in (True, False):
        told = [
            {
                "incident_id": row.incident_id,
                "other_id": row.other_id,
                "report_id": row.report_id,
                "reason": row.reason,
                "version": row.version,
            }
            for row in rows
            if row.stands is not stands
        ]
        _write(case, told, stands=stands)


def _write(case: Case, rows: list[dict[str, Any]], *, stands: bool = True) -> None:
    """The step must have been told: its event is what the marks refer to."""
    if not rows:
        return
    case.work.session.flush()
    said = {
        "event_id": case.told,
        "actor_id": uuid.UUID(case.actor.account_id),
        "actor": case.actor.name,
        "stands": stands,
    }
    case.work.session.execute(insert(NotSame), [{"id": uuid.uuid4(), **said, **row} for row in rows])
