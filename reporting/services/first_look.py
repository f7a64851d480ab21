"""Asking trained staff on duty to look: one person at a time, with a clock that the relay keeps, and back to the operator.

A room lends its sight to whoever answers, for the one incident that it asked about: the answer goes through the same door as an
operator's look, in one commit with the end of the question. Who could not look, or was silent, is written down nowhere: the row
names the next person instead, and its line on the timeline names nobody. Both say the same, so that nobody is measured by it.
While it stands, the question is weighed again at every look of the clock: when the incident becomes one near which nobody should
be sent, it is taken back at once.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, insert, select, update

from reporting.adapters.doorbell import LIVE
from reporting.adapters.geocoder import label_of
from reporting.adapters.sight import Sight
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound, NotPossible, Refused
from reporting.domain.facts import Hot
from reporting.domain.first_look import MOST_ASKED, NOBODY, check_of, is_dangerous, why_not
from reporting.models.exercise import Training
from reporting.models.first_look import FirstLook, OnDuty
from reporting.models.incident import Incident, TimelineEvent
from reporting.models.looking import facts_of, people_to_look, valid_training
from reporting.models.venue import PlaceCode, Venue
from reporting.policy import Actor
from reporting.services import checks
from reporting.services.cases import Case, Stepped, key_of, open_case
from reporting.services.deliveries import Told, deliver, recall
from reporting.services.duty import staff_sight
from reporting.services.history import announce
from reporting.services.unit_of_work import Work, unit_of_work

BATCH: Final = 50
OVER: Final = "This question is over: somebody else has answered, or it was taken back."
MOVED: Final = "The incident went to another room."
_NOBODY: Final[dict[str, Any]] = {"asked_id": None, "next_ids": [], "words": ""}


def ask(actor: Actor, incident_id: uuid.UUID | str, version: int | None, words: str) -> Stepped:
    """Asks the nearest trained person on duty: "please look, 2 minutes, do not touch". `words` say what and where in the
    operator's own words. Raises NotPossible, with the reason, where nobody may be asked, nobody is there, or one is asked
    already."""
    with open_case(actor, incident_id, version) as case:
        session, key = case.work.session, case.incident.id
        reason = why_not(facts_of(session, [key])[key])
        if reason:
            raise NotPossible(f"No first look: {reason}")
        people = people_to_look(session, key)[:MOST_ASKED]
        if not people:
            raise NotPossible(f"No first look: {NOBODY}")
        if session.scalar(select(FirstLook.id).where(FirstLook.incident_id == key, FirstLook.state == "open")):
            raise NotPossible("Somebody is asked already. Wait, or take the question back.")
        _begin(case, people, words.strip())
        return case.stepped()


def _begin(case: Case, people: Sequence[tuple[uuid.UUID, uuid.UUID]], words: str) -> None:
    incident, seconds = case.incident, adapters().settings.first_look_seconds
    (asked, venue), *others = people
    row = {
        "id": uuid.uuid4(),
        "incident_id": incident.id,
        "organisation_id": incident.organisation_id,
        "venue_id": venue,
        "category": incident.category,
        "place": _place_of(case.work, incident),
        "words": words,
        "seconds": seconds,
        "asked_id": asked,
        "next_ids": [account for account, _venue in others],
        "due_at": func.now() + timedelta(seconds=seconds),
    }
    case.work.session.execute(insert(FirstLook.__table__).values(row))
    _call(case.work, row["id"], 1, Told(effect="", template="first_look", venue_ids=[venue], told_by=incident.organisation_id))
    name = case.work.session.scalar(select(Venue.name).where(Venue.id == venue))
    said = f"First look asked of trained staff at {name}, {seconds} s" + (f": {words}" if words else "")
    case.tell("look_asked", said, {"venue": str(venue), "seconds": seconds, "people": len(people)})


def _call(work: Work, look_id: Any, turn: int, told: Told) -> None:
    """Asks the house to open its page, by the ways it chose: its devices at each turn, its contacts when it is asked first.
    Never a person: a letter to the next one would say that the one before was silent."""
    deliver(work, replace(told, effect=_effect(look_id, turn)))


def _effect(look_id: Any, turn: int) -> str:
    return f"look:{look_id}:{turn}"


def _uncall(work: Work, look_id: Any, turn: int) -> None:
    """Nobody is called any more by what has not left."""
    recall(work, *(_effect(look_id, each) for each in range(1, turn + 1)))


def _place_of(work: Work, incident: Incident) -> str:
    """Where it is in our own words, as a notice says it."""
    if incident.venue_id is not None:
        name = work.session.scalar(select(Venue.name).where(Venue.id == incident.venue_id)) or ""
        label = work.session.scalar(select(PlaceCode.label).where(PlaceCode.code == incident.place_code)) or ""
        return ", ".join(part for part in (name, label) if part)
    if incident.lat is None or incident.lon is None:
        return ""
    return label_of(adapters().settings.geocoder, round(incident.lat, 4), round(incident.lon, 4))


def withdraw(actor: Actor, incident_id: uuid.UUID | str, version: int | None) -> Stepped:
    """The operator takes the question back. Raises NotPossible where none stands."""
    with open_case(actor, incident_id, version) as case:
        standing = select(FirstLook.id, FirstLook.turn).where(
            FirstLook.incident_id == case.incident.id, FirstLook.state == "open"
        )
        asked = case.work.session.execute(standing).all()
        ending = _end_of(FirstLook.incident_id == case.incident.id, "withdrawn")
        if not case.work.change(ending):
            raise NotPossible("Nobody is asked at the moment.")
        for each in asked:
            _uncall(case.work, each.id, each.turn)
        case.tell("look_withdrawn", "First look taken back")
        return case.stepped()


def answer(actor: Actor, look_id: uuid.UUID | str, hot: Hot) -> None:
    """The three answers of trained staff on duty at the venue that is asked; whoever of them answers first. Raises NotFound for
    what is not their venue's, NotPossible where the question is over, Refused without training or duty."""
    look = _asked_of(actor, look_id)
    room = _for_the_room(actor, look)
    with open_case(room, look.incident_id or look.id, None) as case:
        if why_not(facts_of(case.work.session, [case.incident.id])[case.incident.id]):
            raise NotPossible(OVER)  # what came in a moment ago stands; the clock takes the question back
        if not case.work.change(_end_of(FirstLook.id == look.id, "answered")):
            raise NotPossible(OVER)
        _uncall(case.work, look.id, look.turn)
        seconds = int((adapters().clock() - look.asked_at).total_seconds())
        checks.look(case, check_of(hot, max(0, seconds)))


def cannot(actor: Actor, look_id: uuid.UUID | str) -> None:
    """ "I can't": the next person is asked at once. No reason is asked and nothing of it is kept. Who is not asked any more
    changes nothing."""
    look = _asked_of(actor, look_id)
    with unit_of_work(Sight(organisation=str(look.organisation_id))) as work:
        incident = _locked(work, look.incident_id)
        mine = FirstLook.asked_id == actor.account_id
        standing = work.session.scalar(select(FirstLook).where(FirstLook.id == look.id, FirstLook.state == "open", mine))
        if incident is not None and standing is not None:
            _pass_on(work, incident, standing)


def _asked_of(actor: Actor, look_id: uuid.UUID | str) -> FirstLook:
    """The question, where the actor is trained staff on duty at the venue that is asked."""
    with unit_of_work(staff_sight(actor)) as work:
        wanted = FirstLook.id == key_of(look_id)
        look = work.session.scalar(select(FirstLook).where(wanted, FirstLook.venue_id == actor.venue_id))
        if look is None:
            raise NotFound
        if look.state != "open":
            raise NotPossible(OVER)
        here = select(OnDuty.account_id).where(OnDuty.account_id == actor.account_id, OnDuty.until > func.now())
        trained = select(Training.id).where(*valid_training(actor))
        if not work.session.scalar(here) or not work.session.scalar(trained.limit(1)):
            raise Refused("Only trained staff on duty is asked. Say that you are here first.")
        work.session.expunge(look)
        return look


def _for_the_room(actor: Actor, look: FirstLook) -> Actor:
    """The person under their own name, with the reach of the room that asked: for the incident it asked about."""
    return Actor(actor.account_id, "operator", actor.name, str(look.organisation_id))


def _end_of(which: Any, state: str, *, keep_away: bool = False) -> Any:
    values = {**_NOBODY, "state": state, "ended_at": func.now(), "keep_away": keep_away}
    return update(FirstLook).where(which, FirstLook.state == "open").values(values).execution_options(synchronize_session=False)


def _locked(work: Work, incident_id: uuid.UUID | None, *, waiting: bool = True) -> Incident | None:
    statement = select(Incident).where(Incident.id == incident_id)
    return work.session.scalar(
        statement.with_for_update(key_share=True, skip_locked=not waiting).execution_options(populate_existing=True)
    )


def _pass_on(work: Work, incident: Incident, look: FirstLook) -> None:
    """To the next person who is still on duty, else back to the operator. The line names nobody and says no reason."""
    there = dict(people_to_look(work.session, incident.id))
    left = [each for each in look.next_ids if each in there]
    if not left:
        work.change(_end_of(FirstLook.id == look.id, "unanswered"))
        _uncall(work, look.id, look.turn)
        _tell(work, incident, "look_unanswered", "First look: nobody could look. It is with you again.")
        return
    another = there[left[0]] != look.venue_id
    look.asked_id, look.next_ids, look.venue_id = left[0], left[1:], there[left[0]]
    look.turn += 1
    look.due_at = func.now() + timedelta(seconds=look.seconds)
    house = Told(effect="", template="first_look", venue_ids=[look.venue_id], contacts=another, told_by=look.organisation_id)
    _call(work, look.id, look.turn, house)
    name = work.session.scalar(select(Venue.name).where(Venue.id == look.venue_id))
    _tell(work, incident, "look_passed_on", f"First look: the next trained person is asked, at {name}")


def _tell(work: Work, incident: Incident, kind: str, words: str) -> None:
    work.session.add(TimelineEvent(id=uuid.uuid4(), incident_id=incident.id, kind=kind, text=words))
    incident.updated_at = func.now()
    announce(work.session, incident, "changed")
    work.ring(LIVE)


def keep_time(limit: int = BATCH) -> int:
    """The relay's look at the questions that stand: passes on what was not answered in time, takes back what has become
    dangerous, ends what belongs to a closed incident. Needs sight of everything; returns how many it changed."""
    with unit_of_work() as work:
        standing = select(FirstLook.id, FirstLook.incident_id).where(FirstLook.state == "open").limit(limit)
        found = work.session.execute(standing).all()
    return sum(_look_at(row) for row in found)


def _look_at(row: Any) -> bool:
    with unit_of_work() as work:
        if row.incident_id is None:
            return bool(work.change(_end_of(FirstLook.id == row.id, "withdrawn")))
        incident = _locked(work, row.incident_id, waiting=False)
        if incident is None:
            return False
        look = work.session.scalar(select(FirstLook).where(FirstLook.id == row.id, FirstLook.state == "open"))
        if look is None:
            return False
        reason = why_not(facts_of(work.session, [incident.id])[incident.id])
        if incident.organisation_id != look.organisation_id:
            reason = reason or MOVED
        if reason:
            work.change(_end_of(FirstLook.id == look.id, "withdrawn", keep_away=is_dangerous(reason)))
            _uncall(work, look.id, look.turn)
            _tell(work, incident, "look_withdrawn", f"First look taken back: {reason}")
        elif look.due_at <= _now(work):
            _pass_on(work, incident, look)
        else:
            return False
        return True


def _now(work: Work) -> datetime:
    found = work.session.scalar(select(func.clock_timestamp()))
    assert isinstance(found, datetime)
    return found
