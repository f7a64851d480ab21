"""What operators do with an incident: acknowledge, take, note, change its priority, set it aside, close it."""

import uuid
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from reporting.domain import statuses
from reporting.domain.errors import Forbidden, NotPossible, Problem, Refused
from reporting.domain.outcomes import OUTCOMES, Outcome
from reporting.domain.priorities import LABELS
from reporting.domain.wording import is_sentence
from reporting.models.account import Account
from reporting.models.report import Report
from reporting.policy import Actor
from reporting.services.cases import Case, Stepped, open_case
from reporting.services.deliveries import Told, deliver
from reporting.services.overrides import keep_outcome, keep_priority, keep_reason

Id = uuid.UUID | str
LONGEST_SHELF: Final = 60
"""Minutes. What is put aside for longer is forgotten."""
SENTENCE = "Closing an immediate incident needs a sentence: what was it, and who made sure?"


def acknowledge(actor: Actor, incident_id: Id, version: int | None) -> Stepped:
    """Somebody has seen it: the clock stops. Refuses what is acknowledged already."""
    with open_case(actor, incident_id, version) as case:
        case.move(statuses.ACKNOWLEDGED, only_from=(statuses.NEW,))
        case.tell("acknowledged", "Acknowledged")
        return case.stepped()


def take(actor: Actor, incident_id: Id, version: int | None) -> Stepped:
    """The operator makes it theirs and works on it; a new one is acknowledged by this. The timeline says from whom it was taken;
    who has it already takes nothing."""
    with open_case(actor, incident_id, version) as case:
        incident, mine = case.incident, uuid.UUID(actor.account_id)
        before = incident.assignee_id
        if before == mine and incident.status == statuses.IN_PROGRESS:
            return case.stepped()
        if incident.status != statuses.IN_PROGRESS:
            case.move(statuses.IN_PROGRESS)
        else:
            incident.version += 1
        incident.assignee_id = mine
        if before is None or before == mine:
            case.tell("taken", "Taken")
        else:
            name = case.work.session.scalar(select(Account.name).where(Account.id == before)) or "a colleague"
            case.tell("taken", f"Taken over from {name}", {"from": {"id": str(before), "name": name}})
        return case.stepped()


def note(actor: Actor, incident_id: Id, version: int | None, text: str, about: uuid.UUID | None = None) -> Stepped:
    """Adds a note. A note changes no decision, so it never conflicts with one unless a version is named. `about` names the line
    of a change of priority that the words give the reason for: they are kept with that override."""
    if not text.strip():
        raise Refused("A note needs words.", (Problem("text", "required", "Write what colleagues should know."),))
    with open_case(actor, incident_id, version) as case:
        if about:
            keep_reason(case, about, text.strip())
        else:
            case.tell("note", text.strip())
        return case.stepped()


def change_priority(actor: Actor, incident_id: Id, version: int | None, priority: int, reason: str) -> Stepped:
    """The operator's word overrules the score, and later reports do not change it again. The override is kept with the
    assessment it overrules. The priority it has already is no change: nothing happens and nothing is told."""
    if priority not in LABELS:
        raise Refused("There is no such priority.", (Problem("priority", "choice", "Must be 1, 2, 3 or 4."),))
    with open_case(actor, incident_id, version) as case:
        incident, reason = case.incident, reason.strip()
        if incident.status == statuses.CLOSED:
            raise NotPossible("This incident is closed.")
        before = incident.priority
        if before == priority:
            return case.stepped()
        detail = {"from": before, "to": priority, "stood": incident.priority_overridden}
        incident.priority, incident.priority_overridden = priority, True
        incident.due_at = case.clock(priority)
        incident.version += 1
        text = f"Priority {before} to {priority}" + (f": {reason}" if reason else "")
        event_id = case.tell("priority", text, detail)
        keep_priority(case, event_id, before, reason)
        return case.stepped()


def close(actor: Actor, incident_id: Id, version: int | None, outcome: str, text: str) -> Stepped:
    """Ends the incident with an outcome, which is kept with the assessment. `malicious_false` needs a supervisor and the evidence
    in words; an immediate incident needs a sentence, so that no slip of the hand ends it."""
    known, text = OUTCOMES.get(outcome), text.strip()
    if known is None:
        raise Refused("There is no such outcome.", (Problem("outcome", "choice", f"Must be one of: {', '.join(OUTCOMES)}."),))
    if known.supervisor_only and actor.role != "supervisor":
        raise Forbidden("Only a supervisor may close an incident as knowingly false.")
    if known.supervisor_only and not text:
        raise Refused("The evidence is needed.", (Problem("text", "required", "Say what shows it."),))
    with open_case(actor, incident_id, version) as case:
        if case.incident.priority == 1 and not is_sentence(text):
            raise Refused("A sentence is needed.", (Problem("text", "required", SENTENCE),))
        _end(case, known, text)
        return case.stepped()


def _end(case: Case, outcome: Outcome, text: str) -> None:
    case.move(statuses.CLOSED)
    case.incident.outcome = outcome.code
    case.incident.closed_at = func.now()
    event_id = case.tell("closed", f"Closed: {outcome.label}" + (f". {text}" if text else ""), {"outcome": outcome.code})
    keep_outcome(case, event_id, outcome, text)
    reported = Report.incident_id == case.incident.id, Report.withdrawn_at.is_(None)
    ids = case.work.session.scalars(select(Report.id).where(*reported)).all()
    deliver(case.work, Told(effect=f"outcome:{event_id}", template="answer", report_ids=ids))


def wait(actor: Actor, incident_id: Id, version: int | None, text: str) -> Stepped:
    """It waits for an answer from somebody; the words say whose. Whoever takes it goes on with it."""
    return move(actor, incident_id, version, statuses.WAITING, text)


def shelve(actor: Actor, incident_id: Id, version: int | None, text: str, minutes: int = LONGEST_SHELF) -> Stepped:
    """Shelves it for some minutes, an hour at most; the words say why. Then it comes back by itself; whoever takes it before
    goes on with it."""
    if not 1 <= minutes <= LONGEST_SHELF:
        raise Refused("That is too long.", (Problem("minutes", "range", f"Must be between 1 and {LONGEST_SHELF}."),))
    if not text.strip():
        raise Refused("A reason is needed.", (Problem("text", "required", "Say why."),))
    with open_case(actor, incident_id, version) as case:
        case.move(statuses.SHELVED)
        case.incident.shelved_until = func.now() + timedelta(minutes=minutes)
        case.tell("shelved", f"Shelved for {minutes} minutes: {text.strip()}", {"minutes": minutes})
        return case.stepped()


def reopen(actor: Actor, incident_id: Id, version: int | None, text: str) -> Stepped:
    """A closed incident goes on; the words say why. It is as if somebody had taken it up again: no clock runs."""
    if not text.strip():
        raise Refused("A reason is needed.", (Problem("text", "required", "Say why."),))
    with open_case(actor, incident_id, version) as case:
        if case.incident.status != statuses.CLOSED:
            raise NotPossible("This incident is open.")
        case.move(statuses.IN_PROGRESS)
        case.incident.outcome = case.incident.closed_at = None
        case.tell("reopened", f"Reopened: {text.strip()}")
        return case.stepped()


def move(actor: Actor, incident_id: Id, version: int | None, status: str, text: str) -> Stepped:
    """Sets it waiting, shelved, handed over or in progress again, with the reason in words."""
    if status not in (statuses.WAITING, statuses.SHELVED, statuses.HANDED_OVER, statuses.IN_PROGRESS):
        raise Refused("There is no such step.", (Problem("status", "choice", "Use acknowledge, take or close."),))
    if not text.strip():
        raise Refused("A reason is needed.", (Problem("text", "required", "Say why."),))
    with open_case(actor, incident_id, version) as case:
        case.move(status)
        case.tell(status, text.strip())
        return case.stepped()
