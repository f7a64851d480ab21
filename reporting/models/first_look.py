"""Who of a venue's staff is on duty, and what a control room asks the trained among them to look at."""

import uuid
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, Uuid, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Moment, Now, Words


class OnDuty(db.Model):
    """A member of staff who said "I am here until ...". The row goes when the time is over; nobody's hours are kept."""

    __tablename__ = "on_duty"
    __table_args__ = (Index("ix_on_duty_venue", "venue_id"),)

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    since: Mapped[Now]
    until: Mapped[Moment]


class FirstLook(db.Model):
    """A room's "please look, do not touch". `asked_id` is asked at this moment and `next_ids` would be next, in that order; once
    it has ended it names nobody, so that no "I can't" is ever kept. `place` is a name of ours, `words` are the
    operator's. `keep_away`: it ended because nobody should go near any more."""

    __tablename__ = "first_look"
    __table_args__ = (
        CheckConstraint("state in ('open','answered','withdrawn','unanswered')", name="state"),
        CheckConstraint(
            "state = 'open' or (asked_id is null and next_ids = '{}' and words = '' and ended_at is not null)", name="nobody"
        ),
        Index("ix_first_look_open", "incident_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_first_look_incident", "incident_id", "asked_at"),
        Index("ix_first_look_venue", "venue_id", "asked_at"),
    )

    id: Mapped[Id]
    incident_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incident.id", ondelete="SET NULL"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    category: Mapped[str] = mapped_column(Text)
    place: Mapped[Words]
    words: Mapped[Words]
    seconds: Mapped[int] = mapped_column(Integer)
    turn: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    state: Mapped[str] = mapped_column(Text, server_default=text("'open'"))
    keep_away: Mapped[bool] = mapped_column(Boolean, server_default=false())
    asked_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    next_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    asked_at: Mapped[Now]
    due_at: Mapped[Moment]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
