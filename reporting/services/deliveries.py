"""Telling people outside that something waits for them: a letter for each way they chose, written with what it tells of.

`deliver` belongs into the transaction that makes the thing there is to tell. Nothing is sent that nobody chose: who has chosen no
way gets no letter. Sending is the errand of a process of its own.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from reporting import jobs
from reporting.adapters.doorbell import OUTBOX
from reporting.domain.deliveries import TEMPLATES
from reporting.services.unit_of_work import Work

Ids = Sequence[uuid.UUID]

_DELIVER: Final = text("""
    with chosen as (
        select gen_random_uuid() as id, s.id as subscription_id, report_id, account_id, channel, service
        from subscription s where report_id = any(:reports) or account_id = any(:accounts)
    ), made as (
        insert into delivery (id, effect, template, subscription_id, report_id, account_id, channel, service)
        select id, :effect, :template, subscription_id, report_id, account_id, channel, service from chosen
        on conflict (effect, subscription_id) do nothing returning id
    )
    insert into outbox (job, subject_id) select :job, id from made
""").bindparams(bindparam("reports", type_=ARRAY(UUID)), bindparam("accounts", type_=ARRAY(UUID)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What there is to tell, and whom. `effect` names it for good, as in `question:ID`: it is told once, however often this is
    called. `template` is one of domain/deliveries.py."""

    effect: str
    template: str
    report_ids: Ids = ()
    account_ids: Ids = ()


def deliver(work: Work, told: Told) -> int:
    """Writes a letter for each way that the reporters and people chose and the caller may see; returns how many.

    The caller commits. Raises KeyError for a template that is not there.
    """
    assert TEMPLATES[told.template]
    if not told.report_ids and not told.account_ids:
        return 0
    work.session.flush()
    values: dict[str, Any] = {
        "effect": told.effect,
        "template": told.template,
        "job": jobs.DELIVER,
        "reports": list(told.report_ids),
        "accounts": list(told.account_ids),
    }
    count = work.change(_DELIVER.bindparams(**values))
    if count:
        work.ring(OUTBOX)
    return count
