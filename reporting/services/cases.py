"""The frame of every step of an operator: permission, the incident locked, the version checked, the step told, screens told.

Each step names the version the operator saw. The version counts decisions (status, owner, priority, outcome), not arriving
reports or notes: in a surge nobody could acknowledge anything otherwise.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select

from reporting.adapters.doorbell import LIVE
from reporting.adapters.sight import Sight
from reporting.bootstrap import adapters
from reporting.domain import statuses
from reporting.domain.errors import NotFound, NotPossible, VersionConflict
from reporting.domain.priorities import acknowledge_target_s
from reporting.models.incident import Incident, TimelineEvent
from reporting.models.staffing import shown_by_grant
from reporting.policy import Actor, scope
from reporting.services import notices
from reporting.services.deliveries import recall
from reporting.services.history import announce, record
from reporting.services.routing import look_again
from reporting.services.steps import Done, Values, keep, standing
from reporting.services.unit_of_work import Work, unit_of_work

ACTION: Final = "incident.work"
ROUTED_BY: Final = ("category", "lat", "lon")
"""Columns that say who is responsible: a correction of one of them, and its undoing, ask the line to look again."""


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
    before: Values = field(default_factory=dict)
    kind: str = ""
    undoes: uuid.UUID | None = None

    def tell(self, kind: str, text: str, detail: dict[str, Any] | None = None) -> uuid.UUID:
        """Writes the step on the incident's timeline and in the audit trail; returns the line's id."""
        self.told, self.kind = self.add(kind, text, detail), kind
        record(self.work, self.actor, f"incident.{kind}", "incident", self.incident.id)
        return self.told

    def add(self, kind: str, text: str, detail: dict[str, Any] | None = None) -> uuid.UUID:
        """Writes a line that tells what followed from the step."""
        event_id = uuid.uuid4()
        line = TimelineEvent(
            id=event_id,
            incident_id=self.incident.id,
            kind=kind,
            actor_id=uuid.UUID(self.actor.account_id),
            actor=self.actor.name,
            text=text,
            detail=detail,
        )
        self.work.session.add(line)
        return event_id

    def move(self, status: str, only_from: tuple[str, ...] | None = None) -> None:
        """Gives the incident another status; raises NotPossible for what the life of an incident does not know."""
        incident = self.incident
        if not statuses.may_become(incident.status, status) or (only_from and incident.status not in only_from):
            raise NotPossible(f"An incident that is {_words(incident.status)} cannot become {_words(status)}.")
        if incident.acknowledged_at is None:
            incident.acknowledged_at = func.now()
            recall(self.work, f"unanswered:{incident.id}")
        incident.status = status
        incident.due_at = incident.shelved_until = None
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


@dataclass(frozen=True, slots=True)
class Named:
    """An incident as a step names it: its id, and the version the operator saw where one is asked for. `merged` lets through what
    was merged into another: only taking that back may touch it. `granted`: it is another room's, and was shown to the actor's."""

    incident_id: uuid.UUID | str
    version: int | None = None
    merged: bool = False
    granted: bool = False


@contextmanager
def open_granted(actor: Actor, incident_id: uuid.UUID | str, version: int | None) -> Iterator[Case]:
    """An incident of another room that the actor's room was given sight of, to answer for it; otherwise as `open_case`."""
    with open_cases(actor, Named(incident_id, version, granted=True)) as (case,):
        yield case


@contextmanager
def open_case(actor: Actor, incident_id: uuid.UUID | str, version: int | None) -> Iterator[Case]:
    """An incident of the actor's room, locked; commits at the end. Raises NotFound for absent and not yours alike, NotPossible
    for what was merged into another, VersionConflict where another version than the named one stands. Screens are told if the
    step told anything."""
    with open_cases(actor, Named(incident_id, version)) as (case,):
        yield case


@contextmanager
def open_cases(actor: Actor, *named: Named) -> Iterator[list[Case]]:
    """The same for several incidents at once, in the order in which they are named; the step is the first one's. One that the
    step opens is added to the list."""
    reach = scope(actor, ACTION)
    with unit_of_work(Sight(organisation=reach.organisation_id or "")) as work:
        cases = _reach(work, actor, named, reach.organisation_id)
        yield cases
        _end(cases)


def _reach(work: Work, actor: Actor, named: tuple[Named, ...], organisation_id: str | None) -> list[Case]:
    """Locks in the order of the ids, whatever the order of the names: two who merge crosswise wait and never block each other.
    The lock lets others refer to the incident meanwhile, as a report that joins another one may do."""
    keys = [key_of(each.incident_id) for each in named]
    rows = work.session.scalars(
        select(Incident)
        .where(Incident.id.in_(keys), _reached(organisation_id, named[0].granted))
        .order_by(Incident.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = {row.id: row for row in rows}
    for key, each in zip(keys, named, strict=True):
        if organisation_id is None or key not in found:
            raise NotFound
        _check(work, found[key], each)
    return [Case(work, actor, found[key], before=standing(found[key])) for key in keys]


def _reached(organisation_id: str | None, granted: bool) -> ColumnElement[bool]:
    own = Incident.organisation_id == organisation_id
    return and_(~own, shown_by_grant(organisation_id)) if granted else own


def _check(work: Work, incident: Incident, named: Named) -> None:
    if incident.merged_into_id is not None and not named.merged:
        number = work.session.scalar(select(Incident.number).where(Incident.id == incident.merged_into_id))
        raise NotPossible(f"This incident was merged into {number or 'another one'}. Work on that one, or undo the merge.")
    if named.version is not None and named.version != incident.version:
        raise VersionConflict(named.version, incident.version)


def _end(cases: list[Case]) -> None:
    first, *others = cases
    if first.told:
        elsewhere = next((each.told for each in others if each.told), None)
        done = Done(first.told, first.kind, elsewhere, first.undoes)
        keep(first.work.session, done, [(each.incident, each.before) for each in cases])
    for case in cases:
        if case.told:
            if case.kind in ("corrected", "undone") and any(
                getattr(case.incident, name) != case.before[name] for name in ROUTED_BY
            ):
                look_again(case.work, case.incident.id)
            case.incident.updated_at, case.incident.heard_at = func.now(), None
            announce(case.work.session, case.incident, "changed")
            notices.follow(case.work.session, [case.incident.id])
            case.work.ring(LIVE)


def key_of(text: uuid.UUID | str) -> uuid.UUID:
    """The id that a text names; raises NotFound for what is none."""
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError:
        raise NotFound from None


def _words(status: str) -> str:
    return status.replace("_", " ")
