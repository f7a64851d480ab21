"""Work that is promised: each row is a letter to one step of the line. The message queue is only the doorbell."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, DateTime, Double, Identity, Index, Integer, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Now

UNRUNG = "dispatched_at is null and dead_at is null"


class Outbox(db.Model):
    """One step that one report still needs. Deleted by the transaction that does it; `dead_at` marks a dead letter.

    `behind` marks the letters of a source that sends more than its share: they stand behind all others. Whose they are is
    not kept.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("subject_id", "job"),
        Index("ix_outbox_in_order", "due_at", postgresql_where=text(f"{UNRUNG} and not behind")),
        Index("ix_outbox_behind", "due_at", postgresql_where=text(f"{UNRUNG} and behind")),
        Index("ix_outbox_dispatched", "dispatched_at", postgresql_where=text("dispatched_at is not null and dead_at is null")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    job: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[uuid.UUID]
    created_at: Mapped[Now]
    due_at: Mapped[Now]
    dispatched_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    behind: Mapped[bool] = mapped_column(Boolean, server_default=false())
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    last_error: Mapped[str | None] = mapped_column(Text)
    dead_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Figure(db.Model):
    """A count that only a process which sees everything can make, and when it was made; a new one takes its place."""

    __tablename__ = "figure"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[float] = mapped_column(Double)
    at: Mapped[Now]


class Pulse(db.Model):
    """The last sign of life of each process of the line."""

    __tablename__ = "pulse"

    process: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[Now]
