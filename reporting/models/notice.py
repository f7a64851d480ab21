"""What an informed room or a venue's staff may know of an incident that is not theirs: a few fields of its own, no words of a
reporter."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Double, ForeignKey, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Moment, Now, Words


class Notice(db.Model):
    """Told to one organisation or one venue about one incident. `place` is a name of ours, never what a reporter typed.

    `held_by` names the room that works on it; `ended_at` is when there was nothing more to tell.
    """

    __tablename__ = "notice"
    __table_args__ = (
        CheckConstraint("kind in ('for_information','please_look','keep_away')", name="kind"),
        CheckConstraint("(organisation_id is null) <> (venue_id is null)", name="addressee"),
        UniqueConstraint("incident_id", "organisation_id"),
        UniqueConstraint("incident_id", "venue_id"),
        Index("ix_notice_organisation", "organisation_id", "opened_at", postgresql_where=text("organisation_id is not null")),
        Index("ix_notice_venue", "venue_id", "opened_at", postgresql_where=text("venue_id is not null")),
    )

    id: Mapped[Id]
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    venue_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("venue.id"))
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[Words]
    held_by: Mapped[Words]
    number: Mapped[Words]
    category: Mapped[str] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(SmallInteger)
    place: Mapped[Words]
    lat: Mapped[float | None] = mapped_column(Double)
    lon: Mapped[float | None] = mapped_column(Double)
    accuracy_m: Mapped[float | None] = mapped_column(Double)
    opened_at: Mapped[Moment]
    created_at: Mapped[Now]
    updated_at: Mapped[Now]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
