"""What was put aside comes back by itself. It needs the database and nothing else; whoever keeps the clocks asks for it.

With an owner it goes on where it was; without one it stands as new, with a fresh clock, so that somebody sees it.
"""

import uuid
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from reporting.adapters.doorbell import LIVE
from reporting.bootstrap import adapters
from reporting.domain import statuses
from reporting.domain.priorities import acknowledge_target_s
from reporting.models.incident import Incident, TimelineEvent
from reporting.services.history import announce
from reporting.services.unit_of_work import Work, unit_of_work

BATCH: Final = 50


def bring_back() -> int:
    """Brings back up to a batch of shelved incidents whose time is over; what somebody holds at this moment comes at the next
    look. Returns how many came back."""
    due = select(Incident).where(Incident.shelved_until <= func.now(), Incident.status == statuses.SHELVED)
    locked = due.order_by(Incident.shelved_until).limit(BATCH).with_for_update(key_share=True, skip_locked=True)
    with unit_of_work() as work:
        incidents = work.session.scalars(locked.execution_options(populate_existing=True)).all()
        for incident in incidents:
            _bring_back(work, incident)
        if incidents:
            work.ring(LIVE)
    return len(incidents)


def _bring_back(work: Work, incident: Incident) -> None:
    target = acknowledge_target_s(incident.priority, adapters().settings.acknowledge_targets)
    if incident.assignee_id is not None:
        incident.status, said = statuses.IN_PROGRESS, "Back from the shelf"
    else:
        incident.status, said = statuses.NEW, "Back from the shelf: nobody is on it"
        incident.acknowledged_at = None
        incident.due_at = func.now() + timedelta(seconds=target) if target else None
    incident.shelved_until, incident.updated_at = None, func.now()
    incident.version += 1
    work.session.add(TimelineEvent(id=uuid.uuid4(), incident_id=incident.id, kind="unshelved", text=said))
    work.session.flush()
    announce(work.session, incident, "changed")
