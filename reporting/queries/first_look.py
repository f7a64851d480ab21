"""First looks as rooms and staff see them: whether one is offered and why not, how it stands, and who is asked now."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from reporting.adapters.sight import Sight, reading
from reporting.domain.errors import NotFound
from reporting.domain.facts import Hot
from reporting.domain.first_look import NEAR_M, TRAINED, Looked, why_not
from reporting.models.exercise import Training
from reporting.models.first_look import FirstLook, OnDuty
from reporting.models.incident import Incident
from reporting.models.organisation import Organisation
from reporting.models.venue import Venue
from reporting.policy import Actor, scope
from reporting.queries.incident_reports import as_key
from reporting.queries.items import stamp
from reporting.queries.scoping import own_incidents, sight_of

ACTION: Final = "incident.work"
ANSWERING: Final = "look.answer"
NOBODY: Final = "Nobody with training is on duty there now."
TAKEN_BACK_SHOWN: Final = timedelta(minutes=10)
"""How long staff reads that a question was taken back."""
GATE: Final = 100
"""The weight with which a finding of danger opens the gate of immediate danger."""
_FACTS: Final = text("""
    select i.id, i.priority, i.hot_hidden, i.hot_obvious, i.hot_typical, i.exercise,
        i.status = 'closed' or i.merged_into_id is not null as closed,
        i.lane = 'reviewed' and not i.priority_overridden as only_about_people,
        i.about_staff or exists (select 1 from report r where r.incident_id = i.id and r.about_staff) as about_staff,
        array(select distinct r.category from report r where r.incident_id = i.id) || i.category as categories,
        array(select distinct r.item_size from report r where r.incident_id = i.id and r.item_size is not null) as sizes,
        array(select distinct b from report r, unnest(r.behaviours) b where r.incident_id = i.id) as behaviours,
        (select coalesce(json_object_agg(said.rule, said.weight), '{}') from (
            select f->>'rule' as rule, max(cast(f->>'weight' as integer)) as weight
            from report r join assessment a on a.report_id = r.id, jsonb_array_elements(a.findings) f
            where r.incident_id = i.id group by 1) said) as findings
    from incident i where i.id = any(:ids)
""")
"""What every report of an incident says, however many there are: one bad answer among hundreds is enough."""


def facts_of(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Looked]:
    """What of these incidents decides whether somebody may be asked to look, as far as the session sees them."""
    return {row.id: _facts(row) for row in session.execute(_FACTS, {"ids": list(ids)})}


def _facts(row: Any) -> Looked:
    findings = tuple(row.findings.items())
    return Looked(
        categories=frozenset(row.categories),
        priority=row.priority,
        hot=Hot(row.hot_hidden, row.hot_obvious, row.hot_typical),
        behaviours=frozenset(row.behaviours),
        sizes=frozenset(row.sizes),
        findings=findings,
        danger=any(rule.startswith("danger") and weight >= GATE for rule, weight in findings),
        about_staff=row.about_staff,
        only_about_people=row.only_about_people,
        closed=row.closed,
        exercise=row.exercise,
    )


def people_to_look(session: Session, incident_id: uuid.UUID) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Trained staff on duty at the incident's venue and then at others near it, as (account, venue); those nearest first."""
    rows = session.execute(text("select * from people_to_look(:incident, :metres)"), {"incident": incident_id, "metres": NEAR_M})
    return [(row.account_id, row.venue_id) for row in rows]


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


def valid_training(actor: Actor) -> tuple[Any, ...]:
    """The conditions of the actor's own training for first looks, valid today."""
    return (
        Training.account_id == actor.account_id,
        Training.venue_id == actor.venue_id,
        Training.kind == TRAINED,
        Training.withdrawn_at.is_(None),
        Training.done_on <= func.current_date(),
        Training.valid_until >= func.current_date(),
    )


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
