"""The workspace of a venue: what it tells its rooms, the devices of its staff, and the codes and links that let them in."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Moment, Now, Words


class VenueFacts(db.Model):
    """What operators read beside an incident there. `exits` and `cameras` have one line each; `contacts` are rows of name, role,
    phone and hours (see `domain/premises.py`)."""

    __tablename__ = "venue_facts"
    __table_args__ = (UniqueConstraint("venue_id"),)

    id: Mapped[Id]
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    capacity: Mapped[int | None] = mapped_column(Integer)
    exits: Mapped[Words]
    cameras: Mapped[Words]
    contacts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    changed_at: Mapped[Now]
    changed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))


class VenueProcedure(db.Model):
    """One version of one of the four procedures; the highest counts. Rows are only added."""

    __tablename__ = "venue_procedure"
    __table_args__ = (
        UniqueConstraint("venue_id", "kind", "version"),
        CheckConstraint("kind in ('evacuation','invacuation','lockdown','communication')", name="kind"),
    )

    id: Mapped[Id]
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    steps: Mapped[Words]
    changed_at: Mapped[Now]
    changed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))


class VenueDevice(db.Model):
    """A phone or tablet on which somebody of the staff signed in. Only hashes of its key and PIN are stored."""

    __tablename__ = "venue_device"
    __table_args__ = (Index("ix_venue_device_venue", "venue_id"), Index("ix_venue_device_account", "account_id"))

    id: Mapped[Id]
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    name: Mapped[Words]
    place_code: Mapped[str | None] = mapped_column(Text)
    pin_hash: Mapped[str] = mapped_column(Text)
    pin_failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created_at: Mapped[Now]
    seen_at: Mapped[Now]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class DeviceCode(db.Model):
    """A code that signs one device in, once, within minutes. Only its hash is stored."""

    __tablename__ = "device_code"
    __table_args__ = (Index("ix_device_code_venue", "venue_id"),)

    id: Mapped[Id]
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Now]
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class VenueLink(db.Model):
    """A signed link, printed as a QR code, that opens the flag form without an account, for reporting only."""

    __tablename__ = "venue_link"
    __table_args__ = (Index("ix_venue_link_venue", "venue_id"),)

    id: Mapped[Id]
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))
    label: Mapped[Words]
    created_at: Mapped[Now]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
