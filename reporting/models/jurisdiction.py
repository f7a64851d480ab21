"""Areas in which an organisation is responsible, with validity in time; public holidays; and the counter that tells workers to
reload them."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    Text,
    UniqueConstraint,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Now, Words


class Jurisdiction(db.Model):
    """One version of one routing row: a GeoJSON (multi)polygon in WGS-84 degrees, and when and for what it counts.

    `categories` empty means every category. `hours` is a list of {weekday 0-6, from "HH:MM", until "HH:MM"}, empty round the
    clock; what ends before it begins runs past midnight. `days` is a list of {from, until} dates, both included: the row
    counts on these alone and then goes before rows without days. Times and dates are those of `timezone`, empty for the
    installation's. `holidays` says what hours mean on a public holiday of the organisation. Higher `rank` goes first.
    """

    __tablename__ = "jurisdiction"
    __table_args__ = (
        UniqueConstraint("organisation_id", "key", "version"),
        CheckConstraint("holidays in ('as_usual','only','never')", name="holidays"),
        CheckConstraint("part in ('responsible','informed')", name="part"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    categories: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    geometry: Mapped[dict] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    valid_from: Mapped[Now]
    valid_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    hours: Mapped[list | None] = mapped_column(JSONB)
    timezone: Mapped[Words]
    holidays: Mapped[str] = mapped_column(Text, server_default=text("'as_usual'"))
    days: Mapped[list | None] = mapped_column(JSONB)
    part: Mapped[str] = mapped_column(Text, server_default=text("'responsible'"))
    desk_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("desk.id", ondelete="SET NULL"))
    rank: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    enabled: Mapped[bool] = mapped_column(Boolean, server_default=true())


class PublicHoliday(db.Model):
    """A public holiday as an organisation keeps it: the date in its own time zone."""

    __tablename__ = "public_holiday"

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    name: Mapped[Words]


class AreaVersion(db.Model):
    """One row: grows whenever an area or organisation that routing reads has changed."""

    __tablename__ = "area_version"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
