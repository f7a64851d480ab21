"""What operators decide about joins, kept for good: steps that can be undone, reports that moved, what is not the same, who
looked. All of it is history: rows are added and never changed."""

import uuid

from sqlalchemy import Boolean, CheckConstraint, Double, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Moment, Words

AT_ONCE = text("clock_timestamp()")
"""Also within one transaction the later row has the later time."""


class Step(db.Model):
    """History: what a step of casework changed, by the event that tells of it, so that it can be undone exactly.

    `before` holds the values of the columns it changed, by incident; `version` is the incident's version behind the step:
    while it stands, nobody has decided anything since. `undoes` names the step that this one took back, at most once.
    """

    __tablename__ = "step"
    __table_args__ = (Index("ix_step_incident", "incident_id", "at"),)

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("timeline_event.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[Moment] = mapped_column(server_default=AT_ONCE)
    kind: Mapped[str] = mapped_column(Text)
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    other_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    other_event_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(Integer)
    other_version: Mapped[int | None] = mapped_column(Integer)
    before: Mapped[dict] = mapped_column(JSONB)
    undoes: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("step.event_id", ondelete="CASCADE"), unique=True)


class Move(db.Model):
    """History: a report went from one incident to another by a person's step. The newest row counts."""

    __tablename__ = "move"
    __table_args__ = (
        Index("ix_move_report", "report_id", "at"),
        Index("ix_move_event", "event_id"),
        Index("ix_move_incident", "incident_id"),
    )

    id: Mapped[Id]
    at: Mapped[Moment] = mapped_column(server_default=AT_ONCE)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("timeline_event.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    from_incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))


class NotSame(db.Model):
    """History: a person said that two things are not the same, or took that back (`stands` false).

    The newest row of a pair counts. A pair is a report and an incident, or two incidents, the smaller id first. `version` is
    the version of the matching that had put them together or had shown them as one.
    """

    __tablename__ = "not_same"
    __table_args__ = (
        CheckConstraint("num_nonnulls(report_id, other_id) = 1", name="pair"),
        CheckConstraint("other_id is null or incident_id < other_id", name="order"),
        Index("ix_not_same_incident", "incident_id"),
        Index("ix_not_same_other", "other_id", postgresql_where=text("other_id is not null")),
        Index("ix_not_same_report", "report_id", postgresql_where=text("report_id is not null")),
    )

    id: Mapped[Id]
    at: Mapped[Moment] = mapped_column(server_default=AT_ONCE)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("timeline_event.id", ondelete="CASCADE"))
    actor_id: Mapped[uuid.UUID | None]
    actor: Mapped[Words]
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    other_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    stands: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[Words]
    version: Mapped[Words]


class Look(db.Model):
    """History: somebody had a look (camera, guard, patrol) or was rung (112), and what came of it. Answers that were seen by
    somebody who looked stand against worse ones that were reported before."""

    __tablename__ = "look"
    __table_args__ = (Index("ix_look_incident", "incident_id", "at"),)

    id: Mapped[Id]
    at: Mapped[Moment] = mapped_column(server_default=AT_ONCE)
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("timeline_event.id", ondelete="CASCADE"))
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    actor_id: Mapped[uuid.UUID | None]
    actor: Mapped[Words]
    kind: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    hot_hidden: Mapped[str] = mapped_column(Text)
    hot_obvious: Mapped[str] = mapped_column(Text)
    hot_typical: Mapped[str] = mapped_column(Text)
    reference: Mapped[Words]
    text: Mapped[Words]


class Suggestion(db.Model):
    """History: a report that is on one incident may be about another as well; a person is to look at both, side by side."""

    __tablename__ = "suggestion"
    __table_args__ = (
        Index("ix_suggestion_incident", "incident_id"),
        Index("ix_suggestion_other", "other_id"),
        Index("ix_suggestion_report", "report_id"),
    )

    id: Mapped[Id]
    at: Mapped[Moment] = mapped_column(server_default=AT_ONCE)
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    other_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    score: Mapped[float] = mapped_column(Double)
    reasons: Mapped[list] = mapped_column(JSONB)
    version: Mapped[str] = mapped_column(Text)
