"""Telling people outside that something waits for them: a letter for each way they chose, written with what it tells of.

`deliver` belongs into the transaction that makes the thing there is to tell, `recall` into the one that takes it back. Nothing is
sent that nobody chose, and nothing to an address whose reader has not said yes: a reporter's letter is held until then. Sending
is the errand of a process of its own.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from reporting import jobs
from reporting.adapters.doorbell import OUTBOX
from reporting.bootstrap import adapters
from reporting.domain.deliveries import TEMPLATES
from reporting.domain.premises import Contact, answers
from reporting.models.columns import among
from reporting.models.delivery import Subscription
from reporting.services.unit_of_work import Work

Ids = Sequence[uuid.UUID]
LONGEST_NAME: Final = 40
LATELY: Final = timedelta(minutes=5)

_LISTS: Final = ("reports", "accounts", "rooms", "ways")
_DELIVER: Final = text("""
    with chosen as (
        select gen_random_uuid() as id, s.id as subscription_id, report_id, account_id, venue_id, organisation_id, channel,
            service, channel = 'push' or confirmed_at is not null as ready
        from subscription s where report_id = any(:reports) or account_id = any(:accounts) or organisation_id = any(:rooms)
            or s.id = any(:ways)
    ), made as (
        insert into delivery (id, effect, template, subscription_id, report_id, account_id, venue_id, organisation_id, channel,
            service, state, told_by, about)
        select id, :effect, :template, subscription_id, report_id, account_id, venue_id, organisation_id, channel,
            service, case when ready then 'waiting' else 'held' end, :told_by, :about
        from chosen where ready or report_id is not null
        on conflict (effect, subscription_id) do nothing returning id, state
    )
    insert into outbox (job, subject_id) select :job, id from made where state = 'waiting'
""").bindparams(*(bindparam(name, type_=ARRAY(UUID)) for name in _LISTS), bindparam("told_by", type_=UUID))
_RECALL: Final = text("""
    with recalled as (
        update delivery set state = 'stopped', result = 'taken_back', ended_at = now()
        where effect = any(:effects) and state in ('waiting', 'held', 'dead') returning id
    )
    delete from outbox using recalled where job = :job and subject_id = recalled.id
""")
_LISTED: Final = text("""
    select organisation_id, array(
        select about from delivery told where told.organisation_id = listed.organisation_id and template = :template
            and state <> 'stopped' and created_at > now() - :lately) as lately
    from (select distinct organisation_id from subscription where organisation_id = any(:rooms)) as listed
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What there is to tell, and whom. `effect` names it for good, as in `question:ID`: it is told once, however often this is
    called. `template` is one of domain/deliveries.py; `about` a name of ours that it may carry. `room_ids` are rooms whose list
    of numbers is told; of `venue_ids` the devices, and with `contacts` those who answer at this hour. `told_by`: the room that
    tells, and may take it back."""

    effect: str
    template: str
    report_ids: Ids = ()
    account_ids: Ids = ()
    room_ids: Ids = ()
    venue_ids: Ids = ()
    contacts: bool = True
    about: str = ""
    told_by: uuid.UUID | None = None


def deliver(work: Work, told: Told) -> int:
    """Writes a letter for each way that they chose and the caller may see; returns how many leave now.

    The caller commits. Raises KeyError for a template that is not there.
    """
    assert TEMPLATES[told.template]
    if not (told.report_ids or told.account_ids or told.room_ids or told.venue_ids):
        return 0
    work.session.flush()
    values: dict[str, Any] = {
        "effect": told.effect,
        "template": told.template,
        "job": jobs.DELIVER,
        "reports": list(told.report_ids),
        "accounts": list(told.account_ids),
        "rooms": list(told.room_ids),
        "ways": _of_venues(work, told) if told.venue_ids else [],
        "told_by": told.told_by,
        "about": told.about[:LONGEST_NAME],
    }
    count = work.change(_DELIVER.bindparams(**values))
    if count:
        work.ring(OUTBOX)
    return count


def worth_telling(work: Work, told: Sequence[Told]) -> list[Told]:
    """Of letters of one kind to the lists of rooms, each about one desk: one for each desk that was not told lately. A flood of
    incidents at a desk where nobody sits is one letter in five minutes; a room without a list gets none."""
    if not told:
        return []
    by_desk = {(room, each.about[:LONGEST_NAME]): each for each in reversed(told) for room in each.room_ids}
    values = {"rooms": list({room for room, _about in by_desk}), "template": told[0].template, "lately": LATELY}
    found = {row.organisation_id: set(row.lately) for row in work.session.execute(_LISTED, values)}
    return [each for (room, about), each in by_desk.items() if room in found and about not in found[room]]


def recall(work: Work, *effects: str) -> int:
    """What was told under these names and has not left is not sent; how many letters that were. The caller commits."""
    return work.change(_RECALL.bindparams(effects=list(effects), job=jobs.DELIVER))


def _of_venues(work: Work, told: Told) -> list[uuid.UUID]:
    """The devices of these venues, and the contacts who answer now."""
    wanted = select(Subscription.id, Subscription.device_id, Subscription.hours)
    rows = work.session.execute(wanted.where(among(Subscription.venue_id, told.venue_ids))).all()
    local = adapters().clock().astimezone(ZoneInfo(adapters().settings.time_zone))
    return [row.id for row in rows if row.device_id or (told.contacts and answering(row.hours, local))]


def answering(hours: Sequence[dict[str, Any]] | None, local: datetime) -> bool:
    """Whether somebody is to be told at this moment, by their hours; always, where they named none."""
    return not hours or any(
        answers(Contact("", "", "", tuple(each["days"]), each["start"], each["until"]), local) for each in hours
    )
