"""Giving incidents to desks and people: by hand within the room; and by the roster where an organisation has chosen that.

Work goes to a desk. An organisation may have it given to an operator as well: somebody who is on shift at that desk and whose
console shows life, chosen by skill, language and load. The incident stays new until somebody has acknowledged it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, text

from reporting.adapters.doorbell import LIVE
from reporting.domain import statuses
from reporting.domain.errors import NotFound, NotPossible, Problem, Refused
from reporting.domain.escalation import STAFFED_S
from reporting.domain.rostering import OnShift, choose_operator
from reporting.domain.rostering import Work as Asked
from reporting.models.account import Account
from reporting.models.organisation import Desk
from reporting.policy import Actor
from reporting.services.cases import Case, Stepped, open_case
from reporting.services.history import Told, live_rows
from reporting.services.rows import Writing
from reporting.services.unit_of_work import Work, unit_of_work

BATCH: Final = 50
WORKERS: Final = ("operator", "supervisor")
_ROOMS: Final = text("select id from organisation where assigns_people and staffed(id)")
_WAITING: Final = text("""
    select i.id, i.organisation_id, i.desk_id, i.category,
        (select r.language from report r where r.incident_id = i.id order by r.received_at limit 1) as language
    from incident i
    where i.organisation_id = any(:rooms) and i.status = 'new' and i.assignee_id is null and not i.exercise
        and i.opened_at > now() - interval '1 hour'
        and exists (select 1 from presence p join shift s on s.account_id = p.account_id and s.starts_at <= now()
            and now() < s.until where p.organisation_id = i.organisation_id and p.desk_id = i.desk_id
            and p.seen_at > clock_timestamp() - make_interval(secs => :staffed))
    order by i.opened_at limit :limit for no key update of i skip locked
""")
_ON_SHIFT: Final = text("""
    select distinct on (a.id) a.id, a.name, p.organisation_id, p.desk_id, s.skills, s.languages,
        (select count(*) from incident i where i.organisation_id = a.organisation_id and i.assignee_id = a.id
            and i.status <> 'closed') as load
    from presence p join account a on a.id = p.account_id and a.disabled_at is null
        join shift s on s.account_id = a.id and s.starts_at <= now() and now() < s.until
    where p.organisation_id = any(:rooms) and p.seen_at > clock_timestamp() - make_interval(secs => :staffed)
    order by a.id, p.seen_at desc
""")


@dataclass(frozen=True, slots=True)
class Receiver:
    """A desk or an operator of the own room, one of the two."""

    desk_id: uuid.UUID | None = None
    account_id: uuid.UUID | None = None


def assign(actor: Actor, incident_id: uuid.UUID | str, version: int | None, receiver: Receiver, reason: str = "") -> Stepped:
    """Gives the incident to another desk, or to an operator, of the actor's room. Raises NotFound for desks and people of other
    rooms as for such as there are none; refuses both or none at once. It stays as new as it was: only an acknowledgement stops
    the clock."""
    if (receiver.desk_id is None) == (receiver.account_id is None):
        raise Refused(
            "Name a desk or an operator.", (Problem("desk", "required", "Name a desk or an operator, one of the two."),)
        )
    with open_case(actor, incident_id, version) as case:
        if case.incident.status == statuses.CLOSED:
            raise NotPossible("This incident is closed.")
        name = _to_desk(case, receiver.desk_id) if receiver.desk_id else _to_operator(case, receiver.account_id)
        case.incident.version += 1
        case.tell("assigned", f"Given to {name}" + (f": {reason.strip()}" if reason.strip() else ""))
        return case.stepped()


def _to_desk(case: Case, desk_id: uuid.UUID) -> str:
    own = Desk.organisation_id == case.actor.organisation_id
    name = case.work.session.scalar(select(Desk.name).where(Desk.id == desk_id, own))
    if name is None:
        raise NotFound
    case.incident.desk_id = desk_id
    if case.incident.clock_at is not None:
        case.incident.clock_at = func.now()
    return name


def _to_operator(case: Case, account_id: uuid.UUID | None) -> str:
    own = Account.organisation_id == case.actor.organisation_id, Account.role.in_(WORKERS), Account.disabled_at.is_(None)
    name = case.work.session.scalar(select(Account.name).where(Account.id == account_id, *own))
    if name is None:
        raise NotFound
    case.incident.assignee_id = account_id
    return name


def assign_waiting() -> int:
    """Gives new incidents of rooms that want it to people on shift; how many. Needs sight of everything; each is given once,
    because it is locked while it is given and has somebody afterwards."""
    with unit_of_work() as work:
        rooms = list(work.session.scalars(_ROOMS))
        if not rooms:
            return 0
        asked = {"rooms": rooms, "staffed": STAFFED_S, "limit": BATCH}
        waiting = work.session.execute(_WAITING, asked).all()
        if waiting:
            people = work.session.execute(_ON_SHIFT, {"rooms": rooms, "staffed": STAFFED_S}).all()
            _give(work, waiting, people)
    return len(waiting)


def _give(work: Work, waiting: Sequence[Any], people: Sequence[Any]) -> None:
    load = {person.id: person.load for person in people}
    given: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    told: list[Told] = []
    for row in waiting:
        there = [_on_shift(each, load[each.id]) for each in people if each.organisation_id == row.organisation_id]
        desk_id = str(row.desk_id) if row.desk_id else None
        chosen = choose_operator(Asked(desk_id=desk_id, category=row.category, language=row.language), there)
        if chosen is None:
            continue
        person, reason = chosen
        load[uuid.UUID(person.account_id)] += 1
        given.append({"id": row.id, "assignee_id": person.account_id})
        events.append(
            {"id": uuid.uuid4(), "incident_id": row.id, "kind": "assigned", "text": f"Given to {person.name}: {reason}"}
        )
        told.append((row.organisation_id, row.id, "changed"))
    writing = Writing()
    writing.update("incident", given, stamp="updated_at")
    writing.insert("timeline_event", events)
    writing.insert("live_event", live_rows(told))
    writing.run(work.session)
    work.ring(LIVE)


def _on_shift(row: Any, load: int) -> OnShift:
    return OnShift(
        account_id=str(row.id),
        name=row.name,
        desk_id=str(row.desk_id) if row.desk_id else None,
        skills=tuple(row.skills),
        languages=tuple(row.languages),
        load=load,
    )
