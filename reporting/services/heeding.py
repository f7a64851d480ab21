"""What a reporter's word does to the incident: the line that tells it, back from waiting, and a danger that raises it at once.

As with reports that join, a word can raise attention and never lowers it; where an operator has set the priority it stays and
the line is all. The caller has locked the incident and its unit of work commits.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from reporting.adapters.doorbell import LIVE
from reporting.bootstrap import adapters
from reporting.domain import statuses
from reporting.domain.attention import HIGHEST_BY_ONE_SOURCE
from reporting.domain.errors import NotYet
from reporting.domain.findings import Finding
from reporting.domain.priorities import acknowledge_target_s
from reporting.domain.questions import Danger
from reporting.models.incident import Incident, TimelineEvent
from reporting.models.report import Report
from reporting.services import notices
from reporting.services.history import announce
from reporting.services.unit_of_work import Work

STILL_COMING: Final = timedelta(hours=1)
"""So long a report may be on its way through the line, while nobody works in it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reporter said as the timeline tells it. `returns`: the incident comes back if it was waiting."""

    kind: str
    text: str
    report_id: str
    returns: bool = False


def note_heard(work: Work, incident: Incident, heard: Heard) -> None:
    """Tells it on the timeline and to the screens, marks the incident as heard from, and brings it back from waiting."""
    _line(work, incident, heard.kind, heard.text, {"report_id": heard.report_id})
    if incident.organisation_id is None:
        return
    incident.heard_at = incident.updated_at = func.clock_timestamp()
    if heard.returns and incident.status == statuses.WAITING:
        incident.status = statuses.IN_PROGRESS
        incident.version += 1
        _line(work, incident, "back_from_waiting", "Back from waiting: the reporter answered", {"report_id": heard.report_id})
    _show(work, incident)


def heed_danger(work: Work, incident: Incident, danger: Danger, report_id: str) -> None:
    """Raises the incident to the danger's priority, with the reason on the timeline; its clock starts anew. The line names the
    signs, whatever becomes of the priority: first looks and notices to staff read them there."""
    if incident.status == statuses.CLOSED:
        return
    before = incident.priority
    told: dict[str, object] = {"report_id": report_id, "signs": list(danger.signs)}
    if incident.organisation_id is None or danger.priority >= before or incident.priority_overridden:
        _line(work, incident, "attention", danger.reason, told)
        if incident.organisation_id is not None:
            _show(work, incident)
        return
    changed = {"from": before, "to": danger.priority, **told}
    incident.priority, incident.version = danger.priority, incident.version + 1
    incident.heard_at = incident.updated_at = func.clock_timestamp()
    if incident.status == statuses.NEW:
        target = acknowledge_target_s(danger.priority, adapters().settings.acknowledge_targets)
        incident.due_at = func.now() + timedelta(seconds=target) if target else None
    _line(work, incident, "raised", f"Priority {before} to {danger.priority}: {danger.reason}", changed)
    _show(work, incident)


def heed_words(work: Work, report_id: uuid.UUID, urgency: int, found: Sequence[Finding]) -> None:
    """What triage read in a reporter's later words: immediate danger (`urgency` 1) raises at once, dangerous signs (2) by one
    step and no further than one source can, others are only told. Raises NotYet for a fresh report that is on no incident yet;
    nothing for one that never came onto any. Needs sight of everything."""
    fresh = Report.received_at > func.now() - STILL_COMING
    key, coming = work.session.execute(select(Report.incident_id, fresh).where(Report.id == report_id)).one_or_none() or (
        None,
        False,
    )
    locked = select(Incident).where(Incident.id == key).with_for_update(key_share=True)
    incident = work.session.scalar(locked.execution_options(populate_existing=True))
    if incident is None:
        if coming:
            raise NotYet("the report is on no incident yet")
        return
    raised = max(HIGHEST_BY_ONE_SOURCE, incident.priority - 1)
    priority = {1: 1, 2: raised}.get(urgency, incident.priority)
    reasons = " ".join(finding.reason for finding in found)
    signs = tuple(finding.rule for finding in found)
    heed_danger(work, incident, Danger(priority, f"The reporter wrote more. {reasons}", signs), str(report_id))


def _show(work: Work, incident: Incident) -> None:
    """Screens and the rooms that were told for information learn of it."""
    work.session.flush()
    announce(work.session, incident, "changed")
    notices.follow(work.session, [incident.id])
    work.ring(LIVE)


def _line(work: Work, incident: Incident, kind: str, text: str, detail: dict[str, object]) -> None:
    work.session.add(TimelineEvent(id=uuid.uuid4(), incident_id=incident.id, kind=kind, text=text, detail=detail))
