"""What a control room works on, and the history of how it came to be so: assessments, joinings, assignments, timeline."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Moment, Now, Words

NOT_CLOSED = text("status <> 'closed'")


class Incident(db.Model):
    """One or more reports about the same thing. `version` counts decisions; writers must name the one they read.

    `clock_at` is when its ladder is looked at next, `clock_for` the `due_at` for which that was reckoned.
    `hidden_from` are organisations that must never see it, because it is about people who work there. `heard_at` is when a
    reporter said something that no step of the room followed yet.
    """

    __tablename__ = "incident"
    __table_args__ = (
        CheckConstraint("priority between 1 and 4", name="priority"),
        CheckConstraint(
            "status in ('new','acknowledged','in_progress','waiting','handed_over','shelved','closed')", name="status"
        ),
        CheckConstraint("organisation_id is null or organisation_id <> all (hidden_from)", name="hidden_from"),
        Index("ix_incident_cell_open", "cell", "opened_at", postgresql_where=NOT_CLOSED),
        Index(
            "ix_incident_queue",
            "organisation_id",
            "priority",
            text("coalesce(due_at, 'infinity'::timestamptz)"),
            "opened_at",
            "id",
            postgresql_where=NOT_CLOSED,
        ),
        Index("ix_incident_failed", "opened_at", postgresql_where=text("lane = 'failed' and status = 'new'")),
        Index("ix_incident_recent", "organisation_id", "opened_at", "id"),
        Index("ix_incident_category_open", "category", "last_report_at", postgresql_where=NOT_CLOSED),
        Index(
            "ix_incident_venue_open",
            "venue_id",
            "last_report_at",
            postgresql_where=text("status <> 'closed' and venue_id is not null"),
        ),
        Index("ix_incident_merged_into", "merged_into_id", postgresql_where=text("merged_into_id is not null")),
        Index("ix_incident_shelved", "shelved_until", postgresql_where=text("shelved_until is not null")),
        Index("ix_incident_clock", "clock_at", postgresql_where=text("status = 'new' and clock_at is not null")),
        Index(
            "ix_incident_clock_changed",
            "priority",
            "due_at",
            postgresql_where=text("status = 'new' and clock_for is distinct from due_at"),
        ),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(Text, unique=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    desk_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("desk.id"))
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    category: Mapped[str] = mapped_column(Text)
    priority: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str] = mapped_column(Text, server_default=text("'new'"))
    summary: Mapped[Words]
    lat: Mapped[float | None] = mapped_column(Double)
    lon: Mapped[float | None] = mapped_column(Double)
    accuracy_m: Mapped[float | None] = mapped_column(Double)
    place: Mapped[Words]
    jurisdiction_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jurisdiction.id"))
    lane: Mapped[str] = mapped_column(Text, server_default=text("'queue'"))
    cell: Mapped[int | None] = mapped_column(BigInteger)
    venue_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("venue.id"))
    place_code: Mapped[str | None] = mapped_column(Text)
    hot_hidden: Mapped[str] = mapped_column(Text, server_default=text("'unknown'"))
    hot_obvious: Mapped[str] = mapped_column(Text, server_default=text("'unknown'"))
    hot_typical: Mapped[str] = mapped_column(Text, server_default=text("'unknown'"))
    opened_at: Mapped[Now]
    updated_at: Mapped[Now]
    last_report_at: Mapped[Now]
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    clock_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    clock_for: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    acknowledged_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None] = mapped_column(Text)
    report_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    independent_sources: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    one_network: Mapped[bool] = mapped_column(Boolean, server_default=false())
    priority_overridden: Mapped[bool] = mapped_column(Boolean, server_default=false())
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    exercise: Mapped[bool] = mapped_column(Boolean, server_default=false())
    merged_into_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incident.id"))
    shelved_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    kept_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    about_staff: Mapped[bool] = mapped_column(Boolean, server_default=false())
    hidden_from: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid), server_default=text("'{}'"))
    heard_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class Assessment(db.Model):
    """History: what triage concluded about one report, by which version of the rules."""

    __tablename__ = "assessment"

    id: Mapped[Id]
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), unique=True)
    score: Mapped[int] = mapped_column(Integer)
    priority: Mapped[int] = mapped_column(SmallInteger)
    relevant: Mapped[bool] = mapped_column(Boolean)
    lane: Mapped[str] = mapped_column(Text, server_default=text("'queue'"))
    rule_set: Mapped[str] = mapped_column(Text)
    findings: Mapped[list] = mapped_column(JSONB)
    created_at: Mapped[Now]


class Joining(db.Model):
    """History: which incident a report was joined to, how well it matched and why. One row for each report."""

    __tablename__ = "joining"

    id: Mapped[Id]
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), unique=True)
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), index=True)
    decision: Mapped[str] = mapped_column(Text)
    score: Mapped[float] = mapped_column(Double)
    reasons: Mapped[list] = mapped_column(JSONB)
    suggested_incident_id: Mapped[uuid.UUID | None]
    independent: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[str] = mapped_column(Text)
    created_at: Mapped[Now]


class Assignment(db.Model):
    """History: to whom an incident was given and why. The newest row counts.

    `hours` is the line on opening hours and holidays, `informed` a list of {organisation, reason}; `actor_id` is set where a
    person gave it.
    """

    __tablename__ = "assignment"
    __table_args__ = (Index("ix_assignment_incident", "incident_id", "created_at"),)

    id: Mapped[Id]
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    desk_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("desk.id"))
    jurisdiction_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jurisdiction.id"))
    area: Mapped[Words]
    rule: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    alternatives: Mapped[list] = mapped_column(JSONB)
    created_at: Mapped[Now]
    hours: Mapped[Words]
    informed: Mapped[list] = mapped_column(JSONB, server_default=text("'[]'"))
    actor_id: Mapped[uuid.UUID | None]


class TimelineEvent(db.Model):
    """History: one thing that happened to an incident, as its operators read it."""

    __tablename__ = "timeline_event"
    __table_args__ = (Index("ix_timeline_event_incident", "incident_id", "at"),)

    id: Mapped[Id]
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    at: Mapped[Moment] = mapped_column(server_default=text("clock_timestamp()"))
    kind: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[uuid.UUID | None]
    actor: Mapped[Words]
    text: Mapped[Words]
    detail: Mapped[dict | None] = mapped_column(JSONB)
