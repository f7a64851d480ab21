"""Pictures of reports: what is known of each. The bytes lie sealed in the picture store, under the picture's id."""

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Now, Words

ORIGINAL_STANDS = "original_gone_at is null and done_at is not null"


class Picture(db.Model):
    """The nth picture of a report. `width` and `height` in pixels are the working copy's, once there is one.

    `sent_mark` is a keyed hash of what was sent: it recognises a repetition and tells nobody else anything. `taken_lat` and
    `taken_lon` (WGS-84 degrees) are what the file said of itself, kept only where its report says no place; nothing uses them.
    `original_gone_at`: when the file as it came was deleted.
    """

    __tablename__ = "picture"
    __table_args__ = (
        UniqueConstraint("report_id", "n"),
        CheckConstraint("n between 1 and 3", name="number"),
        CheckConstraint("state in ('waiting','ready','refused')", name="state"),
        CheckConstraint("kind in ('jpeg','png','webp','heic')", name="kind"),
        Index("ix_picture_original", "done_at", postgresql_where=text(ORIGINAL_STANDS)),
    )

    id: Mapped[Id]
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    n: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"))
    reason: Mapped[Words]
    kind: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(Integer)
    sent_mark: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(Text)
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    taken_lat: Mapped[float | None] = mapped_column(Double)
    taken_lon: Mapped[float | None] = mapped_column(Double)
    filed_at: Mapped[Now]
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    original_gone_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class PictureUpload(db.Model):
    """The nth picture of a report while only a part of it has come. `sent_mark` is the keyed hash of the whole picture, as the
    sender announced it and as the picture itself will bear it; `received` and `whole` are bytes."""

    __tablename__ = "picture_upload"
    __table_args__ = (
        UniqueConstraint("report_id", "n"),
        CheckConstraint("n between 1 and 3", name="number"),
        CheckConstraint("received >= 0 and (whole is null or whole >= received)", name="received"),
        Index("ix_picture_upload_begun", "begun_at"),
    )

    id: Mapped[Id]
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    n: Mapped[int] = mapped_column(SmallInteger)
    sent_mark: Mapped[bytes] = mapped_column(LargeBinary)
    received: Mapped[int] = mapped_column(Integer)
    whole: Mapped[int | None] = mapped_column(Integer)
    begun_at: Mapped[Now]
    touched_at: Mapped[Now]


class PicturePiece(db.Model):
    """The bytes of an unfinished picture from `begins` up to `ends`; sealed in the picture store, under the piece's id."""

    __tablename__ = "picture_piece"
    __table_args__ = (
        UniqueConstraint("upload_id", "begins"),
        CheckConstraint("begins >= 0 and ends > begins", name="bytes"),
    )

    id: Mapped[Id]
    upload_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("picture_upload.id", ondelete="CASCADE"))
    begins: Mapped[int] = mapped_column(Integer)
    ends: Mapped[int] = mapped_column(Integer)
