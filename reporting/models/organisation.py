"""Organisations that run control rooms, and their desks."""

import uuid

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, Text, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Now, Words


class Organisation(db.Model):
    """Who runs a control room. `duty_desk` rooms take what no area claims and see what is not yet triaged.

    `nearest_m` is how far outside its areas, in metres, it takes what no area contains; empty for the installation's setting.
    `escalates_to_id` is the room above, which is told of what nobody here acknowledges; empty for the duty desk's room.
    `assigns_people`: new work is given to an operator on shift, not only to a desk. `keeps_originals`: pictures as they came stay
    sealed for some days beside the cleaned copies.
    """

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("level in ('venue','municipal','police','national')", name="level"),)

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    public_name: Mapped[Words]
    level: Mapped[str] = mapped_column(Text)
    duty_desk: Mapped[bool] = mapped_column(Boolean, server_default=false())
    phone: Mapped[Words]
    watched: Mapped[dict | None] = mapped_column(JSONB)
    nearest_m: Mapped[int | None] = mapped_column(Integer)
    escalates_to_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    assigns_people: Mapped[bool] = mapped_column(Boolean, server_default=false())
    keeps_originals: Mapped[bool] = mapped_column(Boolean, server_default=false())
    created_at: Mapped[Now]


class Desk(db.Model):
    """A seat in a control room; work goes to a desk by default, not to a person."""

    __tablename__ = "desk"

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(Boolean, server_default=false())
