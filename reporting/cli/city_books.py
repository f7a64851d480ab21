"""The books of houses of the demo city: trained staff on duty, two drills, a minute of made cases, and a notice of the city."""

from datetime import date, timedelta
from typing import Final

from sqlalchemy import select

from reporting.bootstrap import adapters
from reporting.cli.city_ground import Ground
from reporting.domain.exercise import NewDrill, NewTraining, after, cases
from reporting.domain.room_notices import NewRoomNotice
from reporting.extensions import db
from reporting.models.exercise import Training
from reporting.policy import Actor
from reporting.queries import people
from reporting.services import duty, records, room_notices

HOUSES: Final = (("venue_manager", "venue_staff"), ("library_manager", "library_staff"))
"""Who keeps the books of a house, and who works there; incidents at the library are the city's to work on."""
LONG_DUTY: Final = 8
DRILLS: Final = (
    ("evacuation", 40, 212, 9, "The door to the delivery yard was locked. A key now hangs beside it."),
    ("lockdown", 130, 64, 14, ""),
)
"""Kind, how many days ago, people, minutes, what went wrong."""
NOTICE: Final = "A march passes the square tomorrow from 14:00 to 15:00. Keep the doors to the square free."


def keep_books(ground: Ground) -> None:
    """Whoever works in these houses is trained and on duty from now on; what is noted once stays as it is."""
    first = not db.session.scalar(select(Training.id).limit(1))
    db.session.rollback()
    today = adapters().clock().date()
    for manager, staff in ((_actor(ground, each), _actor(ground, other)) for each, other in HOUSES):
        for who in (staff, manager):
            if first:
                _train(manager, who, today)
            duty.be_here(who, LONG_DUTY)
    if first:
        staff = _actor(ground, HOUSES[0][1])
        _drill(_actor(ground, HOUSES[0][0]), today)
        records.play(staff, {key: case.is_hot for key, case in list(cases().items())[:4]}, today)
        _tell(ground, staff)


def _actor(ground: Ground, name: str) -> Actor:
    found = people.by_account(ground.accounts[name])
    assert found is not None
    return found


def _train(manager: Actor, who: Actor, today: date) -> None:
    done = today - timedelta(days=60)
    new = NewTraining(person=who.account_id, kind="hot", title="", done_on=done, valid_until=after(done, 1))
    records.note_training(manager, new, today)


def _drill(manager: Actor, today: date) -> None:
    for kind, ago, took_part, minutes, wrong in DRILLS:
        held = today - timedelta(days=ago)
        new = NewDrill(kind=kind, held_on=held, people=took_part, minutes=minutes, went_wrong=wrong)
        records.note_drill(manager, new, today)


def _tell(ground: Ground, staff: Actor) -> None:
    assert staff.venue_id is not None
    new = NewRoomNotice(kind="information", text=NOTICE, minutes=480, venues=(staff.venue_id,))
    room_notices.write(_actor(ground, "operator"), new)
