"""What people file: the report, its sealed contact, the short-lived trace of where it came from, and its idempotency key."""

import uuid
from datetime import datetime

from sqlalchemy import Boolean, DateTime, Double, ForeignKey, Index, Integer, LargeBinary, Text, false, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Now, Words

UNKNOWN = text("'unknown'")


class Report(db.Model):
    """A report as it was filed. `received_at` is database time; `observed_at` only where the device's clock is plausible."""

    __tablename__ = "report"
    __table_args__ = (
        Index("ix_report_of_incident", "incident_id", "received_at"),
        Index("ix_report_unjoined", "received_at", postgresql_where=text("incident_id is null")),
        Index("ix_report_filed_by", "filed_by", postgresql_where=text("filed_by is not null")),
    )

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(Text, unique=True)
    receipt_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    received_at: Mapped[Now]
    category: Mapped[str] = mapped_column(Text)
    description: Mapped[Words]
    why_unusual: Mapped[Words]
    language: Mapped[str | None] = mapped_column(Text)
    lat: Mapped[float | None] = mapped_column(Double)
    lon: Mapped[float | None] = mapped_column(Double)
    accuracy_m: Mapped[float | None] = mapped_column(Double)
    location_source: Mapped[str | None] = mapped_column(Text)
    place: Mapped[Words]
    place_code: Mapped[str | None] = mapped_column(Text)
    venue_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("venue.id"))
    moving_to: Mapped[Words]
    observed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    observed_at_sent: Mapped[str | None] = mapped_column(Text)
    clock_plausible: Mapped[bool] = mapped_column(Boolean)
    still_there: Mapped[str] = mapped_column(Text, server_default=UNKNOWN)
    happening_now: Mapped[str] = mapped_column(Text, server_default=UNKNOWN)
    hot_hidden: Mapped[str] = mapped_column(Text, server_default=UNKNOWN)
    hot_obvious: Mapped[str] = mapped_column(Text, server_default=UNKNOWN)
    hot_typical: Mapped[str] = mapped_column(Text, server_default=UNKNOWN)
    item_size: Mapped[str | None] = mapped_column(Text)
    owner_looked_for: Mapped[str] = mapped_column(Text, server_default=UNKNOWN)
    owner_found: Mapped[str] = mapped_column(Text, server_default=UNKNOWN)
    behaviours: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    already_told: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    about_staff: Mapped[bool] = mapped_column(Boolean, server_default=false())
    expected_pictures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    trust: Mapped[str] = mapped_column(Text)
    trust_reason: Mapped[Words]
    filer: Mapped[str] = mapped_column(Text, server_default=text("'public'"))
    filed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    incident_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incident.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    exercise: Mapped[bool] = mapped_column(Boolean, server_default=false())


class Contact(db.Model):
    """How to reach a reporter, sealed per record; opened only with a reason, each opening recorded."""

    __tablename__ = "contact"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str] = mapped_column(Text)


class Trace(db.Model):
    """Gone within 24 hours: the day-keyed hashes of network and device, and where the reporter stood."""

    __tablename__ = "trace"
    __table_args__ = (
        Index("ix_trace_network", "network_hash", "received_at"),
        Index("ix_trace_device", "device_hash", "received_at", postgresql_where=text("device_hash is not null")),
    )

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    received_at: Mapped[Now]
    network_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    device_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    reporter_lat: Mapped[float | None] = mapped_column(Double)
    reporter_lon: Mapped[float | None] = mapped_column(Double)
    reporter_accuracy_m: Mapped[float | None] = mapped_column(Double)


class Idempotency(db.Model):
    """A key that was used, the hash of the body that came with it, and for 24 h the sealed answer."""

    __tablename__ = "idempotency"

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    report_id: Mapped[uuid.UUID]
    reference: Mapped[str] = mapped_column(Text)
    trust: Mapped[str] = mapped_column(Text)
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
