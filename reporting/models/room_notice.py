"""What a control room writes to venues, and who there has read it."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Moment, Now, Words


class RoomNotice(db.Model):
    """Information, a request to look, or an all clear, in a room's own words, to one venue or several, until it expires or is
    taken back. An all clear names the incident of the room that gives it."""

    __tablename__ = "room_notice"
    __table_args__ = (
        CheckConstraint("kind in ('information','please_look','all_clear')", name="kind"),
        Index("ix_room_notice_organisation", "organisation_id", "written_at"),
        Index("ix_room_notice_incident", "incident_id"),
        Index("ix_room_notice_venues", "venues", postgresql_using="gin"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    incident_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incident.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(Text)
    text: Mapped[Words]
    venues: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    written_by: Mapped[Words]
    written_at: Mapped[Now]
    expires_at: Mapped[Moment]
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class RoomNoticeRead(db.Model):
    """Somebody of a venue said that they have read it. Rows are added, and go with the notice."""

    __tablename__ = "room_notice_read"

    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("room_notice.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    at: Mapped[Now]
