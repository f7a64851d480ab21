"""The rows of pictures that are not whole yet: what has come of one, a further piece of it, and letting go of it.

Who adds a piece asks for the state it was read in: of two at once one adds, and the other is told what is there. Rows go with
their transaction, files after it; what a crash leaves between the two the sweep takes away.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from reporting.adapters.picture_store import PiecePlace
from reporting.domain.errors import AnotherPicture, OffsetConflict
from reporting.domain.uploads import IDLE, WAITS
from reporting.models.columns import among
from reporting.models.picture import PicturePiece, PictureUpload
from reporting.services.unit_of_work import Work

Number = tuple[uuid.UUID, int]
"""A report's id, and the number of a picture of it."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What has come of a picture; nothing yet without an `id`. `gives_way`: another picture's rest that stands at the number."""

    id: uuid.UUID | None = None
    received: int = 0
    whole: int | None = None
    pieces: tuple[PiecePlace, ...] = field(default=())
    gives_way: uuid.UUID | None = None


def unfinished(work: Work, number: Number, mark: bytes | None) -> Unfinished:
    """What has come of the picture with this mark, of any where it is None; raises AnotherPicture while another one is coming.

    One statement, so that its length and its pieces are of one moment: read one after the other, a piece that came in between
    would stand in the picture twice, and the picture be refused as broken.
    """
    fresh, idle = PictureUpload.begun_at > func.now() - WAITS, PictureUpload.touched_at < func.now() - IDLE
    columns = PictureUpload.id, PictureUpload.sent_mark, PictureUpload.received, PictureUpload.whole
    pieces = PicturePiece.id.label("piece_id"), PicturePiece.begins, PicturePiece.ends
    rows = work.session.execute(
        select(*columns, fresh.label("fresh"), idle.label("idle"), *pieces)
        .outerjoin(PicturePiece, PicturePiece.upload_id == PictureUpload.id)
        .where(*at(number))
        .order_by(PicturePiece.begins)
    ).all()
    if not rows:
        return Unfinished()
    found = rows[0]
    if found.fresh and mark in (None, found.sent_mark):
        there = tuple(PiecePlace(row.piece_id, found.id, row.begins, row.ends) for row in rows if row.piece_id)
        return Unfinished(found.id, found.received, found.whole, there)
    if found.fresh and not found.idle:
        raise AnotherPicture(f"Another picture {number[1]} is on its way.")
    return Unfinished(gives_way=found.id)


def begin(work: Work, number: Number, first: PiecePlace, mark: bytes) -> None:
    """An upload without a byte, for its first piece; raises OffsetConflict where somebody else has just begun one."""
    row = {"id": first.upload_id, "report_id": number[0], "n": number[1], "sent_mark": mark, "received": 0}
    made = insert(PictureUpload).values(row).on_conflict_do_nothing(index_elements=["report_id", "n"])
    if not work.change(made):
        raise OffsetConflict(_received(work, number), first.begins)


def add(work: Work, number: Number, piece: PiecePlace, whole: int | None) -> None:
    """One piece more; raises OffsetConflict where the picture does not end where the piece begins."""
    here = PictureUpload.id == piece.upload_id, PictureUpload.received == piece.begins
    told = func.coalesce(PictureUpload.whole, whole)
    grown = update(PictureUpload).where(*here).values(received=piece.ends, whole=told, touched_at=func.now())
    if not work.change(grown.execution_options(synchronize_session=False)):
        raise OffsetConflict(_received(work, number), piece.begins)
    row = {"id": piece.id, "upload_id": piece.upload_id, "begins": piece.begins, "ends": piece.ends}
    work.session.execute(insert(PicturePiece).values(row))


def claim(work: Work, number: Number, there: Unfinished) -> list[uuid.UUID]:
    """Takes away all that is unfinished at the number, for the whole picture that has been made of it; returns the ids of its
    pieces, whose files go after the commit. Raises OffsetConflict where something came or went meanwhile."""
    gone = let_go(work, PictureUpload.id == there.id) if there.id else []
    if len(gone) != len(there.pieces):
        raise OffsetConflict(_received(work, number), there.received)
    return gone + let_go(work, *at(number))


def let_go(work: Work, *which: ColumnElement[bool]) -> list[uuid.UUID]:
    """Takes away the uploads of which all this is true; returns the ids of their pieces, whose files go after the commit."""
    uploads = select(PictureUpload.id).where(*which)
    gone = delete(PicturePiece).where(PicturePiece.upload_id.in_(uploads)).returning(PicturePiece.id)
    ids = list(work.session.scalars(gone.execution_options(synchronize_session=False)))
    work.change(delete(PictureUpload).where(*which).execution_options(synchronize_session=False))
    return ids


def at(number: Number) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether an upload is of this number."""
    return PictureUpload.report_id == number[0], PictureUpload.n == number[1]


def overdue(now: datetime | None = None, more: timedelta = timedelta(0)) -> ColumnElement[bool]:
    """Whether an upload has waited for too long, and `more`, at `now` (the database's time where it is not given)."""
    return PictureUpload.begun_at < (func.now() if now is None else literal(now)) - (WAITS + more)


def known(work: Work, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the ids that are a piece's."""
    return set(work.session.scalars(select(PicturePiece.id).where(among(PicturePiece.id, ids))))


def _received(work: Work, number: Number) -> int:
    return work.session.scalar(select(PictureUpload.received).where(*at(number))) or 0
