"""Routing that is tried before it is switched: drafts, their changes, trials, and what was published when and by whom."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Now, Words


class RoutingDraft(db.Model):
    """Routing as it could be: the rows in force when it was begun (`base`), and the changes to them.

    `version` counts its changes; who writes names the one they saw. Numbers count within the organisation.
    """

    __tablename__ = "routing_draft"
    __table_args__ = (
        CheckConstraint("state in ('draft','published','superseded','discarded')", name="state"),
        UniqueConstraint("organisation_id", "number"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    title: Mapped[Words]
    state: Mapped[str] = mapped_column(Text, server_default=text("'draft'"))
    base: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    version: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    begun_at: Mapped[Now]
    begun_by: Mapped[Words]
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[Words]


class RoutingChange(db.Model):
    """History: one change to one row of a draft. `fields` holds the new values of what was changed, and nothing else."""

    __tablename__ = "routing_change"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("routing_draft.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[Now]
    actor_id: Mapped[uuid.UUID | None]
    actor: Mapped[Words]
    kind: Mapped[str] = mapped_column(Text)
    key: Mapped[Words]
    fields: Mapped[dict] = mapped_column(JSONB)


class RoutingTrial(db.Model):
    """A question to the routing engine that the worker answers: a past period, one place, or shapes from a file."""

    __tablename__ = "routing_trial"
    __table_args__ = (
        CheckConstraint("kind in ('period','place','shapes')", name="kind"),
        CheckConstraint("state in ('waiting','running','done','superseded')", name="state"),
        Index("ix_routing_trial_draft", "draft_id", "asked_at"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    draft_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("routing_draft.id", ondelete="CASCADE"))
    draft_version: Mapped[int | None] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default=text("'waiting'"))
    question: Mapped[dict] = mapped_column(JSONB)
    answer: Mapped[dict | None] = mapped_column(JSONB)
    done: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    total: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    asked_at: Mapped[Now]
    asked_by: Mapped[Words]
    beat_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class RoutingPublication(db.Model):
    """History: a switch of an organisation's routing. `before` and `after` are the ids of the rows in force around it;
    `changed` names the rows that differ."""

    __tablename__ = "routing_publication"
    __table_args__ = (
        CheckConstraint("kind in ('draft','back')", name="kind"),
        UniqueConstraint("organisation_id", "number"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[Now]
    actor_id: Mapped[uuid.UUID | None]
    actor: Mapped[Words]
    kind: Mapped[str] = mapped_column(Text)
    draft_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("routing_draft.id", ondelete="SET NULL"))
    changed: Mapped[list] = mapped_column(JSONB)
    before: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    after: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
