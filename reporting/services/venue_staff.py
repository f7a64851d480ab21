"""The people of a venue: its manager adds them and ends them. They sign in by a device alone."""

import uuid
from typing import Final

from sqlalchemy import ColumnElement, func, select, update

from reporting.adapters.sight import Sight
from reporting.domain.errors import NotFound, Problem, Refused
from reporting.domain.premises import one_line
from reporting.models.account import Account, Session, Token
from reporting.models.venue import Venue
from reporting.policy import Actor
from reporting.services.devices import end_devices_of
from reporting.services.history import record
from reporting.services.unit_of_work import unit_of_work

LONGEST_NAME: Final = 60
MOST_PEOPLE: Final = 500
ROLES: Final = ("venue_staff", "venue_manager")
ENDED_NAME: Final = "Former staff"


def add_person(actor: Actor, name: str, role: str) -> str:
    """Adds somebody to the actor's venue and returns the account's id. Refuses an empty name, a role that is none of a venue's,
    and a name that somebody has already: codes are made out to names."""
    chosen = one_line(name)
    if not chosen or len(chosen) > LONGEST_NAME:
        raise Refused("A name is needed.", (Problem("name", "required", "Write a name, or what the person is called."),))
    if role not in ROLES or actor.venue_id is None:
        raise Refused("Choose a role.", (Problem("role", "invalid", "Choose a role."),))
    account = Account(id=uuid.uuid4(), role=role, name=chosen, venue_id=uuid.UUID(actor.venue_id))
    with unit_of_work() as work:
        venue = work.session.get_one(Venue, uuid.UUID(actor.venue_id), with_for_update=True)
        account.organisation_id = venue.organisation_id
        live = Account.venue_id == venue.id, Account.role.in_(ROLES), Account.disabled_at.is_(None)
        names = list(work.session.scalars(select(Account.name).where(*live)))
        if chosen in names or len(names) >= MOST_PEOPLE:
            raise Refused("The name is taken.", (Problem("name", "taken", "Somebody here has this name already."),))
        work.session.add(account)
        work.session.flush()
        record(work, actor, "staff.added", "account", account.id)
    return str(account.id)


def end_person(actor: Actor, account_id: uuid.UUID) -> None:
    """Somebody leaves: their devices, codes, sessions and tokens end at once. Refuses oneself; raises NotFound for strangers."""
    if str(account_id) == actor.account_id:
        raise Refused("You cannot end yourself. Ask the control room.")
    with unit_of_work(Sight(venue=actor.venue_id or "")) as work:
        ended = update(Account).where(*_of_venue(actor, account_id)).values(disabled_at=func.now())
        if work.change(ended) != 1:
            raise NotFound
        end_devices_of(work, account_id)
        for table in (Token, Session):
            live = table.account_id == account_id, table.revoked_at.is_(None)
            work.change(update(table).where(*live).values(revoked_at=func.now()))
        record(work, actor, "staff.ended", "account", account_id)


def _of_venue(actor: Actor, account_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    own = Account.venue_id == (uuid.UUID(actor.venue_id) if actor.venue_id else None)
    return Account.id == account_id, own, Account.role.in_(ROLES), Account.disabled_at.is_(None)


def people_of(venue_key: str) -> list[tuple[str, str]]:
    """Name and role of everybody who may sign in at a venue, for the control room. Refuses an unknown venue."""
    with unit_of_work() as work:
        venue = work.session.scalar(select(Venue.id).where(Venue.key == venue_key))
        if venue is None:
            raise Refused(f"There is no venue {venue_key!r}; `reporting venue list` shows them.")
        live = Account.venue_id == venue, Account.role.in_(ROLES), Account.disabled_at.is_(None)
        rows = work.session.execute(select(Account.name, Account.role).where(*live).order_by(Account.name))
        return [(row.name, row.role) for row in rows]
