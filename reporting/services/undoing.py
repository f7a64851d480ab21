"""Taking a step back: what it changed is as it was before, and the timeline tells both.

A step can be undone while the world has not moved on: its incident is as the step left it, and the time for it is not over.
Merging, taking reports out and "not the same" have no such time: they are looked at again hours later. Anybody who works in
the room may undo; an undoing cannot be undone, one does the step anew.
"""

import uuid
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import func, select, text

from reporting.adapters.sight import Sight, reading
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound, NotPossible, VersionConflict
from reporting.models.incident import Incident, TimelineEvent
from reporting.models.joins import Move, Step
from reporting.models.report import Report
from reporting.policy import Actor, scope
from reporting.services.cases import ACTION, Case, Named, Stepped, open_cases
from reporting.services.links import reverse
from reporting.services.moving import move_back
from reporting.services.overrides import keep_undone, restore_priority
from reporting.services.steps import restore

BRIEF: Final = {
    "acknowledged": "Not acknowledged after all",
    "taken": "Not taken after all",
    "priority": "The priority is as it was",
    "closed": "Open again: closed by mistake",
    "reopened": "Closed again: opened by mistake",
    "waiting": "Not waiting after all",
    "shelved": "Not put aside after all",
    "check": "The look is taken back",
    "corrected": "The kind and place are as they were",
}
"""Kind of step -> what its undoing says. These can be undone for some minutes."""
LASTING: Final = {"merged": "Merge undone", "split": "Put back", "not_same": "May be the same after all"}
"""The same for what has no end in time."""


def undo(actor: Actor, event_id: uuid.UUID, version: int | None = None) -> tuple[uuid.UUID, Stepped]:
    """Takes back the step that this event of the timeline tells; returns the incident and what the undoing left behind.

    Raises NotFound for an event that is absent or not yours, NotPossible for what cannot be undone or not any more, and
    VersionConflict where the incident was decided upon since.
    """
    found = _found(actor, event_id)
    named = [Named(found.incident_id, version, merged=True)]
    if found.other_id is not None:
        named.append(Named(found.other_id, merged=True))
    with open_cases(actor, *named) as cases:
        case = cases[0]
        _check(case, found)
        case.undoes = found.event_id
        _take_back(cases, found)
        return found.incident_id, case.stepped()


def _found(actor: Actor, event_id: uuid.UUID) -> Step:
    """The step; refuses lines of the timeline that are none."""
    reach = scope(actor, ACTION)
    with reading(Sight(organisation=reach.organisation_id or "")) as session:
        step = session.scalar(select(Step).where((Step.event_id == event_id) | (Step.other_event_id == event_id)))
        own = select(Incident.id).where(Incident.organisation_id == reach.organisation_id)
        if step is not None and session.scalar(own.where(Incident.id == step.incident_id)) is not None:
            return step
        line = select(TimelineEvent.kind).where(TimelineEvent.id == event_id, TimelineEvent.incident_id.in_(own))
        kind = session.scalar(line)
    if kind is None:
        raise NotFound
    raise NotPossible("This cannot be undone: it only tells what happened.")


def _check(case: Case, step: Step) -> None:
    if step.kind == "undone":
        raise NotPossible("An undoing cannot be undone. Do the step again instead.")
    if step.kind not in BRIEF and step.kind not in LASTING:
        raise NotPossible("This cannot be undone.")
    if case.work.session.scalar(select(Step.event_id).where(Step.undoes == step.event_id)) is not None:
        raise NotPossible("This was undone already.")
    if step.kind in BRIEF and _is_over(case, step):
        minutes = adapters().settings.undo_minutes
        raise NotPossible(f"This can be undone for {minutes} minutes, and they are over. Change it instead.")


def _is_over(case: Case, step: Step) -> bool:
    age: timedelta | None = case.work.session.scalar(select(func.clock_timestamp() - step.at))
    return age is not None and age > timedelta(minutes=adapters().settings.undo_minutes)


def _take_back(cases: list[Case], step: Step) -> None:
    if step.kind == "priority":
        restore_priority(cases[0], cases[0].work.session.get_one(TimelineEvent, step.event_id))
        return
    if step.kind == "split" and step.other_id is not None:
        _refuse_company(cases[1], step)
    if step.kind != "not_same":
        _as_it_was(cases, step)
    _tell(cases, step)
    if step.kind in LASTING:
        move_back(cases, step)
        reverse(cases[0], step.event_id)


def _refuse_company(case: Case, step: Step) -> None:
    """Reports that came to the other incident since would be left alone there."""
    of_step = select(func.count()).select_from(Move).where(Move.event_id == step.event_id)
    there = select(func.count()).select_from(Report).where(Report.incident_id == case.incident.id)
    if case.work.session.scalar(of_step) != case.work.session.scalar(there):
        raise NotPossible(f"Other reports are on {case.incident.number} by now. Merge the two incidents instead.")


def _as_it_was(cases: list[Case], step: Step) -> None:
    """Every incident gets the values back that the step changed; refused where something was decided since. What was undone
    since counts for nothing, so steps can be taken back one after the other."""
    ids = [each.incident.id for each in cases]
    if cases[0].work.session.execute(_SINCE, {"ids": ids, "at": step.at}).first() is not None:
        raise VersionConflict(step.version, cases[0].incident.version)
    for each in cases:
        restore(each.incident, step.before.get(str(each.incident.id), {}))
        each.incident.version += 1


_SINCE: Final = text("""
    select 1 from step as later where later.at > :at and (later.incident_id = any(:ids) or later.other_id = any(:ids))
        and later.kind <> 'undone' and not exists (select 1 from step as undone where undone.undoes = later.event_id)
        and exists (select 1 from jsonb_each(later.before) as changed where changed.value <> '{}')
    union all
    select 1 from timeline_event where incident_id = any(:ids) and at > :at and kind in ('raised', 'unshelved')
        and actor_id is null
    limit 1
""")
"""Steps that stand and changed something, and what the line and the clocks did to the incident by themselves."""


def _tell(cases: list[Case], step: Step) -> None:
    words = BRIEF.get(step.kind) or LASTING[step.kind]
    detail: dict[str, Any] = {"undoes": str(step.event_id), "kind": step.kind}
    for each in cases:
        event_id = each.tell("undone", words, detail)
        if step.kind == "closed":
            keep_undone(each, event_id, step.event_id)
