"""Letters to people outside: the ways to be told that somebody chose, and each letter with what became of it."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Now

OF_ONE = "(report_id is null) <> (account_id is null)"
CHANNEL = "channel in ('push','mail','sms')"


class Subscription(db.Model):
    """A way in which a reporter or a person with an account asked to be told. The address is sealed per record.

    `mark` recognises the same address of the same person and of nobody else: two reports of one phone have different marks.
    `service` is who carries it: a push service by its name in the settings, else the channel. It says nothing of the person.
    """

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint(OF_ONE, name="of_one"),
        CheckConstraint(CHANNEL, name="channel"),
        Index(
            "uq_subscription_report", "report_id", "channel", "mark", unique=True, postgresql_where=text("report_id is not null")
        ),
        Index(
            "uq_subscription_account",
            "account_id",
            "channel",
            "mark",
            unique=True,
            postgresql_where=text("account_id is not null"),
        ),
    )

    id: Mapped[Id]
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(Text)
    service: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(Text)
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(Text)
    chosen_at: Mapped[Now]


class Delivery(db.Model):
    """One letter by one way. `effect` names what it tells of, so that nothing is told twice.

    `state`: waiting, sent, refused (for good, at once), dead (given up, a person may send it again), stopped (the way was gone
    before). `result` is a word of ours for the last answer.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(OF_ONE, name="of_one"),
        CheckConstraint(CHANNEL, name="channel"),
        CheckConstraint("state in ('waiting','sent','refused','dead','stopped')", name="state"),
        UniqueConstraint("effect", "subscription_id"),
        Index("ix_delivery_subscription", "subscription_id"),
        Index("ix_delivery_report", "report_id"),
        Index("ix_delivery_account", "account_id"),
        Index("ix_delivery_created_at", "created_at"),
    )

    id: Mapped[Id]
    effect: Mapped[str] = mapped_column(Text)
    template: Mapped[str] = mapped_column(Text)
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscription.id", ondelete="SET NULL"))
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(Text)
    service: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    result: Mapped[str] = mapped_column(Text, server_default=text("''"))
    created_at: Mapped[Now]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
