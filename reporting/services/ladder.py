"""What the ladder must know of incidents: their steps so far, the desks of their rooms, the rooms above, and who is there.

Read in the unit of work that takes the steps. With the sight of one room it sees that room's own consoles and, of every other
room, only whether anybody is there.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from reporting.domain import escalation
from reporting.domain.behaviours import lawful_only, only_group_b
from reporting.domain.escalation import Ladder, Place, Presence, Taken, Unacknowledged
from reporting.models.columns import among
from reporting.models.organisation import Desk, Organisation
from reporting.models.staffing import Escalation, SightGrant

WITHHELD_LEVELS: Final = ("police", "national")
"""Lawful behaviour without a recorded fact goes to no room of these levels by itself."""
GATE: Final = 100
"""The weight with which a finding of danger opens the gate of immediate danger."""
_SAID: Final = text("""
    select i.id, said.behaviours, said.findings, said.own_staff
    from incident i cross join lateral (
        select r.behaviours, a.findings, case when r.about_staff then v.organisation_id end as own_staff
        from report r left join assessment a on a.report_id = r.id left join venue v on v.id = r.venue_id
        where r.incident_id = i.id order by a.priority nulls last, a.score desc nulls last limit 20
    ) said where i.id = any(:ids)
""")
_THERE: Final = text("""
    select p.organisation_id, p.desk_id, p.supervises from presence p
    where p.organisation_id = any(:rooms) and p.seen_at > clock_timestamp() - make_interval(secs => :staffed)
        and not exists (select 1 from session s where s.hash = p.credential and s.revoked_at is not null)
""")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an incident stands on its ladder."""

    organisation_id: uuid.UUID
    incident: Unacknowledged
    ladder: Ladder
    presence: Presence


@dataclass(slots=True)
class _Said:
    """What the reports of an incident come to."""

    danger: bool = False
    lawful: bool = True
    own_staff: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Rooms:
    """Every room, who is in it, and the desks and consoles of those whose incidents are looked at."""

    all: dict[str, Row[Any]]
    desks: dict[str, tuple[Place, ...]]
    sitting: dict[str, frozenset[str]]
    supervised: frozenset[str]

    @property
    def duty_desk(self) -> str | None:
        return next((key for key, room in self.all.items() if room.duty_desk), None)


def now(session: Session) -> datetime:
    """The database's clock: the only one that ladders go by."""
    found = session.scalar(select(func.clock_timestamp()))
    assert isinstance(found, datetime)
    return found


def standings(session: Session, incidents: Sequence[Any]) -> list[Standing]:
    """Where each of these incidents, or rows of incidents, stands; all of them belong to a room."""
    ids = [each.id for each in incidents]
    rooms = _rooms(session, {each.organisation_id for each in incidents})
    said, taken, returned = _said(session, ids), _taken(session, ids), _returned(session, ids)
    found = []
    for each in incidents:
        hidden = frozenset({str(key) for key in each.hidden_from} | _hidden(said[each.id], rooms))
        incident = Unacknowledged(
            id=str(each.id),
            priority=each.priority,
            due_at=each.due_at,
            desk_id=str(each.desk_id) if each.desk_id else None,
            immediate_danger=said[each.id].danger,
            taken=tuple(taken.get((each.id, each.organisation_id), ())),
            hidden_from=hidden,
        )
        found.append(
            Standing(each.organisation_id, incident, _ladder(rooms, each), _presence(rooms, each, returned.get(each.id, set())))
        )
    return found


def _rooms(session: Session, wanted: set[uuid.UUID]) -> _Rooms:
    columns = (Organisation.id, Organisation.name, Organisation.level, Organisation.duty_desk, Organisation.escalates_to_id)
    rows = session.execute(select(*columns, func.staffed(Organisation.id).label("staffed"))).all()
    desks: dict[str, list[Place]] = {}
    for desk in session.execute(
        select(Desk.id, Desk.name, Desk.organisation_id)
        .where(among(Desk.organisation_id, wanted))
        .order_by(Desk.is_default.desc(), Desk.name)
    ):
        desks.setdefault(str(desk.organisation_id), []).append(Place(str(desk.id), desk.name))
    sitting: dict[str, set[str]] = {}
    supervised = set()
    for each in session.execute(_THERE, {"rooms": list(wanted), "staffed": escalation.STAFFED_S}):
        if each.desk_id:
            sitting.setdefault(str(each.organisation_id), set()).add(str(each.desk_id))
        if each.supervises:
            supervised.add(str(each.organisation_id))
    return _Rooms(
        {str(row.id): row for row in rows},
        {room: tuple(places) for room, places in desks.items()},
        {room: frozenset(each) for room, each in sitting.items()},
        frozenset(supervised),
    )


def _ladder(rooms: _Rooms, incident: Any) -> Ladder:
    named = {key: str(room.escalates_to_id) if room.escalates_to_id else None for key, room in rooms.all.items()}
    own = str(incident.organisation_id)
    above = escalation.above(own, named, rooms.duty_desk)
    return Ladder(rooms.desks.get(own, ()), tuple(Place(key, rooms.all[key].name) for key in above))


def _presence(rooms: _Rooms, incident: Any, returned: set[str]) -> Presence:
    own = str(incident.organisation_id)
    there = frozenset(key for key, room in rooms.all.items() if room.staffed and key not in returned)
    return Presence(rooms.sitting.get(own, frozenset()), own in rooms.supervised, there)


def _said(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, _Said]:
    found = {key: _Said() for key in ids}
    for row in session.execute(_SAID, {"ids": list(ids)}):
        findings = [(each["rule"], each["weight"]) for each in row.findings or ()]
        said = found[row.id]
        said.danger = said.danger or any(rule.startswith("danger") and weight >= GATE for rule, weight in findings)
        said.lawful = said.lawful and (only_group_b(row.behaviours) or lawful_only(findings))
        if row.own_staff:
            said.own_staff.add(str(row.own_staff))
    return found


def _hidden(said: _Said, rooms: _Rooms) -> set[str]:
    """Rooms that must not be told: whose own staff it is about; and higher levels while it is lawful behaviour alone."""
    if not said.lawful:
        return said.own_staff
    return said.own_staff | {key for key, room in rooms.all.items() if room.level in WITHHELD_LEVELS}


def _taken(session: Session, ids: Sequence[uuid.UUID]) -> dict[tuple[uuid.UUID, uuid.UUID], list[Taken]]:
    found: dict[tuple[uuid.UUID, uuid.UUID], list[Taken]] = {}
    rows = session.scalars(select(Escalation).where(among(Escalation.incident_id, ids)).order_by(Escalation.position))
    for row in rows:
        target = str(row.target_id) if row.target_id else None
        kind: Any = row.kind
        found.setdefault((row.incident_id, row.organisation_id), []).append(Taken(kind, target, row.at))
    return found


def _returned(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """Rooms that gave an incident back: they are there, but not for this one."""
    found: dict[uuid.UUID, set[str]] = {}
    rows = session.execute(
        select(SightGrant.incident_id, SightGrant.organisation_id).where(
            among(SightGrant.incident_id, ids), SightGrant.ended_at.is_not(None)
        )
    )
    for row in rows:
        found.setdefault(row.incident_id, set()).add(str(row.organisation_id))
    return found
