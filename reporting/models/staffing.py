"""Who sits where and who is called: consoles that show life, shifts, the list of telephone numbers; and the ladder of an
incident nobody acknowledges, with the sight it gave to other rooms."""

import uuid
from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    all_,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from reporting.extensions import db
from reporting.models.columns import Id, Moment, Now, Words
from reporting.models.incident import Incident

AT_ONCE = text("clock_timestamp()")


class Presence(db.Model):
    """One open page of a console. It counts while `seen_at` is young; a page that leaves takes its row with it.

    `desk_id` is empty where its person sits at no desk, as supervisors may. `credential` is the keyed hash it signed on with.
    """

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_seen_at", "seen_at"),)

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    page: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    desk_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("desk.id", ondelete="CASCADE"))
    credential: Mapped[bytes] = mapped_column(LargeBinary)
    supervises: Mapped[bool] = mapped_column(Boolean, server_default=false())
    idle: Mapped[bool] = mapped_column(Boolean, server_default=false())
    since: Mapped[Now]
    seen_at: Mapped[Now]


class Shift(db.Model):
    """A line of the roster: who is to sit at which desk, from when until when. A plan, not a presence."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("until > starts_at", name="order"),
        UniqueConstraint("account_id", "starts_at"),
        Index("ix_shift_organisation", "organisation_id", "starts_at"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    desk_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("desk.id", ondelete="CASCADE"))
    starts_at: Mapped[Moment]
    until: Mapped[Moment]
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))


class PhoneEntry(db.Model):
    """Whom to call when nobody has acknowledged, in order. Seen by the organisation's own room alone. `mail`, and `sms` to the
    number, are told as well, once whoever reads them has confirmed it."""

    __tablename__ = "phone_entry"
    __table_args__ = (UniqueConstraint("organisation_id", "position"),)

    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[Words]
    number: Mapped[str] = mapped_column(Text)
    mail: Mapped[Words]
    sms: Mapped[bool] = mapped_column(Boolean, server_default=false())


class Escalation(db.Model):
    """History: one step up the ladder of an incident. The constraint keeps each step to once, whoever takes it.

    `organisation_id` is whose ladder it is; `position` counts its steps. `target_id` is the desk or the organisation it went
    to, empty for the supervisor and the list of numbers. `actor_id` is set where a person took the step.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        CheckConstraint("kind in ('together','desk','supervisor','organisation','phone_list')", name="kind"),
        UniqueConstraint("incident_id", "organisation_id", "position"),
        Index(
            "uq_escalation_target",
            "incident_id",
            "organisation_id",
            "kind",
            text("coalesce(target_id, organisation_id)"),
            unique=True,
        ),
    )

    id: Mapped[Id]
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(Text)
    target_id: Mapped[uuid.UUID | None]
    reason: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[uuid.UUID | None]
    at: Mapped[Moment] = mapped_column(server_default=AT_ONCE)


class SightGrant(db.Model):
    """Another organisation may see this incident and answer for it, until `until` or until the grant is ended.

    It shows the incident while nobody has acknowledged it; where it is `kept`, because that room answered or because a person
    escalated by hand, also afterwards.
    """

    __tablename__ = "sight_grant"
    __table_args__ = (
        Index("uq_sight_grant_open", "incident_id", "organisation_id", unique=True, postgresql_where=text("ended_at is null")),
        Index("ix_sight_grant_receiver", "organisation_id", postgresql_where=text("ended_at is null")),
    )

    id: Mapped[Id]
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    from_organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str] = mapped_column(Text)
    kept: Mapped[bool] = mapped_column(Boolean, server_default=false())
    granted_at: Mapped[Now]
    until: Mapped[Moment] = mapped_column(server_default=text("now() + interval '72 hours'"))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_because: Mapped[Words]


def shown_by_grant(organisation_id: str | uuid.UUID | None) -> ColumnElement[bool]:
    """Incidents that this organisation sees by a grant: it is open, and the incident is new or the grant is kept. The same is
    said by row security, in other words."""
    given = exists().where(
        SightGrant.incident_id == Incident.id,
        SightGrant.organisation_id == organisation_id,
        SightGrant.ended_at.is_(None),
        SightGrant.until > func.now(),
        or_(SightGrant.kept, Incident.status == "new"),
    )
    return and_(given, literal(organisation_id).cast(Uuid) != all_(Incident.hidden_from))
