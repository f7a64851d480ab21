"""Questions to the routing engine: asked here, answered by the worker, kept with the draft they are about.

A trial is an errand of the outbox. It works through many incidents in transactions of its own, gives a sign of life after
each batch, and is left off as soon as its draft has been changed.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Text, cast, func, or_, select, update

from reporting import jobs
from reporting.adapters.doorbell import OUTBOX
from reporting.adapters.sight import Sight
from reporting.domain.errors import NotFound, NotPossible
from reporting.models.drafts import RoutingDraft, RoutingTrial
from reporting.models.outbox import Outbox
from reporting.policy import Actor, scope
from reporting.services.unit_of_work import Work, unit_of_work

EDIT: Final = "routing.edit"
PERIOD_DAYS: Final = 30
"""How far back a draft is tried."""
SILENT: Final = timedelta(seconds=10)
"""Without a sign of life for so long, whoever answered has gone; somebody else begins anew."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A trial that is ours to answer now. `draft_version` says which changes of the draft count."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    draft_id: uuid.UUID | None
    draft_version: int | None
    kind: str
    question: dict[str, Any]


def try_again(work: Work, actor: Actor, draft: RoutingDraft) -> None:
    """Tries the draft as it stands on the past days; whatever trial of it is under way is left off."""
    work.session.flush()
    work.session.execute(
        update(RoutingTrial)
        .where(RoutingTrial.draft_id == draft.id, RoutingTrial.kind == "period", RoutingTrial.state.in_(("waiting", "running")))
        .values(state="superseded", ended_at=func.now())
    )
    _ask(work, actor, RoutingTrial(kind="period", draft_id=draft.id, draft_version=draft.version, question={"days": PERIOD_DAYS}))


def ask_period(actor: Actor, draft_id: uuid.UUID | str) -> None:
    """Tries a draft once more, because time has passed since."""
    with _seeing(actor) as (work, organisation):
        try_again(work, actor, _draft(work, organisation, draft_id))


def ask_place(actor: Actor, draft_id: uuid.UUID | str | None, question: Mapping[str, Any]) -> str:
    """Asks who gets something at one place, of one kind, at one hour; the trial's id."""
    return _ask_once(actor, draft_id, "place", question)


def ask_shapes(actor: Actor, draft_id: uuid.UUID | str, document: str) -> str:
    """Asks for the areas of a GeoJSON text to be looked at, before any of it goes into the draft; the trial's id."""
    return _ask_once(actor, draft_id, "shapes", {"document": document})


def _ask_once(actor: Actor, draft_id: uuid.UUID | str | None, kind: str, question: Mapping[str, Any]) -> str:
    with _seeing(actor) as (work, organisation):
        draft = _draft(work, organisation, draft_id) if draft_id else None
        trial = RoutingTrial(kind=kind, question=dict(question))
        if draft is not None:
            trial.draft_id, trial.draft_version = draft.id, draft.version
        return _ask(work, actor, trial)


def _ask(work: Work, actor: Actor, trial: RoutingTrial) -> str:
    trial.id = uuid.uuid4()
    trial.organisation_id = uuid.UUID(actor.organisation_id)
    trial.asked_by = actor.name
    work.session.add(trial)
    work.session.add(Outbox(job=jobs.TRY_ROUTING, subject_id=trial.id))
    work.ring(OUTBOX)
    return str(trial.id)


@contextmanager
def _seeing(actor: Actor) -> Iterator[tuple[Work, str]]:
    organisation = scope(actor, EDIT).organisation_id
    if organisation is None:
        raise NotFound
    with unit_of_work(Sight(organisation=organisation)) as work:
        yield work, organisation


def _draft(work: Work, organisation: str, draft_id: uuid.UUID | str) -> RoutingDraft:
    draft = work.session.scalar(
        select(RoutingDraft).where(cast(RoutingDraft.id, Text) == str(draft_id), RoutingDraft.organisation_id == organisation)
    )
    if draft is None:
        raise NotFound
    if draft.state != "draft":
        raise NotPossible(f"This draft is {draft.state}. Begin a new one.")
    return draft


def claim(trial_id: uuid.UUID) -> tuple[Asked | None, bool]:
    """Takes the trial up. Without one: whether its letter may go (it is answered, left off or gone) or must wait because
    somebody is at it."""
    with unit_of_work() as work:
        free = or_(RoutingTrial.state == "waiting", RoutingTrial.beat_at < func.clock_timestamp() - SILENT)
        taken = work.session.execute(
            update(RoutingTrial)
            .where(RoutingTrial.id == trial_id, RoutingTrial.state.in_(("waiting", "running")), free)
            .values(state="running", beat_at=func.clock_timestamp(), done=0)
            .returning(
                RoutingTrial.id,
                RoutingTrial.organisation_id,
                RoutingTrial.draft_id,
                RoutingTrial.draft_version,
                RoutingTrial.kind,
                RoutingTrial.question,
            )
        ).one_or_none()
        if taken is not None:
            return Asked(*taken), False
        state = work.session.scalar(select(RoutingTrial.state).where(RoutingTrial.id == trial_id))
        return None, state != "running"


def beat(trial_id: uuid.UUID, done: int, total: int) -> bool:
    """A sign of life and how far it is; False where the trial has been left off."""
    with unit_of_work() as work:
        running = RoutingTrial.id == trial_id, RoutingTrial.state == "running"
        values = {"beat_at": func.clock_timestamp(), "done": done, "total": total}
        return work.change(update(RoutingTrial).where(*running).values(values)) == 1


def answer(trial_id: uuid.UUID, found: Mapping[str, Any]) -> None:
    """Keeps the answer, unless the trial has been left off."""
    with unit_of_work() as work:
        work.session.execute(
            update(RoutingTrial)
            .where(RoutingTrial.id == trial_id, RoutingTrial.state == "running")
            .values(state="done", answer=dict(found), ended_at=func.clock_timestamp(), done=RoutingTrial.total)
        )
