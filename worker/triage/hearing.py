"""What a reporter wrote after the report goes through triage's words too: danger in it raises the incident, with its reason."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import delete, select

from reporting import jobs
from reporting.bootstrap import adapters
from reporting.domain.facts import Hot, ReportFacts
from reporting.domain.findings import Finding
from reporting.domain.first_look import speaking_against
from reporting.domain.signs import hazards
from reporting.models.conversation import Message
from reporting.models.outbox import Outbox
from reporting.queries import facts
from reporting.services.heeding import heed_words
from reporting.services.line import work_off_errands
from reporting.services.unit_of_work import Work, unit_of_work
from worker.triage.assess import assess
from worker.triage.rules.danger import GATE

ONLY_TOLD: Final = 3
"""The urgency of signs that raise nothing."""


def hear(message_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Reads those of the messages that nobody has read yet; returns the ones that are done with."""
    return work_off_errands(jobs.HEARING, message_ids, _hear)


def _hear(message_id: uuid.UUID) -> bool:
    """Its letter goes with what it leads to: whoever comes second finds no letter and does nothing."""
    with unit_of_work() as work:
        letter = delete(Outbox).where(Outbox.job == jobs.HEARING, Outbox.subject_id == message_id)
        message = work.session.scalar(select(Message).where(Message.id == message_id))
        if work.change(letter.execution_options(synchronize_session=False)) and message is not None:
            _read(work, message)
    return True


def _read(work: Work, message: Message) -> None:
    told = facts.reports(work.session, [message.report_id])
    found = [finding for each in told for finding in assess(_as_report(each, message), adapters().clock()).findings]
    gate = [finding for finding in found if finding.rule.startswith("danger.") and finding.weight >= GATE]
    signs = gate or [finding for finding in found if finding.weight > 0 and hazards([finding.rule])]
    if signs:
        heed_words(work, message.report_id, 1 if gate else 2, signs)
    elif others := _new_signs(told, found):
        heed_words(work, message.report_id, ONLY_TOLD, others)


def _new_signs(told: Sequence[ReportFacts], found: Sequence[Finding]) -> list[Finding]:
    """What speaks of people, vehicles or threats and the report did not: it raises nothing, but nobody is sent there to look."""
    before = {finding.rule for each in told for finding in assess(each, adapters().clock()).findings}
    against = {rule for rule, weight in speaking_against((finding.rule, finding.weight) for finding in found)}
    return [finding for finding in found if finding.rule in against - before]


def _as_report(told: ReportFacts, message: Message) -> ReportFacts:
    """The message alone, as if it had been filed when it came; what the report said was weighed before."""
    return replace(
        told,
        description=message.text,
        why_unusual="",
        language=message.language or told.language,
        received_at=message.at,
        observed_at=None,
        hot=Hot(),
        behaviours=(),
        happening_now="unknown",
    )
