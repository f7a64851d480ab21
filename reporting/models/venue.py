"""Venues (premises with staff) and the short place codes that stand on their posters."""

import uuid
from datetime import datetime

from sqlalchemy import DateTime, Double, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Now, Words


class Venue(db.Model):
    """Premises with staff. `organisation_id` is the venue's own control room, where it has one."""

    __tablename__ = "venue"

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(Text, unique=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(Text)
    names: Mapped[Words]
    kind: Mapped[Words]
    address: Mapped[Words]
    opening_hours: Mapped[Words]
    lat: Mapped[float] = mapped_column(Double)
    lon: Mapped[float] = mapped_column(Double)
    created_at: Mapped[Now]


class PlaceCode(db.Model):
    """A short code for a gate, platform or aisle of a venue; revoked codes still explain themselves. `way_in`: how to get in."""

    __tablename__ = "place_code"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"), index=True)
    label: Mapped[Words]
    way_in: Mapped[Words]
    lat: Mapped[float] = mapped_column(Double)
    lon: Mapped[float] = mapped_column(Double)
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
