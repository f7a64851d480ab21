"""Who is at the desks of a room now, who is to be, whom to call, and what nobody has acknowledged to the end of its ladder."""

import uuid
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, exists, func, select, text
from sqlalchemy.orm import Session

from reporting.adapters.sight import Sight, reading
from reporting.domain.escalation import STAFFED_S
from reporting.models.account import Account
from reporting.models.incident import Incident
from reporting.models.organisation import Desk, Organisation
from reporting.models.staffing import Escalation, PhoneEntry, Shift
from reporting.policy import Actor, scope
from reporting.queries.items import stamp

KEEP: Final = "presence.keep"
READ: Final = "roster.read"
CALLED_SHOWN: Final = 5
SHIFTS_SHOWN: Final = 200
WORKERS: Final = ("operator", "supervisor")
_THERE: Final = text("""
    select a.id, a.name, p.desk_id, p.supervises, bool_and(p.idle) as idle, max(p.seen_at) as seen_at
    from presence p join account a on a.id = p.account_id
    where p.organisation_id = :room and p.seen_at > clock_timestamp() - make_interval(secs => :staffed)
        and not exists (select 1 from session s where s.hash = p.credential and s.revoked_at is not null)
    group by a.id, a.name, p.desk_id, p.supervises order by a.name, a.id
""")


def desks_now(actor: Actor) -> dict[str, Any]:
    """The actor's room at this moment: each desk and who is there, who supervises, and the incidents that nobody has
    acknowledged to the end of their ladder, with the numbers to call. Four statements, all by index."""
    room = scope(actor, KEEP).organisation_id
    with reading(Sight(organisation=room or "")) as session:
        there = session.execute(_THERE, {"room": room, "staffed": STAFFED_S}).all()
        desks = _desks(session, room)
        called = _called(session, room)
        numbers = numbers_of(session, room) if called else []
    sitting = {desk.id: [_person(each, actor) for each in there if each.desk_id == desk.id] for desk in desks}
    return {
        "desks": [{"id": str(desk.id), "name": desk.name, "people": sitting[desk.id]} for desk in desks],
        "supervisors": [_person(each, actor) for each in _once(there) if each.supervises],
        "unanswered": [{"id": str(row.id), "number": row.number, "summary": row.summary} for row in called],
        "call": numbers,
    }


def _desks(session: Session, room: str | None) -> list[Desk]:
    return list(session.scalars(select(Desk).where(Desk.organisation_id == room).order_by(Desk.is_default.desc(), Desk.name)))


def _once(there: Any) -> list[Row[Any]]:
    """Each person once, though they may sit at two desks."""
    return list({each.id: each for each in there}.values())


def _person(row: Row[Any], actor: Actor) -> dict[str, Any]:
    return {"name": row.name, "you": str(row.id) == actor.account_id, "idle": row.idle}


def _called(session: Session, room: str | None) -> list[Any]:
    ended = exists().where(
        Escalation.incident_id == Incident.id, Escalation.organisation_id == room, Escalation.kind == "phone_list"
    )
    return list(
        session.execute(
            select(Incident.id, Incident.number, Incident.summary)
            .where(Incident.organisation_id == room, Incident.status == "new", Incident.priority <= 2, ended)
            .order_by(Incident.priority, Incident.opened_at)
            .limit(CALLED_SHOWN)
        ).all()
    )


def receivers(actor: Actor) -> dict[str, Any]:
    """Desks and colleagues of the actor's room to whom work can be given, and whether somebody is there."""
    room = scope(actor, READ).organisation_id
    with reading(Sight(organisation=room or "")) as session:
        there = session.execute(_THERE, {"room": room, "staffed": STAFFED_S}).all()
        desks = [(desk.id, desk.name) for desk in _desks(session, room)]
        people = [tuple(row) for row in _people(session, room)]
    sitting, present = {each.desk_id for each in there}, {each.id for each in there}
    return {
        "desks": [{"id": str(key), "name": name, "staffed": key in sitting} for key, name in desks],
        "people": [{"id": str(key), "name": name, "staffed": key in present} for key, name in people],
    }


def _people(session: Session, room: str | None) -> list[Any]:
    asked = select(Account.id, Account.name).where(
        Account.organisation_id == room, Account.role.in_(WORKERS), Account.disabled_at.is_(None)
    )
    return list(session.execute(asked.order_by(Account.name)).all())


def numbers_of(session: Session, room: str | uuid.UUID | None) -> list[dict[str, str]]:
    """An organisation's list of numbers in its order."""
    rows = session.scalars(select(PhoneEntry).where(PhoneEntry.organisation_id == room).order_by(PhoneEntry.position))
    return [{"name": row.name, "role": row.role, "number": row.number, "told": _told(row)} for row in rows]


def _told(row: PhoneEntry) -> str:
    """How somebody is told as well, as a supervisor writes it."""
    return " ".join(each for each in (row.mail, "sms" if row.sms else "") if each)


def plan(actor: Actor, since: datetime) -> dict[str, Any]:
    """The room's shifts that have not ended at `since`, the people who can have one, the numbers, and its settings."""
    room = scope(actor, READ).organisation_id
    with reading(Sight(organisation=room or "")) as session:
        shifts = session.execute(
            select(Shift, Account.name.label("person"), Account.email, Desk.name.label("desk"))
            .join(Account, Account.id == Shift.account_id)
            .join(Desk, Desk.id == Shift.desk_id)
            .where(Shift.organisation_id == room, Shift.until > since)
            .order_by(Shift.starts_at, Account.name)
            .limit(SHIFTS_SHOWN)
        ).all()
        people = _people(session, room)
        own = session.get_one(Organisation, uuid.UUID(room or ""))
        above = session.get(Organisation, own.escalates_to_id) if own.escalates_to_id else None
        numbers = numbers_of(session, room)
    return {
        "shifts": [_shift(row) for row in shifts],
        "people": [{"id": str(row.id), "name": row.name} for row in people],
        "numbers": numbers,
        "assigns_people": own.assigns_people,
        "above": above.name if above else None,
    }


def _shift(row: Any) -> dict[str, Any]:
    shift: Shift = row.Shift
    return {
        "id": str(shift.id),
        "person": row.person,
        "desk": row.desk,
        "starts_at": stamp(shift.starts_at),
        "until": stamp(shift.until),
        "skills": list(shift.skills),
        "languages": list(shift.languages),
    }


def somebody_there(session: Session, room: uuid.UUID) -> bool:
    """Whether any console of the organisation shows life; nothing else of it can be learned this way."""
    return bool(session.scalar(select(func.staffed(room))))
