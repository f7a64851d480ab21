"""What the tables say is not the same, and what was merged into what: for grouping, for merging and for the screens.

A mark stays on the incidents it was made for. Where one of them was merged into another, it speaks for the whole family: the
surviving incident and all that were merged into it. So a merge takes the marks along, and its undoing leaves them as they were.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

_LINKS: Final = text("""
    with recursive family(root, id) as (
        select id, id from unnest(cast(:ids as uuid[])) as wanted(id)
        union all
        select family.root, incident.id from family join incident on incident.merged_into_id = family.id
    ), named as (
        select family.root, not_same.other_id as far, not_same.* from not_same join family on family.id = not_same.incident_id
        union all
        select family.root, not_same.incident_id, not_same.* from not_same join family on family.id = not_same.other_id
    ), latest as (
        select distinct on (root, incident_id, other_id, report_id) * from named
        order by root, incident_id, other_id, report_id, at desc, id desc
    )
    select latest.root, latest.far, latest.report_id, latest.incident_id, latest.other_id, latest.event_id, latest.at,
        latest.actor, latest.reason, latest.version, coalesce(others.root, report.incident_id) as other_root,
        report.reference, incident.number
    from latest left join family as others on others.id = latest.far
        left join report on report.id = latest.report_id
        left join incident on incident.id = coalesce(latest.far, report.incident_id)
    where latest.stands order by latest.at, latest.id
""")
_OF_REPORTS: Final = text("""
    with recursive said as (
        select distinct on (report_id, incident_id) report_id, incident_id, stands from not_same
        where report_id = any(cast(:ids as uuid[])) order by report_id, incident_id, at desc, id desc
    ), up(report_id, id, next) as (
        select said.report_id, incident.id, incident.merged_into_id from said join incident on incident.id = said.incident_id
        where said.stands
        union all
        select up.report_id, incident.id, incident.merged_into_id from up join incident on incident.id = up.next
    )
    select report_id, id as incident_id from up where next is null
""")
_SURVIVORS: Final = text("""
    with recursive up(start, id, next) as (
        select id, id, merged_into_id from incident where id = any(cast(:ids as uuid[]))
        union all
        select up.start, incident.id, incident.merged_into_id from up join incident on incident.id = up.next
    )
    select start, id from up where next is null
""")


@dataclass(frozen=True, slots=True)
class Link:
    """A standing mark, seen from incident `root` (or its family). `other` is the incident it speaks of, for a report the one it
    is on now; `report_id` and `reference` are set where it speaks of a report. `number` is the other incident's."""

    root: uuid.UUID
    other: uuid.UUID | None
    incident_id: uuid.UUID
    other_id: uuid.UUID | None
    report_id: uuid.UUID | None
    reference: str | None
    number: str | None
    event_id: uuid.UUID
    at: datetime
    actor: str
    reason: str
    version: str


def standing(session: Session, incident_ids: Iterable[uuid.UUID]) -> list[Link]:
    """The marks that stand about these incidents and what was merged into them, in the order in which they were made."""
    rows = session.execute(_LINKS, {"ids": list(incident_ids)})
    return [_link(row) for row in rows]


def _link(row: Any) -> Link:
    return Link(
        root=row.root,
        other=row.other_root or row.far,
        incident_id=row.incident_id,
        other_id=row.other_id,
        report_id=row.report_id,
        reference=row.reference,
        number=row.number,
        event_id=row.event_id,
        at=row.at,
        actor=row.actor,
        reason=row.reason,
        version=row.version,
    )


def apart(session: Session, incident_ids: Iterable[uuid.UUID]) -> set[frozenset[uuid.UUID]]:
    """Pairs of these incidents that are not the same: because somebody said so, or because a report that was taken out of the one
    is on the other."""
    links = standing(session, incident_ids)
    return {frozenset((each.root, each.other)) for each in links if each.other is not None and each.other != each.root}


def of_reports(session: Session, report_ids: Sequence[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """(report, incident): the report is about something else than the incident; what was merged counts as what it is part of."""
    rows = session.execute(_OF_REPORTS, {"ids": list(report_ids)})
    return {(row.report_id, row.incident_id) for row in rows}


def survivors(session: Session, incident_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Each incident -> the one it was merged into in the end, or itself."""
    return {row.start: row.id for row in session.execute(_SURVIVORS, {"ids": list(incident_ids)})}
