"""Notices that rooms write to venues: writing, taking back, and saying "I have read it"."""

import uuid
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from reporting.adapters.doorbell import LIVE
from reporting.adapters.sight import Sight
from reporting.domain.errors import Forbidden, NotFound, NotPossible, Problem, Refused
from reporting.domain.room_notices import (
    ABOUT_STAFF,
    DANGEROUS,
    KINDS,
    LEAST_MINUTES,
    MOST_MINUTES,
    About,
    NewRoomNotice,
    may_be_told,
    why_not,
)
from reporting.domain.staff_notices import KEEP_AWAY, kind_of
from reporting.models.incident import Incident, TimelineEvent
from reporting.models.looking import Addressee, facts_of, find_reach
from reporting.models.room_notice import RoomNotice, RoomNoticeRead
from reporting.models.staffing import shown_by_grant
from reporting.policy import Actor, scope
from reporting.services.cases import key_of
from reporting.services.deliveries import Told, deliver, recall
from reporting.services.history import announce, record
from reporting.services.unit_of_work import Work, unit_of_work

WRITING: Final = "notice.write"
MOST_NAMED: Final = 3


def write(actor: Actor, new: NewRoomNotice) -> uuid.UUID:
    """Tells the venues. Refuses an empty text, venues out of the room's reach, an all clear of another room's incident, and what
    is about people who work in a house to that house. Raises NotFound for an incident that is absent or not yours alike."""
    _check(new)
    with unit_of_work(_sight(actor)) as work:
        organisation_id = scope(actor, WRITING).organisation_id
        incident = _incident(work.session, organisation_id, new.incident_id)
        if incident is not None:
            _refuse_danger(work.session, new.kind, incident)
        about = _about(incident, organisation_id)
        refused = why_not(new.kind, about)
        if refused:
            raise Refused(refused, (Problem("kind", "responsible", refused),))
        chosen = _chosen(work.session, organisation_id, new)
        told = [each for each in chosen if may_be_told(about, each.id, each.room_id)]
        if not told:
            raise Refused(ABOUT_STAFF, (Problem("venues", "about_staff", ABOUT_STAFF),))
        key = _keep(work, actor, new, told)
        if incident is not None and about is not None and about.own:
            _tell(work, actor, incident, (new, told))
    return key


def _sight(actor: Actor) -> Sight:
    return Sight(organisation=scope(actor, WRITING).organisation_id or "")


def _seen(organisation_id: str | None) -> ColumnElement[bool]:
    """The room's own incidents, and what it was given sight of."""
    return or_(Incident.organisation_id == organisation_id, shown_by_grant(organisation_id))


def _check(new: NewRoomNotice) -> None:
    problems = []
    if new.kind not in KINDS:
        problems.append(Problem("kind", "choice", f"Must be one of: {', '.join(KINDS)}."))
    if not new.text.strip():
        problems.append(Problem("text", "required", "Write what the venues should know."))
    if not LEAST_MINUTES <= new.minutes <= MOST_MINUTES:
        problems.append(Problem("minutes", "range", f"Must be between {LEAST_MINUTES} and {MOST_MINUTES}."))
    if not new.venues and not new.areas:
        problems.append(Problem("venues", "required", "Choose at least one venue or area."))
    if problems:
        raise Refused("This notice cannot be sent.", tuple(problems))


def _refuse_danger(session: Session, kind: str, incident: Incident) -> None:
    """Nobody in a house is asked to look at what everybody should keep away from, by this door no more than by a first look."""
    if kind == "please_look" and kind_of(facts_of(session, [incident.id])[incident.id]) == KEEP_AWAY:
        raise Refused(DANGEROUS, (Problem("kind", "dangerous", DANGEROUS),))


def _incident(session: Session, organisation_id: str | None, incident_id: uuid.UUID | None) -> Incident | None:
    if incident_id is None:
        return None
    found = session.scalar(select(Incident).where(Incident.id == incident_id, _seen(organisation_id)))
    if found is None:
        raise NotFound
    return found


def _about(incident: Incident | None, organisation_id: str | None) -> About | None:
    if incident is None:
        return None
    venue = str(incident.venue_id) if incident.venue_id else None
    hidden = frozenset(str(each) for each in incident.hidden_from)
    return About(str(incident.organisation_id) == organisation_id, incident.about_staff, venue, hidden)


def _chosen(session: Session, organisation_id: str | None, new: NewRoomNotice) -> list[Addressee]:
    """The venues by name and by area, each once. Refuses what the room does not reach, whether it exists or not."""
    reach = find_reach(session, organisation_id)
    strange = set(new.venues) - {venue.id for venue in reach.venues} or set(new.areas) - {key for key, _name in reach.areas}
    if strange:
        raise NotFound
    return [venue for venue in reach.venues if venue.id in new.venues or set(venue.areas) & set(new.areas)]


def _keep(work: Work, actor: Actor, new: NewRoomNotice, told: list[Addressee]) -> uuid.UUID:
    key, venues = uuid.uuid4(), [uuid.UUID(each.id) for each in told]
    row = {
        "id": key,
        "organisation_id": actor.organisation_id,
        "incident_id": new.incident_id,
        "kind": new.kind,
        "text": new.text.strip(),
        "venues": venues,
        "written_by": actor.name,
        "expires_at": func.now() + timedelta(minutes=new.minutes),
    }
    work.session.execute(insert(RoomNotice.__table__).values(row))
    by = uuid.UUID(actor.organisation_id) if actor.organisation_id else None
    deliver(work, Told(effect=f"notice:{key}", template="notice", venue_ids=venues, told_by=by))
    record(work, actor, "notice.written", "room_notice", key)
    return key


def _tell(work: Work, actor: Actor, incident: Incident, said: tuple[NewRoomNotice, list[Addressee]]) -> None:
    new, told = said
    more = f" and {len(told) - MOST_NAMED} more" if told[MOST_NAMED:] else ""
    names = ", ".join(each.name for each in told[:MOST_NAMED]) + more
    line = TimelineEvent(
        id=uuid.uuid4(),
        incident_id=incident.id,
        kind="notice_written",
        actor_id=uuid.UUID(actor.account_id),
        actor=actor.name,
        text=f"{KINDS[new.kind]} to {names}: {new.text.strip()}",
        detail={"kind": new.kind, "venues": [each.id for each in told]},
    )
    work.session.add(line)
    announce(work.session, incident, "changed")
    work.ring(LIVE)


def withdraw(actor: Actor, notice_id: uuid.UUID | str) -> None:
    """Takes a notice of the actor's own room back; venues read that it was, and messages about it that have not left are not
    sent. Raises NotFound for absent and not yours alike,
    NotPossible for one that is over."""
    with unit_of_work(_sight(actor)) as work:
        own = RoomNotice.id == key_of(notice_id), RoomNotice.organisation_id == scope(actor, WRITING).organisation_id
        if work.session.scalar(select(RoomNotice.id).where(*own)) is None:
            raise NotFound
        standing = RoomNotice.withdrawn_at.is_(None), RoomNotice.expires_at > func.now()
        if not work.change(update(RoomNotice).where(*own, *standing).values(withdrawn_at=func.now())):
            raise NotPossible("This notice is over already.")
        recall(work, f"notice:{key_of(notice_id)}")
        record(work, actor, "notice.withdrawn", "room_notice", key_of(notice_id))


def acknowledge(actor: Actor, notice_id: uuid.UUID | str) -> None:
    """Somebody of a venue has read it; a second time changes nothing. Raises NotFound for what the actor's venue was not told,
    NotPossible for what was taken back."""
    venue = scope(actor, "notice.acknowledge").venue_id
    if venue is None:
        raise Forbidden("This account belongs to no venue.")
    with unit_of_work(Sight(venue=venue, account=actor.account_id)) as work:
        notice = work.session.scalar(
            select(RoomNotice).where(RoomNotice.id == key_of(notice_id), RoomNotice.venues.contains([uuid.UUID(venue)]))
        )
        if notice is None:
            raise NotFound
        if notice.withdrawn_at is not None:
            raise NotPossible("This notice was taken back.")
        row = {
            "notice_id": notice.id,
            "account_id": actor.account_id,
            "organisation_id": notice.organisation_id,
            "venue_id": venue,
        }
        work.session.execute(insert(RoomNoticeRead).values(row).on_conflict_do_nothing())
