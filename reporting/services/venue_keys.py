"""Keys of a venue's own systems, and the links behind its QR codes for reporting only. Both are listed, and end at once.

A key belongs to a system, which is an account without a sign-in: what a system filed is its own, whichever key it used.
"""

import uuid
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, update

from reporting.adapters.sight import Sight
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound, Problem, Refused
from reporting.domain.premises import one_line
from reporting.models.account import Account, Token
from reporting.models.venue import Venue
from reporting.models.workspace import VenueLink
from reporting.policy import Actor
from reporting.services.accounts import new_secret
from reporting.services.history import record
from reporting.services.unit_of_work import Work, unit_of_work

LONGEST_NAME: Final = 60
MOST_SYSTEMS: Final = 50
MOST_LINKS: Final = 50
USED_AT_MOST_EVERY: Final = timedelta(minutes=1)
PREFIX: Final = "rpv_"


def add_system(actor: Actor, name: str) -> str:
    """Adds a system of the actor's venue and returns its first key, shown once. Refuses an empty name and one that is taken."""
    chosen = _named(name)
    venue_id = uuid.UUID(actor.venue_id or "")
    with unit_of_work() as work:
        venue = work.session.get_one(Venue, venue_id, with_for_update=True)
        live = Account.venue_id == venue_id, Account.role == "venue_system", Account.disabled_at.is_(None)
        names = list(work.session.scalars(select(Account.name).where(*live)))
        if chosen in names or len(names) >= MOST_SYSTEMS:
            raise Refused("The name is taken.", (Problem("name", "taken", "Another system has this name."),))
        system = Account(id=uuid.uuid4(), role="venue_system", name=chosen, venue_id=venue_id)
        system.organisation_id = venue.organisation_id
        work.session.add(system)
        work.session.flush()
        key = _issue(work, system)
        record(work, actor, "key.issued", "account", system.id)
    return key


def rotate_key(actor: Actor, system_id: uuid.UUID) -> str:
    """A new key for a system, shown once; the one before holds for VENUE_KEY_OVERLAP_HOURS more, older ones end now."""
    overlap = adapters().clock() + timedelta(hours=adapters().settings.venue_key_overlap_hours)
    with unit_of_work() as work:
        system = _system(work, actor, system_id)
        live = Token.account_id == system.id, Token.revoked_at.is_(None)
        work.change(update(Token).where(*live, Token.expires_at.is_not(None)).values(revoked_at=func.now()))
        work.change(update(Token).where(*live, Token.expires_at.is_(None)).values(expires_at=overlap))
        key = _issue(work, system)
        record(work, actor, "key.rotated", "account", system.id)
    return key


def end_system(actor: Actor, system_id: uuid.UUID) -> None:
    """Every key of a system ends at once, for good."""
    with unit_of_work() as work:
        system = _system(work, actor, system_id)
        system.disabled_at = func.now()
        live = Token.account_id == system.id, Token.revoked_at.is_(None)
        work.change(update(Token).where(*live).values(revoked_at=func.now()))
        record(work, actor, "key.revoked", "account", system.id)


def _system(work: Work, actor: Actor, system_id: uuid.UUID) -> Account:
    own = Account.venue_id == uuid.UUID(actor.venue_id or ""), Account.role == "venue_system", Account.disabled_at.is_(None)
    found = work.session.scalar(select(Account).where(Account.id == system_id, *own).with_for_update())
    if found is None:
        raise NotFound
    return found


def _issue(work: Work, system: Account) -> str:
    key = PREFIX + new_secret(32)
    work.session.add(Token(account_id=system.id, hash=adapters().seals.mark("token", key), name=system.name))
    return key


def note_use(token: str) -> None:
    """Notes when a key was last used, at most once a minute."""
    mark = adapters().seals.mark("token", token)
    stale = func.coalesce(Token.last_used_at < func.now() - USED_AT_MOST_EVERY, True)
    with unit_of_work() as work:
        work.change(update(Token).where(Token.hash == mark, stale).values(last_used_at=func.now()))


def add_link(actor: Actor, label: str) -> str:
    """A link for reporting only, for VENUE_LINK_DAYS; returns its id."""
    link = VenueLink(id=uuid.uuid4(), venue_id=uuid.UUID(actor.venue_id or ""), label=_named(label))
    link.expires_at = adapters().clock() + timedelta(days=adapters().settings.venue_link_days)
    with unit_of_work(Sight(venue=actor.venue_id or "")) as work:
        live = VenueLink.venue_id == link.venue_id, VenueLink.revoked_at.is_(None)
        if (work.session.scalar(select(func.count()).where(*live)) or 0) >= MOST_LINKS:
            raise Refused("Too many links.", (Problem("name", "too_many", "There are too many links. End one first."),))
        work.session.add(link)
        work.session.flush()
        record(work, actor, "link.made", "venue_link", link.id)
    return str(link.id)


def revoke_link(actor: Actor, link_id: uuid.UUID) -> None:
    """Whoever holds the link is led to the public page from now on; raises NotFound for another venue's."""
    wanted = VenueLink.id == link_id, VenueLink.venue_id == uuid.UUID(actor.venue_id or ""), VenueLink.revoked_at.is_(None)
    with unit_of_work(Sight(venue=actor.venue_id or "")) as work:
        if work.change(update(VenueLink).where(*wanted).values(revoked_at=func.now())) != 1:
            raise NotFound
        record(work, actor, "link.revoked", "venue_link", link_id)


def _named(words: str) -> str:
    name = one_line(words)
    if not name or len(name) > LONGEST_NAME:
        raise Refused("A name is needed.", (Problem("name", "required", "Give it a short name."),))
    return name
