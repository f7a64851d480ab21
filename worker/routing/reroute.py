"""Looking at open incidents again when the areas have changed, or at one whose kind or place was corrected: what is not yet seen
moves, the others are only pointed out.

An errand: it goes through the open incidents in batches, each in a transaction of its own, and may be begun anew at any time,
since what has moved already goes where it is. Nothing moves silently: both rooms read on the timeline why.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from reporting import jobs
from reporting.bootstrap import adapters
from reporting.domain.errors import NotYet
from reporting.domain.findings import Choice
from reporting.queries.routing import Held, held_after, held_one
from reporting.services.line import work_off_errands
from reporting.services.routing import Given, Mover, assign, would_move
from reporting.services.unit_of_work import Work, unit_of_work
from worker.routing.task import Map, choice_for, given_by, map_of

BATCH: Final = 100
AREAS_CHANGED: Final = "the areas were changed"
CORRECTED: Final = "its kind or place was corrected"


def reroute(change_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Does so once for each change of the areas that has not been looked at yet."""
    return work_off_errands(jobs.REROUTE, change_ids, _do)


def look_again(incident_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """The same for single incidents that stand elsewhere, or are of another kind, than when they were routed."""
    return work_off_errands(jobs.LOOK_AGAIN, incident_ids, _look_at)


def _look_at(incident_id: uuid.UUID) -> bool:
    with unit_of_work() as work:
        held = held_one(work.session, incident_id)
        if held is not None:
            _look_again(work, map_of(work.session), [held], _Look(adapters().clock(), CORRECTED))
    return True


def _do(_change_id: uuid.UUID) -> bool:
    now, after = adapters().clock(), None
    while True:
        with unit_of_work() as work:
            held = held_after(work.session, after, BATCH)
            if not held:
                return True
            _look_again(work, map_of(work.session), held, _Look(now))
        after = held[-1].to_route.incident_id


@dataclass(frozen=True, slots=True)
class _Look:
    """When it is looked, and what has changed."""

    now: datetime
    why: str = AREAS_CHANGED


def _look_again(work: Work, current: Map, held: Sequence[Held], look: _Look) -> None:
    moving, pointed_out = [], []
    for each in held:
        choice = _other_choice(current, each, look.now)
        if choice is None:
            continue
        given = _given(current, each, choice, look.why)
        if _may_move(each):
            moving.append(given)
        elif choice.organisation_id not in (each.suggested, str(each.to_route.organisation_id)):
            pointed_out.append(given)
    if moving:
        assign(work, moving, [])
    if pointed_out:
        would_move(work, pointed_out)


def _other_choice(current: Map, each: Held, now: datetime) -> Choice | None:
    """What the map of now says, where that is another organisation, or another desk of the same; else None."""
    waiting = each.to_route
    try:
        choice = choice_for(current, waiting, now)
    except NotYet:
        return None
    if choice.organisation_id != str(waiting.organisation_id):
        return choice
    desk = choice.desk_id
    return choice if desk is not None and desk != str(waiting.desk_id) else None


def _may_move(each: Held) -> bool:
    """Nobody has seen it yet, and no person has placed it."""
    return each.to_route.status == "new" and not each.by_hand


def _given(current: Map, each: Held, choice: Choice, why: str) -> Given:
    waiting = each.to_route
    assert waiting.organisation_id is not None
    mover = Mover(waiting.organisation_id, each.organisation_name, waiting.version, why)
    return replace(given_by(current, waiting, choice), mover=mover)
