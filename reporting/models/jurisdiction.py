"""Areas in which an organisation is responsible, with validity in time; and the counter that tells workers to reload them."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, DateTime, ForeignKey, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Now


class Jurisdiction(db.Model):
    """One version of one area: a GeoJSON (multi)polygon in WGS-84 degrees. `categories` empty means every category."""

    __tablename__ = "jurisdiction"
    __table_args__ = (UniqueConstraint("organisation_id", "key", "version"),)

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


class AreaVersion(db.Model):
    """One row: grows whenever an area or organisation that routing reads has changed."""

    __tablename__ = "area_version"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
