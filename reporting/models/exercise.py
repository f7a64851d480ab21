"""What a venue must be able to show: who was trained, which drills were held, and how its team answers made cases."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Now, Words


class Training(db.Model):
    """One training of one member of staff. Of kind `hot` and valid, it makes somebody who may be asked for a first look."""

    __tablename__ = "training"
    __table_args__ = (
        Index("ix_training_account", "account_id", "valid_until"),
        Index("ix_training_venue", "venue_id", "done_on"),
    )

    id: Mapped[Id]
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[Words]
    done_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    noted_by: Mapped[Words]
    created_at: Mapped[Now]
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Drill(db.Model):
    """One drill of a procedure: when, how many people, how many minutes, and what went wrong."""

    __tablename__ = "drill"
    __table_args__ = (
        CheckConstraint("kind in ('evacuation','invacuation','lockdown','communication')", name="kind"),
        Index("ix_drill_venue", "venue_id", "held_on"),
    )

    id: Mapped[Id]
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    held_on: Mapped[date] = mapped_column(Date)
    people: Mapped[int] = mapped_column(Integer)
    minutes: Mapped[int] = mapped_column(Integer)
    went_wrong: Mapped[Words]
    noted_by: Mapped[Words]
    created_at: Mapped[Now]
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class HotDrill(db.Model):
    """How a house answered one made case in one month: two counts and no name."""

    __tablename__ = "hot_drill"

    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    case_key: Mapped[str] = mapped_column(Text, primary_key=True)
    answered: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    correct: Mapped[int] = mapped_column(Integer, server_default=text("0"))
