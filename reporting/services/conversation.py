"""The room's side of the conversation: asking reporters, telling them something, taking a question back.

A question decides nothing, so like a note it needs no version; one that is named is checked. Who reads it is the reporter alone:
the timeline keeps what the room said, and of an answer only what our own cards say, because words go with their report.
"""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from reporting.domain import statuses
from reporting.domain.conversation import MOST_WORDS, Said, require_card, require_language
from reporting.domain.errors import NotFound, NotPossible, Problem, Refused
from reporting.domain.questions import OPEN_FOR
from reporting.domain.safe_asking import unsafe_requests, warning
from reporting.models.conversation import Message
from reporting.models.report import Report
from reporting.policy import Actor
from reporting.services.cases import Case, Stepped, open_case
from reporting.services.deliveries import Told, deliver

MOST_REPORTERS: Final = 500
"""Reporters of one incident that one question goes to, the newest first."""
ENDED: Final = "This question was answered or taken back already."
Id = uuid.UUID | str


def ask(actor: Actor, incident_id: Id, version: int | None, said: Said) -> Stepped:
    """Puts a question to one reporter or to all of the incident; with `wait` the incident then waits for the answer.

    Refuses an unknown card, no card and no words, and words that ask for something dangerous unless the operator is sure.
    """
    card = require_card(said.card)
    if card is None:
        _check_words(said, "Write a question or choose a card.")
    with open_case(actor, incident_id, version) as case:
        reports = _addressed(case, said)
        _write(case, reports, said, "question")
        words = card.text if card else said.text
        case.tell("question", f"Asked {_whom(reports, said)}: {words}", {"card": said.card, "reports": len(reports)})
        if said.wait and case.incident.status != statuses.WAITING:
            case.move(statuses.WAITING)
        return case.stepped()


def tell(actor: Actor, incident_id: Id, version: int | None, said: Said) -> Stepped:
    """Tells one reporter or all of the incident something in words. Refuses no words and dangerous requests, as `ask` does."""
    _check_words(said, "Write the message.")
    with open_case(actor, incident_id, version) as case:
        reports = _addressed(case, said)
        _write(case, reports, said, "message")
        case.tell("message", f"Told {_whom(reports, said)}: {said.text}", {"reports": len(reports)})
        return case.stepped()


def take_back(actor: Actor, incident_id: Id, version: int | None, question: uuid.UUID) -> Stepped:
    """Nobody is asked this any more. Raises NotFound where this incident has no such question, NotPossible where it ended."""
    with open_case(actor, incident_id, version) as case:
        found = _question(case, question)
        ended = case.work.session.scalar(select(Message.id).where(Message.ends_id == found.id))
        if ended is not None:
            raise NotPossible(ENDED)
        row = {**_row(case, found.report_id, "taken_back"), "ends_id": found.id}
        try:
            case.work.session.execute(insert(Message.__table__), row)
        except IntegrityError:
            raise NotPossible(ENDED) from None
        case.tell("question_taken_back", "Took a question back")
        return case.stepped()


def _check_words(said: Said, missing: str) -> None:
    if not said.text:
        raise Refused(missing, (Problem("text", "required", missing),))
    if len(said.text) > MOST_WORDS:
        raise Refused("This is too long.", (Problem("text", "too_long", f"Must be at most {MOST_WORDS} characters."),))
    require_language(said.language)
    deeds = unsafe_requests(said.text, said.language)
    if deeds and not said.sure:
        words = warning(deeds)
        raise Refused(words, (Problem("text", "unsafe_request", "Write it differently, or say that you are sure."),))


def _addressed(case: Case, said: Said) -> Sequence[Any]:
    """Reports whose reporters get it. Who withdrew is asked nothing more, also where that happens in this very moment."""
    if case.incident.status == statuses.CLOSED:
        raise NotPossible("This incident is closed. Reopen it first.")
    statement = select(Report.id, Report.reference, Report.withdrawn_at).where(Report.incident_id == case.incident.id)
    if said.report is not None:
        statement = statement.where(Report.id == said.report)
    rows = case.work.session.execute(statement.order_by(Report.received_at.desc()).limit(MOST_REPORTERS)).all()
    if said.report is not None and not rows:
        raise NotFound
    found = [row for row in rows if row.withdrawn_at is None]
    if not found:
        raise NotPossible("Nobody is left to ask: whoever reported it withdrew.")
    return found


def _write(case: Case, reports: Sequence[Any], said: Said, kind: str) -> None:
    words = {"card": said.card, "text": "" if said.card else said.text, "language": None if said.card else said.language}
    expires = func.clock_timestamp() + OPEN_FOR if kind == "question" else None
    rows = [{**_row(case, report.id, kind), **words} for report in reports]
    statement = insert(Message.__table__)
    case.work.session.execute(statement.values(expires_at=expires) if kind == "question" else statement, rows)
    told = Told(effect=f"{kind}:{rows[0]['id']}", template="answer", report_ids=[report.id for report in reports])
    deliver(case.work, told)


def _row(case: Case, report_id: uuid.UUID, kind: str) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "report_id": report_id,
        "author": "room",
        "kind": kind,
        "actor_id": uuid.UUID(case.actor.account_id),
        "actor": case.actor.name,
    }


def _question(case: Case, question: uuid.UUID) -> Any:
    statement = (
        select(Message.id, Message.report_id)
        .join(Report, Report.id == Message.report_id)
        .where(Message.id == question, Message.kind == "question", Report.incident_id == case.incident.id)
    )
    found = case.work.session.execute(statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def _whom(reports: Sequence[Any], said: Said) -> str:
    if said.report is not None or len(reports) == 1:
        return f"the reporter of {reports[0].reference}"
    return f"all {len(reports)} reporters"
