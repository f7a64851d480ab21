"""Letters to people outside: the ways to be told that somebody chose, and each letter with what became of it."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Now, Words

OF_ONE = "num_nonnulls(report_id, account_id, venue_id, organisation_id) = 1"
CHANNEL = "channel in ('push','mail','sms')"


class Subscription(db.Model):
    """A way in which a reporter, a person with an account, a venue or a room asked to be told. The address is sealed per record.

    `mark` recognises the same address of the same person and of nobody else: two reports of one phone have different marks.
    `service` is who carries it: a push service by its name in the settings, else the channel. It says nothing of the person.
    `confirmed_at`: whoever reads mail or text messages there said that they want them; before, nothing but that question is
    sent. Push needs no such word. `short_mark` recognises the word of the way's short link.
    A venue's ways are its devices (`device_id`) and its contacts, who are told in their `hours` (as domain/premises.py has them).
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
        Index("uq_subscription_venue", "venue_id", "channel", "mark", unique=True, postgresql_where=text("venue_id is not null")),
        Index(
            "uq_subscription_organisation",
            "organisation_id",
            "channel",
            "mark",
            unique=True,
            postgresql_where=text("organisation_id is not null"),
        ),
        Index("uq_subscription_short_mark", "short_mark", unique=True),
        Index("ix_subscription_device", "device_id"),
    )

    id: Mapped[Id]
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    venue_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    device_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("venue_device.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(Text)
    service: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(Text)
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    language: Mapped[str] = mapped_column(Text)
    chosen_at: Mapped[Now]
    confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    hours: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    short_mark: Mapped[bytes | None] = mapped_column(LargeBinary)


class Delivery(db.Model):
    """One letter by one way. `effect` names what it tells of, so that nothing is told twice.

    `state`: waiting, sent, refused (for good, at once), dead (given up, a person may send it again), stopped (the way was gone
    before, or it was taken back), held (until its address is confirmed). `result` is a word of ours for the last answer.
    `told_by` is the room that told, `about` a name of ours that the letter carries, such as that of a desk.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(OF_ONE, name="of_one"),
        CheckConstraint(CHANNEL, name="channel"),
        CheckConstraint("state in ('waiting','sent','refused','dead','stopped','held')", name="state"),
        UniqueConstraint("effect", "subscription_id"),
        Index("ix_delivery_subscription", "subscription_id"),
        Index("ix_delivery_report", "report_id"),
        Index("ix_delivery_account", "account_id"),
        Index("ix_delivery_venue", "venue_id"),
        Index("ix_delivery_organisation", "organisation_id"),
        Index("ix_delivery_created_at", "created_at"),
    )

    id: Mapped[Id]
    effect: Mapped[str] = mapped_column(Text)
    template: Mapped[str] = mapped_column(Text)
    subscription_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("subscription.id", ondelete="SET NULL"))
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    venue_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    told_by: Mapped[uuid.UUID | None]
    about: Mapped[Words]
    channel: Mapped[str] = mapped_column(Text)
    service: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    result: Mapped[str] = mapped_column(Text, server_default=text("''"))
    created_at: Mapped[Now]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AddressStopped(db.Model):
    """An address whose reader said "never again": its keyed hash, kept for good; who is forgotten is written to again."""

    __tablename__ = "address_stopped"

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    at: Mapped[Now]


class AddressAsked(db.Model):
    """How often an address was asked on one day, under a mark of that day: it links to no report, account or other day."""

    __tablename__ = "address_asked"

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    day: Mapped[date] = mapped_column(Date, server_default=text("current_date"))
    count: Mapped[int] = mapped_column(Integer, server_default=text("1"))
