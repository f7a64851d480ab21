"""The frame of every step of an operator: permission, the incident locked, the version checked, the step told, screens told.

Each step names the version the operator saw. The version counts decisions (status, owner, priority, outcome), not arriving
reports or notes: in a surge nobody could acknowledge anything otherwise.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select

from reporting.adapters.doorbell import LIVE
from reporting.adapters.sight import Sight
from reporting.bootstrap import adapters
from reporting.domain import statuses
from reporting.domain.errors import NotFound, NotPossible, VersionConflict
from reporting.domain.priorities import acknowledge_target_s
from reporting.models.incident import Incident, TimelineEvent
from reporting.policy import Actor, scope
from reporting.services.history import announce, record
from reporting.services.unit_of_work import Work, unit_of_work

ACTION: Final = "incident.work"


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a step answers: the incident's version now, and the line of its timeline that tells the step.

    `event_id` is None where the step found everything as it wanted it: nothing happened, so nothing is told.
    """

    version: int
    event_id: uuid.UUID | None


@dataclass(slots=True)
class Case:
    """An incident locked for one step of one operator."""

    work: Work
    actor: Actor
    incident: Incident
    told: uuid.UUID | None = None

    def tell(self, kind: str, text: str, detail: dict[str, Any] | None = None) -> uuid.UUID:
        """Writes the step on the incident's timeline and in the audit trail; returns the line's id."""
        self.told = uuid.uuid4()
        self.work.session.add(
            TimelineEvent(
                id=self.told,
                incident_id=self.incident.id,
                kind=kind,
                actor_id=uuid.UUID(self.actor.account_id),
                actor=self.actor.name,
                text=text,
                detail=detail,
            )
        )
        record(self.work, self.actor, f"incident.{kind}", "incident", self.incident.id)
        return self.told

    def move(self, status: str, only_from: tuple[str, ...] | None = None) -> None:
        """Gives the incident another status; raises NotPossible for what the life of an incident does not know."""
        incident = self.incident
        if not statuses.may_become(incident.status, status) or (only_from and incident.status not in only_from):
            raise NotPossible(f"An incident that is {_words(incident.status)} cannot become {_words(status)}.")
        if incident.acknowledged_at is None:
            incident.acknowledged_at = func.now()
        incident.status = status
        incident.due_at = None
        incident.version += 1

    def clock(self, priority: int) -> datetime | None:
        """Until when somebody must have acknowledged it at this priority; None once it is acknowledged."""
        target = acknowledge_target_s(priority, adapters().settings.acknowledge_targets)
        if self.incident.status != statuses.NEW or not target:
            return None
        return self.incident.opened_at + timedelta(seconds=target)

    def stepped(self) -> Stepped:
        """The answer of the step."""
        return Stepped(self.incident.version, self.told)


@contextmanager
def open_case(actor: Actor, incident_id: uuid.UUID | str, version: int | None) -> Iterator[Case]:
    """An incident of the actor's room, locked; commits at the end. Raises NotFound for absent and not yours alike, VersionConflict
    where another version than the named one stands. Screens are told if the step told anything."""
    reach = scope(actor, ACTION)
    with unit_of_work(Sight(organisation=reach.organisation_id or "")) as work:
        incident = work.session.scalar(
            select(Incident)
            .where(Incident.id == key_of(incident_id), Incident.organisation_id == reach.organisation_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if incident is None or reach.organisation_id is None:
            raise NotFound
        if version is not None and version != incident.version:
            raise VersionConflict(version, incident.version)
        case = Case(work, actor, incident)
        yield case
        if case.told:
            incident.updated_at = func.now()
            announce(work.session, incident, "changed")
            work.ring(LIVE)


def key_of(text: uuid.UUID | str) -> uuid.UUID:
    """The id that a text names; raises NotFound for what is none."""
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def _words(status: str) -> str:
    return status.replace("_", " ")
