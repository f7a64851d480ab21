"""Deleting what is past its date: reports with all that hangs on them, files of pictures as well, the incidents they leave empty,
contacts after closing.

Deletion is final and leaves no copy behind. What stays are figures without words: which rule was overruled and how often, and the
audit trail, which names records by random ids and says nothing of what stood in them.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert

from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound, Problem, Refused
from reporting.domain.retention import ACTED_ON, UNFOUNDED, WITHDRAWN
from reporting.models.history import AuditEvent
from reporting.models.incident import Incident
from reporting.models.outbox import Figure, Outbox
from reporting.models.report import Contact, Idempotency, Report
from reporting.services import venue_books
from reporting.services.sanitising import (
    forget_pictures,
    forget_unfinished,
    overdue_originals,
    overdue_uploads,
    remove_files,
    sweep_strays,
)
from reporting.services.unit_of_work import Work, unit_of_work
from reporting.services.unsaying import unsay

BATCH: Final = 200
"""Reports in one transaction: short enough that nobody waits for its locks."""
SURVIVORS: Final = "retention_survivors"


def expire(now: datetime | None = None) -> dict[str, int]:
    """Deletes what is past its date at `now` (the database's time where it is not given); says how many of each."""
    gone = {"reports": 0, "incidents": 0, "contacts": 0}
    pictures: list[uuid.UUID] = []
    while _batch(now, gone, pictures) == BATCH:
        pass
    with unit_of_work() as work:
        gone["contacts"] = _contacts(work, now or _now(work))
    with unit_of_work() as work:
        gone["venue_books"] = venue_books.forget(work, now or _now(work))
    gone["picture_pieces"] = forget_unfinished(now)
    with unit_of_work() as work:
        _note_survivors(work, now or _now(work))
    remove_files(pictures)
    sweep_strays()
    return gone


def keep(number: str, until: datetime, reason: str) -> None:
    """Keeps an incident's reports until then, whatever their class: for a court, or after the yearly review. Refuses without a
    reason; raises NotFound where there is no such incident."""
    if not reason.strip():
        raise Refused("A reason is needed.", (Problem("reason", "required", "Say who asked for it and why."),))
    with unit_of_work() as work:
        incident = work.session.scalar(select(Incident).where(Incident.number == number).with_for_update())
        if incident is None:
            raise NotFound
        incident.kept_until = until
        detail = {"until": until.isoformat(), "reason": reason.strip()}
        work.session.add(AuditEvent(action="retention.kept", subject="incident", subject_id=incident.id, detail=detail))


def _batch(now: datetime | None, gone: dict[str, int], pictures: list[uuid.UUID]) -> int:
    """Deletes one portion of reports; adds the ids of their pictures, whose files go when the rows are gone."""
    with unit_of_work() as work:
        statement = _past(adapters().settings.retention, now or _now(work)).order_by(Report.received_at).limit(BATCH)
        found = work.session.execute(statement.with_for_update(of=Report, skip_locked=True)).all()
        if found:
            ids = [row.id for row in found]
            on = list({row.incident_id for row in found if row.incident_id})
            said = list(work.session.scalars(select(Report).where(Report.id.in_(ids), Report.incident_id.is_not(None))))
            work.session.expunge_all()
            pictures += forget_pictures(work, ids)
            for table, column in ((Idempotency, Idempotency.report_id), (Outbox, Outbox.subject_id), (Report, Report.id)):
                work.change(delete(table).where(column.in_(ids)).execution_options(synchronize_session=False))
            gone["reports"] += len(ids)
            gone["incidents"] += _emptied(work, on)
            unsay(work, on, said)
        return len(found)


def _deleted_at(days: Mapping[str, int]) -> ColumnElement[datetime]:
    """The moment after which a report must be gone, over `report left join incident`."""
    spans = {name: literal(timedelta(days=count)) for name, count in days.items()}
    closed_at = case((Incident.status == "closed", Incident.closed_at))
    ends = case(
        (and_(Incident.lane == "reviewed", ~Incident.priority_overridden), Report.received_at + spans["identity_only"]),
        (closed_at.is_(None), Report.received_at + spans["open"]),
        (Incident.outcome.in_(ACTED_ON), closed_at + spans["acted_on"]),
        (or_(Report.trust == "low", Incident.outcome.in_(UNFOUNDED)), closed_at + spans["low_trust_or_unfounded"]),
        else_=closed_at + spans["no_action"],
    )
    withdrawn = Report.withdrawn_at + spans[WITHDRAWN]
    return func.greatest(func.least(ends, withdrawn), Incident.kept_until)


def _past(days: Mapping[str, int], now: datetime) -> Select[uuid.UUID, uuid.UUID | None]:
    """Ids of the reports whose date is over and the incidents they are on."""
    statement = select(Report.id, Report.incident_id).outerjoin(Incident, Incident.id == Report.incident_id)
    return statement.where(_deleted_at(days) < now)


def _emptied(work: Work, incident_ids: Sequence[uuid.UUID]) -> int:
    """Deletes those of the incidents that no report is left of, and what was merged into them."""
    empty = [each for each in incident_ids if not work.session.scalar(select(exists().where(Report.incident_id == each)))]
    count = 0
    while empty:
        inside = list(work.session.scalars(select(Incident.id).where(Incident.merged_into_id.in_(empty))))
        inside = [each for each in inside if each not in empty]
        if not inside:
            break
        empty += inside
    if empty:
        count = work.change(delete(Incident).where(Incident.id.in_(empty)).execution_options(synchronize_session=False))
    return count


def _contacts(work: Work, now: datetime) -> int:
    """Contact data goes a time after closing, before the report does."""
    span = timedelta(days=adapters().settings.retention["contact_after_closing"])
    ended = (
        select(Report.id)
        .join(Incident, Incident.id == Report.incident_id)
        .where(
            Incident.status == "closed",
            Incident.closed_at < now - span,
            func.coalesce(Incident.kept_until, Incident.closed_at) < now,
        )
    )
    return work.change(delete(Contact).where(Contact.report_id.in_(ended)).execution_options(synchronize_session=False))


def _note_survivors(work: Work, now: datetime) -> None:
    """How many are still there although their date is over: what the sweep could not delete, so it must be 0."""
    count = work.session.scalar(select(func.count()).select_from(_past(adapters().settings.retention, now).subquery())) or 0
    count += overdue_originals(work) + overdue_uploads(work, now) + venue_books.left(work, now)
    row = insert(Figure).values(name=SURVIVORS, value=count, at=func.now())
    work.session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": count, "at": func.now()}))


def _now(work: Work) -> datetime:
    now = work.session.scalar(select(func.now()))
    assert now is not None
    return now
