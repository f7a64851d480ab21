"""What the line does about pictures: keeps the cleaned copies, says that one is ready or refused, and deletes files in time.

Copies are written before the row says that they are there, and the row's change asks for the state it was read in: a second run
writes the same files once more and changes nothing. Deleting goes the other way round: first the row, then its files. What a
crash leaves between the two is found by the sweep.
"""

import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, insert, select, update

from reporting import jobs
from reporting.adapters.doorbell import LIVE
from reporting.bootstrap import adapters
from reporting.domain.pictures import Kind, Variant
from reporting.models.columns import among
from reporting.models.incident import Incident, TimelineEvent
from reporting.models.organisation import Organisation
from reporting.models.outbox import Outbox
from reporting.models.picture import Picture, PictureUpload
from reporting.models.report import Report
from reporting.services import pieces
from reporting.services.history import announce_all
from reporting.services.unit_of_work import Work, unit_of_work

BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Waiting:
    """A picture that waits to be cleaned."""

    id: uuid.UUID
    kind: Kind
    length: int


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Our own copies of a picture: the size of the working copy in pixels, and where the file says it was taken (WGS-84
    degrees), if it does."""

    copies: Mapping[Variant, bytes]
    width: int
    height: int
    taken_at: tuple[float, float] | None = None


def waiting_picture(picture_id: uuid.UUID) -> Waiting | None:
    """The picture, or None where there is nothing to do any more: it is done, deleted, or its report was withdrawn."""
    with unit_of_work() as work:
        wanted = select(Picture.kind, Picture.size_bytes).join(Report, Report.id == Picture.report_id)
        found = work.session.execute(
            wanted.where(Picture.id == picture_id, Picture.state == "waiting", Report.withdrawn_at.is_(None))
        ).one_or_none()
    return Waiting(picture_id, found.kind, found.size_bytes) if found else None


def keep_copies(picture_id: uuid.UUID, cleaned: Cleaned) -> bool:
    """Puts the copies beside the original and says that the picture is ready; whether it still was to be."""
    store = adapters().pictures
    for variant, copy in cleaned.copies.items():
        store.put(picture_id, variant, io.BytesIO(copy), len(copy))
    with unit_of_work() as work:
        changed = {"state": "ready", "width": cleaned.width, "height": cleaned.height, "done_at": func.now()}
        done = _finish(work, picture_id, changed)
        if done:
            _offer_place(work, picture_id, cleaned.taken_at)
    if not done:
        _remove_unless_ready(picture_id)
    drop_originals(picture_id)
    return done


def refuse(picture_id: uuid.UUID, reason: str) -> bool:
    """Says that the picture cannot be shown, and why (a key of `domain.pictures.REASONS`); nothing of it stays."""
    with unit_of_work() as work:
        changed = {"state": "refused", "reason": reason, "done_at": func.now(), "original_gone_at": func.now()}
        done = _finish(work, picture_id, changed)
    if done:
        adapters().pictures.remove(picture_id)
    return done


def _remove_unless_ready(picture_id: uuid.UUID) -> None:
    """Takes away copies that nobody's row speaks of; another process may have been faster with the very same ones."""
    with unit_of_work() as work:
        ready = work.session.scalar(select(Picture.id).where(Picture.id == picture_id, Picture.state == "ready"))
    if ready is None:
        adapters().pictures.remove(picture_id, "working", "thumbnail", "blurred")


def _finish(work: Work, picture_id: uuid.UUID, changed: Mapping[str, object]) -> bool:
    mine = Picture.id == picture_id, Picture.state == "waiting"
    if not work.change(update(Picture).where(*mine).values(changed).execution_options(synchronize_session=False)):
        return False
    _tell(work, picture_id, str(changed["state"]))
    return True


def _tell(work: Work, picture_id: uuid.UUID, state: str) -> None:
    """A line on the incident's timeline, and a word to the screens that show it."""
    found = work.session.execute(
        select(Picture.n, Report.reference, Incident.id, Incident.organisation_id)
        .join(Report, Report.id == Picture.report_id)
        .join(Incident, Incident.id == Report.incident_id)
        .where(Picture.id == picture_id)
    ).one_or_none()
    if found is None:
        return
    said = {"ready": "can be looked at", "refused": "could not be opened"}[state]
    line = {"id": uuid.uuid4(), "incident_id": found.id, "kind": "picture"}
    line |= {"text": f"Picture {found.n} of {found.reference} {said}.", "detail": {"n": found.n, "state": state}}
    work.session.execute(insert(TimelineEvent.__table__), line)
    touched = update(Incident).where(Incident.id == found.id).values(updated_at=func.now())
    work.session.execute(touched.execution_options(synchronize_session=False))
    if found.organisation_id is not None:
        announce_all(work.session, [(found.organisation_id, found.id, "changed")])
        work.ring(LIVE)


def _offer_place(work: Work, picture_id: uuid.UUID, point: tuple[float, float] | None) -> None:
    """Where the file says it was taken, kept only for a report that says no point; nothing but a screen reads it."""
    if point is None:
        return
    without = (
        select(Picture.id).join(Report, Report.id == Picture.report_id).where(Picture.id == picture_id, Report.lat.is_(None))
    )
    offered = update(Picture).where(Picture.id.in_(without.scalar_subquery()))
    work.session.execute(offered.values(taken_lat=point[0], taken_lon=point[1]).execution_options(synchronize_session=False))


# --- deleting


def drop_originals(picture_id: uuid.UUID | None = None) -> int:
    """Deletes originals of pictures that are done, of this one or of all, unless their organisation keeps them and their days
    are not over; what is on no incident yet waits for the sweep. Returns how many."""
    days = timedelta(days=adapters().settings.retention["sealed_original"])
    kept = and_(Organisation.keeps_originals, Picture.done_at > func.now() - days)
    nobody_s = and_(Incident.organisation_id.is_(None), Picture.done_at > func.now() - days)
    with unit_of_work() as work:
        wanted = (
            select(Picture.id)
            .join(Report, Report.id == Picture.report_id)
            .outerjoin(Incident, Incident.id == Report.incident_id)
            .outerjoin(Organisation, Organisation.id == Incident.organisation_id)
            .where(Picture.done_at.is_not(None), Picture.original_gone_at.is_(None), ~func.coalesce(kept, False))
            .where(~nobody_s, *([Picture.id == picture_id] if picture_id else []))
            .limit(BATCH)
        )
        ids = list(work.session.scalars(wanted))
        for each in ids:
            adapters().pictures.remove(each, "original")
        gone = update(Picture).where(among(Picture.id, ids)).values(original_gone_at=func.now())
        return work.change(gone.execution_options(synchronize_session=False)) if ids else 0


def forget_pictures(work: Work, report_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Deletes the rows and letters of these reports' pictures, whole or not; returns the ids of their files for `remove_files`,
    after the commit."""
    unfinished = pieces.let_go(work, among(PictureUpload.report_id, report_ids))
    return _forget(work, among(Picture.report_id, report_ids)) + unfinished


def remove_files(picture_ids: Sequence[uuid.UUID]) -> None:
    """Deletes every file of these pictures or pieces."""
    for each in picture_ids:
        adapters().pictures.remove(each)


def forget_withdrawn() -> int:
    """Deletes the pictures of reports that were withdrawn; returns how many."""
    withdrawn = select(Report.id).where(Report.withdrawn_at.is_not(None))
    with unit_of_work() as work:
        gone = _forget(work, Picture.report_id.in_(withdrawn))
        unfinished = pieces.let_go(work, PictureUpload.report_id.in_(withdrawn))
    remove_files(gone + unfinished)
    return len(gone)


def forget_unfinished(now: datetime | None = None) -> int:
    """Deletes pictures of which the rest has not come within a day at `now` (the database's time where it is not given); returns
    of how many pieces."""
    with unit_of_work() as work:
        gone = pieces.let_go(work, pieces.overdue(now))
    remove_files(gone)
    return len(gone)


def tidy_up() -> None:
    """What the clock does for pictures every ten minutes."""
    forget_withdrawn()
    forget_unfinished()
    while drop_originals() == BATCH:
        pass


def overdue_originals(work: Work) -> int:
    """How many originals still stand although their days are over for a day; it must be 0."""
    days = timedelta(days=adapters().settings.retention["sealed_original"] + 1)
    overdue = Picture.original_gone_at.is_(None), Picture.done_at < func.now() - days
    return work.session.scalar(select(func.count()).select_from(Picture).where(*overdue)) or 0


def overdue_uploads(work: Work, now: datetime) -> int:
    """How many unfinished pictures still stand an hour after they should have gone; it must be 0."""
    late = pieces.overdue(now, timedelta(hours=1))
    return work.session.scalar(select(func.count()).select_from(PictureUpload).where(late)) or 0


def sweep_strays(now: float | None = None) -> int:
    """Deletes files that no row speaks of and that are older than an hour (`now`: seconds since 1970); returns of how many
    pictures and pieces."""
    count = 0
    for found in adapters().pictures.ids(now):
        with unit_of_work() as work:
            known = set(work.session.scalars(select(Picture.id).where(among(Picture.id, list(found)))))
            known |= pieces.known(work, list(found))
        remove_files(list(found - known))
        count += len(found - known)
    return count


def _forget(work: Work, which: ColumnElement[bool]) -> list[uuid.UUID]:
    ids = list(work.session.scalars(select(Picture.id).where(which)))
    if ids:
        letters = delete(Outbox).where(Outbox.job == jobs.SANITISE, among(Outbox.subject_id, ids))
        work.change(letters.execution_options(synchronize_session=False))
        work.change(delete(Picture).where(among(Picture.id, ids)).execution_options(synchronize_session=False))
    return ids
