"""First looks as rooms and staff see them: whether one is offered and why not, how it stands, and who is asked now."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select

from reporting.adapters.sight import Sight, reading
from reporting.domain.errors import NotFound
from reporting.domain.first_look import NOBODY, why_not
from reporting.models.exercise import Training
from reporting.models.first_look import FirstLook, OnDuty
from reporting.models.incident import Incident
from reporting.models.looking import facts_of, people_to_look, valid_training
from reporting.models.organisation import Organisation
from reporting.models.venue import Venue
from reporting.policy import Actor, scope
from reporting.queries.incident_reports import as_key
from reporting.queries.items import stamp
from reporting.queries.scoping import own_incidents, sight_of

ACTION: Final = "incident.work"
ANSWERING: Final = "look.answer"
TAKEN_BACK_SHOWN: Final = timedelta(minutes=10)
"""How long staff reads that a question was taken back."""


def standing(actor: Actor, incident_id: uuid.UUID | str) -> dict[str, Any]:
    """Whether a look is offered for an incident and why not, how many people could be asked, and the newest look with how it
    stands. Raises NotFound for absent and not yours alike."""
    key = as_key(incident_id)
    with reading(sight_of(actor, ACTION)) as session:
        found = session.scalar(select(Incident.id).where(Incident.id == key, own_incidents(actor, ACTION)))
        if found is None:
            raise NotFound
        facts = facts_of(session, [key])[key]
        people = len(people_to_look(session, key))
        newest = session.execute(
            select(FirstLook, Venue.name.label("venue"))
            .join(Venue, Venue.id == FirstLook.venue_id)
            .where(FirstLook.incident_id == key)
            .order_by(FirstLook.asked_at.desc())
            .limit(1)
        ).one_or_none()
    reason = why_not(facts) or ("" if people else NOBODY)
    return {"offered": not reason, "reason": reason, "people": people, "asked": _asked(newest) if newest else None}


def _asked(row: Any) -> dict[str, Any]:
    look: FirstLook = row.FirstLook
    return {
        "id": str(look.id),
        "state": look.state,
        "venue": row.venue,
        "turn": look.turn,
        "asked_at": stamp(look.asked_at),
        "due_at": stamp(look.due_at) if look.state == "open" else None,
        "ended_at": stamp(look.ended_at) if look.ended_at else None,
    }


def staff_sight(actor: Actor) -> Sight:
    """What a member of staff may see here: their own venue's, and what is about themselves."""
    venue = scope(actor, ANSWERING).venue_id
    return Sight(venue=venue or "", account=actor.account_id if venue else "")


@dataclass(frozen=True, slots=True)
class Duty:
    """`until` while somebody said that they are here; `trained` while a training for first looks is valid."""

    until: datetime | None
    trained: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A look as staff sees it. `mine`: the person who reads this is asked, and has until `due_at`; otherwise it was taken back,
    and `keep_away` says that nobody should go near."""

    id: str
    category: str
    place: str
    words: str
    held_by: str
    asked_at: datetime
    due_at: datetime
    mine: bool
    keep_away: bool


def duty_of(actor: Actor) -> Duty:
    """Whether the member of staff is on duty, and may be asked."""
    with reading(staff_sight(actor)) as session:
        own = OnDuty.account_id == actor.account_id
        until = session.scalar(select(OnDuty.until).where(own, OnDuty.venue_id == actor.venue_id, OnDuty.until > func.now()))
        trained = session.scalar(select(select(Training.id).where(*valid_training(actor)).exists()))
    return Duty(until, bool(trained))


def questions(actor: Actor) -> list[Question]:
    """What this member of staff is asked now, and what their venue was asked and is not any more since a few minutes."""
    taken_back = (FirstLook.state == "withdrawn") & (FirstLook.ended_at > func.now() - TAKEN_BACK_SHOWN)
    with reading(staff_sight(actor)) as session:
        rows = session.execute(
            select(FirstLook, Organisation.name.label("held_by"))
            .join(Organisation, Organisation.id == FirstLook.organisation_id)
            .where(FirstLook.venue_id == scope(actor, ANSWERING).venue_id)
            .where(or_((FirstLook.state == "open") & (FirstLook.asked_id == actor.account_id), taken_back))
            .order_by(FirstLook.state, FirstLook.asked_at.desc())
        ).all()
    return [_question(row.FirstLook, row.held_by) for row in rows]


def _question(look: FirstLook, held_by: str) -> Question:
    told = {name: getattr(look, name) for name in ("category", "place", "words", "asked_at", "due_at", "keep_away")}
    return Question(id=str(look.id), held_by=held_by, mine=look.state == "open", **told)
