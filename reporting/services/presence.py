"""Which consoles show life. A page says so every ten seconds; it is gone when it has been silent for thirty, or five seconds
after it said that it leaves: a reloaded page is back before that, and nobody escalates over it."""

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from reporting.adapters.sight import Sight
from reporting.domain.escalation import STAFFED_S
from reporting.policy import Actor, decide, scope
from reporting.services.unit_of_work import unit_of_work

ACTION: Final = "presence.keep"
LEAVING_S: Final = 5
PAGES: Final = 40
"""Open pages of one account; what comes above is not counted, so that nobody fills the table."""

_BEAT: Final = text("""
    insert into presence (page, organisation_id, account_id, credential, supervises, idle, desk_id)
    select :page, a.organisation_id, a.id, :credential, a.role = 'supervisor', :idle, coalesce(
        (select d.id from desk d where d.id = :desk and d.organisation_id = a.organisation_id),
        (select s.desk_id from shift s where s.account_id = a.id and s.starts_at <= now() and now() < s.until
            order by s.starts_at desc limit 1),
        a.desk_id,
        (select d.id from desk d where a.role = 'operator' and d.organisation_id = a.organisation_id and d.is_default limit 1))
    from account a where a.id = :account and a.organisation_id is not null
        and (select count(*) from presence p where p.account_id = a.id and p.page <> :page) < :pages
    on conflict (account_id, page) do update set seen_at = clock_timestamp(), idle = excluded.idle, desk_id = excluded.desk_id,
        credential = excluded.credential
""")
_LEAVE: Final = text("""
    update presence set seen_at = least(seen_at, clock_timestamp() - make_interval(secs => :gone))
    where account_id = :account and page = :page
""")
_SWEEP: Final = text("""
    with gone as (
        delete from presence p where p.seen_at < clock_timestamp() - make_interval(secs => :staffed)
            or exists (select 1 from session s where s.hash = p.credential and s.revoked_at is not null)
        returning organisation_id
    ), rooms as (select distinct organisation_id from gone), woken as (
        update incident set clock_at = now() where id in (
            select i.id from incident i where i.status = 'new' and i.clock_at > now() and (
                i.organisation_id in (select organisation_id from rooms)
                or i.id in (select g.incident_id from sight_grant g join rooms using (organisation_id) where g.ended_at is null))
            order by i.id for update of i)
        returning 1
    )
    select (select count(*) from gone)
""")


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life of one open page. `desk_id` is where its person chose to sit; without it the roster says, then the account's
    own desk, then for an operator the room's first. `idle`: nobody has touched it for a while."""

    page: uuid.UUID
    credential: bytes
    desk_id: uuid.UUID | None = None
    idle: bool = False


def keep(actor: Actor, beat: Beat) -> None:
    """Notes that the page is open. Who may only read incidents staffs no desk, so nothing is noted of them."""
    reach = scope(actor, ACTION)
    if reach.organisation_id is None or not decide(actor, "incident.work").allowed:
        return
    with unit_of_work(Sight(organisation=reach.organisation_id)) as work:
        work.session.execute(
            _BEAT,
            {
                "page": beat.page,
                "credential": beat.credential,
                "idle": beat.idle,
                "desk": beat.desk_id,
                "account": actor.account_id,
                "pages": PAGES,
            },
        )


def leave(actor: Actor, page: uuid.UUID) -> None:
    """The page closes: it counts for five more seconds, unless it beats again."""
    reach = scope(actor, ACTION)
    with unit_of_work(Sight(organisation=reach.organisation_id or "")) as work:
        work.session.execute(_LEAVE, {"page": page, "account": actor.account_id, "gone": STAFFED_S - LEAVING_S})


def sweep() -> int:
    """Forgets pages that are gone, and has the ladders of their rooms looked at again; how many pages those were.

    Needs sight of everything. Two may sweep at once: each row is deleted by one of them.
    """
    with unit_of_work() as work:
        return work.session.scalar(_SWEEP, {"staffed": STAFFED_S}) or 0
