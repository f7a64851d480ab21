"""The event calendar: when and where many people come together. Triage asks it; nobody's secret stands in it."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Double, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id


class CityEvent(db.Model):
    """One event: a point in WGS-84 degrees with a radius in metres, from `starts_at` until `ends_at`."""

    __tablename__ = "city_event"
    __table_args__ = (
        UniqueConstraint("organisation_id", "key"),
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint("radius_m > 0 and radius_m <= 5000", name="radius"),
        Index("ix_city_event_ends_at", "ends_at"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    lat: Mapped[float] = mapped_column(Double)
    lon: Mapped[float] = mapped_column(Double)
    radius_m: Mapped[float] = mapped_column(Double)
    starts_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
