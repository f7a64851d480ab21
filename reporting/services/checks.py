"""Somebody has looked: what they saw stands against worse answers that were reported before.

Only who has looked lowers anything: a harmless report of somebody unknown lowers nobody else's. What is reported after the
look counts anew.
"""

import uuid
from dataclasses import asdict, replace

from sqlalchemy import insert

from reporting.domain import statuses
from reporting.domain.checks import Check
from reporting.domain.errors import NotPossible
from reporting.domain.facts import Hot
from reporting.models.joins import Look
from reporting.policy import Actor
from reporting.services.cases import Case, Stepped, open_case
from reporting.services.moving import hot_of


def check(actor: Actor, incident_id: uuid.UUID | str, version: int | None, done: Check) -> Stepped:
    """Keeps the look with its result; answers that were seen replace those that stood. Refuses a closed one."""
    with open_case(actor, incident_id, version) as case:
        look(case, done)
        return case.stepped()


def look(case: Case, done: Check) -> None:
    """The same within a step that has the incident already: of an operator, or of trained staff that a room has asked."""
    if case.incident.status == statuses.CLOSED:
        raise NotPossible("This incident is closed. Reopen it first.")
    seen, before = done.answers, hot_of(case.incident)
    case.tell("check", done.sentence, {"kind": done.kind, "result": done.result, "before": asdict(before), "seen": asdict(seen)})
    after = _over(before, seen)
    if after != before:
        case.incident.hot_hidden, case.incident.hot_obvious, case.incident.hot_typical = (
            after.hidden,
            after.obvious,
            after.typical,
        )
        case.incident.version += 1
    _keep(case, done, seen)


def _over(before: Hot, seen: Hot) -> Hot:
    """What was seen stands; what nobody saw stays as it was reported."""
    answered = {name: answer for name, answer in asdict(seen).items() if answer != "unknown"}
    return replace(before, **answered)


def _keep(case: Case, done: Check, seen: Hot) -> None:
    case.work.session.flush()
    row = {
        "id": uuid.uuid4(),
        "event_id": case.told,
        "incident_id": case.incident.id,
        "actor_id": uuid.UUID(case.actor.account_id),
        "actor": case.actor.name,
        "kind": done.kind,
        "result": done.result,
        "hot_hidden": seen.hidden,
        "hot_obvious": seen.obvious,
        "hot_typical": seen.typical,
        "reference": done.reference,
        "text": done.text,
    }
    case.work.session.execute(insert(Look.__table__), row)
