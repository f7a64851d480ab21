"""What must be provable later and what must be seen at once: the audit trail and the live events."""

import uuid

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from reporting.extensions import db
from reporting.models.columns import Id, Now, Words


class FullTransactionId(UserDefinedType):
    """PostgreSQL's xid8: a transaction number that never wraps around."""

    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        return "xid8"


class AuditEvent(db.Model):
    """History: who did what to which record. Holds ids and words of ours, never what a person wrote."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject_id", "at"),)

    id: Mapped[Id]
    at: Mapped[Now]
    actor_id: Mapped[uuid.UUID | None]
    organisation_id: Mapped[uuid.UUID | None]
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[Words]
    subject_id: Mapped[uuid.UUID | None]
    detail: Mapped[dict | None] = mapped_column(JSONB)


class LiveEvent(db.Model):
    """One change that a screen must learn of; kept a day.

    Sequence numbers become visible out of order when transactions overlap, so a reader that remembers only the highest
    number would miss the slower one. Each row therefore carries the number of the transaction that wrote it, and readers
    go by (xid, id) and never past the oldest transaction that is still open: what they have read stays complete.
    """

    __tablename__ = "live_event"
    __table_args__ = (Index("ix_live_event_order", "xid", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    xid: Mapped[str] = mapped_column(FullTransactionId, server_default=text("pg_current_xact_id()"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    incident_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[Now]
