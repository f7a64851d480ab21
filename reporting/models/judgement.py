"""What people and plug-ins said beside the rules: operators' overrides, and second opinions that count for nothing."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Now, Words
from reporting.models.incident import Assessment

Index("ix_assessment_created", Assessment.created_at, postgresql_using="brin")


class Override(db.Model):
    """History: what an operator decided over an assessment, kept with what it was decided over.

    `kind` is `priority` (changed), `outcome` (given at closing), `reason` (words that came later) or `undone`; the last two
    name in `about` the timeline line they speak of. The assessment is the one that decided the incident's priority at that
    moment; `rules` are its findings as [{"rule", "weight"}], so that figures outlive the report.
    """

    __tablename__ = "override"
    __table_args__ = (
        CheckConstraint("kind in ('priority','outcome','reason','undone')", name="kind"),
        Index("ix_override_organisation", "organisation_id", "at"),
        Index("ix_override_incident", "incident_id"),
        Index("ix_override_report", "report_id"),
    )

    id: Mapped[Id]
    at: Mapped[Now]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    event_id: Mapped[uuid.UUID]
    kind: Mapped[str] = mapped_column(Text)
    about: Mapped[uuid.UUID | None]
    report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("report.id", ondelete="SET NULL"))
    assessment_id: Mapped[uuid.UUID | None]
    rule_set: Mapped[Words]
    score: Mapped[int | None] = mapped_column(Integer)
    rules: Mapped[list] = mapped_column(JSONB)
    priority_before: Mapped[int | None] = mapped_column(SmallInteger)
    priority_after: Mapped[int | None] = mapped_column(SmallInteger)
    outcome: Mapped[str | None] = mapped_column(Text)
    actor_id: Mapped[uuid.UUID]
    actor: Mapped[Words]
    reason: Mapped[Words]


class SecondOpinion(db.Model):
    """History: what a plug-in said about one report. Nothing in the line reads this table; screens show it beside the assessment.

    `state` is `given`, `failed` (it raised), `late` (it took too long) or `nonsense` (its answer was not one).
    """

    __tablename__ = "second_opinion"
    __table_args__ = (
        CheckConstraint("state in ('given','failed','late','nonsense')", name="state"),
        CheckConstraint("priority between 1 and 4", name="priority"),
        Index("uq_second_opinion_report", "report_id", "plug_in", unique=True),
    )

    id: Mapped[Id]
    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    plug_in: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    priority: Mapped[int | None] = mapped_column(SmallInteger)
    sentence: Mapped[Words]
    took_ms: Mapped[int] = mapped_column(Integer)
    at: Mapped[Now]
