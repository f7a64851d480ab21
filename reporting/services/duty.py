"""Staff who say "I am here until ...": one row for each person, of their own making, gone when the time is over."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert

from reporting.adapters.sight import Sight
from reporting.domain.errors import Forbidden, Problem, Refused
from reporting.models.first_look import OnDuty
from reporting.policy import Actor, scope
from reporting.services.unit_of_work import Work, unit_of_work

HOURS: Final = (2, 4, 8)
"""What the page offers; nobody is on duty for longer without saying so again."""


def staff_sight(actor: Actor) -> Sight:
    """What a member of staff may see here: their own venue's, and what is about themselves."""
    venue = scope(actor, "look.answer").venue_id
    return Sight(venue=venue or "", account=actor.account_id if venue else "")


def be_here(actor: Actor, hours: int) -> datetime:
    """The member of staff is on duty from now for so many hours; returns until when. Refuses other hours than those offered."""
    if hours not in HOURS:
        raise Refused("Choose for how long.", (Problem("hours", "choice", f"Must be one of {', '.join(map(str, HOURS))}."),))
    if actor.venue_id is None:
        raise Forbidden("This account belongs to no venue.")
    until = func.now() + timedelta(hours=hours)
    values = {"account_id": actor.account_id, "venue_id": actor.venue_id, "until": until}
    with unit_of_work(staff_sight(actor)) as work:
        saying = insert(OnDuty).values(values)
        changed = {"venue_id": actor.venue_id, "until": until, "since": func.now()}
        said = saying.on_conflict_do_update(index_elements=["account_id"], set_=changed).returning(OnDuty.until)
        found = work.session.scalar(said)
    assert found is not None
    return found


def leave(actor: Actor) -> None:
    """Not on duty any more. Who was not on duty is not either."""
    with unit_of_work(staff_sight(actor)) as work:
        work.change(delete(OnDuty).where(OnDuty.account_id == actor.account_id))


def forget_past(work: Work) -> int:
    """Deletes what is over; needs sight of everything."""
    return work.change(delete(OnDuty).where(OnDuty.until < func.now()))
