"""Rows that are added and never changed: the audit trail, and the events that screens follow."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from reporting.models.history import AuditEvent
from reporting.models.incident import Incident
from reporting.policy import Actor
from reporting.services.rows import insert_rows
from reporting.services.unit_of_work import Work

Told = tuple[uuid.UUID, uuid.UUID, str]
"""A live event: the organisation whose screens are told, the incident, and what happened to it."""


def record(work: Work, actor: Actor, action: str, subject: str, subject_id: uuid.UUID) -> None:
    """Who did what to which record, in the same transaction as the deed."""
    work.session.execute(
        insert(AuditEvent.__table__),
        {
            "id": uuid.uuid4(),
            "actor_id": actor.account_id,
            "organisation_id": actor.organisation_id,
            "action": action,
            "subject": subject,
            "subject_id": subject_id,
        },
    )


def announce(session: Session, incident: Incident, kind: str) -> None:
    """Tells the screens of the incident's organisation; an incident that is nobody's yet is told to nobody."""
    if incident.organisation_id is not None:
        announce_all(session, [(incident.organisation_id, incident.id, kind)])


def announce_all(session: Session, events: Sequence[Told]) -> None:
    """Live events, in one statement."""
    insert_rows(session, "live_event", live_rows(events))


def live_rows(events: Sequence[Told]) -> list[dict[str, Any]]:
    """Live events as rows, for who writes them together with others."""
    return [{"organisation_id": organisation, "incident_id": incident, "kind": kind} for organisation, incident, kind in events]
