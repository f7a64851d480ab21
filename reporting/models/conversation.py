"""What a control room and a reporter say to each other, when the reporter was here last, and how telling felt, as counts."""

import uuid
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, DateTime, ForeignKey, Index, Integer, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Moment, Words

AT_ONCE = text("clock_timestamp()")
KINDS = ("question", "message", "taken_back", "answer", "addition", "withdrawal")


class Message(db.Model):
    """History: one thing said about one report. Rows are added and never changed; they go with their report.

    `author` is `room` or `reporter`. A question names a card or holds words, and ends by the one row that names it in
    `ends_id`: its answer, or the room taking it back. `language` is that of `text`. `actor` is the operator, never shown outside.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("author in ('room','reporter')", name="author"),
        CheckConstraint(f"kind in ({', '.join(repr(kind) for kind in KINDS)})", name="kind"),
        CheckConstraint("(kind in ('answer','taken_back')) = (ends_id is not null)", name="ends"),
        Index("ix_message_report", "report_id", "at"),
        Index("uq_message_withdrawal", "report_id", unique=True, postgresql_where=text("kind = 'withdrawal'")),
    )

    id: Mapped[Id]
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    at: Mapped[Moment] = mapped_column(server_default=AT_ONCE)
    author: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    card: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    text: Mapped[Words]
    language: Mapped[str | None] = mapped_column(Text)
    ends_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), unique=True)
    expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    actor_id: Mapped[uuid.UUID | None]
    actor: Mapped[Words]


class FollowUp(db.Model):
    """When a report's page was open last, forgotten after a day, and whether its reporter said how telling felt, not what."""

    __tablename__ = "follow_up"
    __table_args__ = (Index("ix_follow_up_seen_at", "seen_at", postgresql_where=text("seen_at is not null")),)

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    felt: Mapped[bool] = mapped_column(Boolean, server_default=false())


class Feeling(db.Model):
    """How many said that telling made them feel so, by organisation, category and month. A count: no row is anybody's."""

    __tablename__ = "feeling"
    __table_args__ = (
        CheckConstraint("answer in ('safer','same','less_safe')", name="answer"),
        UniqueConstraint("organisation_id", "category", "month", "answer"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    category: Mapped[str] = mapped_column(Text)
    month: Mapped[date] = mapped_column(Date)
    answer: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
