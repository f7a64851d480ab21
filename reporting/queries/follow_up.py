"""What a reporter may know of a report: a word of the fixed vocabulary, the outcome in a sentence, who gets it, until when, and
the conversation about it. Sentences of ours are said in the reader's language by `say`; what people wrote stays as it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from reporting.adapters.sight import Sight, apply_sight, reading
from reporting.bootstrap import adapters
from reporting.domain.outcomes import OUTCOMES
from reporting.domain.questions import card_of
from reporting.domain.receipts import normalised
from reporting.domain.retention import Standing, deleted_at
from reporting.domain.signposts import SIGNPOSTS
from reporting.domain.statuses import ACKNOWLEDGED, CLOSED, NEW, TOLD_TO_REPORTER
from reporting.models.account import Account
from reporting.models.conversation import FollowUp, Message
from reporting.models.incident import Assessment, Incident
from reporting.models.organisation import Organisation
from reporting.models.report import Report
from reporting.queries.conversation import still_open, talks
from reporting.queries.items import stamp
from reporting.queries.watching import COLUMNS, watch

RECIPIENTS = {
    "venue": "The security room of the place",
    "municipal": "The city's safety room",
    "police": "The police",
    "national": "A national centre",
}
"""Level of an organisation -> the kind of recipient, in words. Never its name: that would tell where a report went."""
QUESTION_FOR_YOU: Final = "question_for_you"
RECEIVED: Final = TOLD_TO_REPORTER[NEW]
BEING_LOOKED_AT: Final = TOLD_TO_REPORTER[ACKNOWLEDGED]

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Own:
    """A report, its incident's row, what was said, and what the page remembers, as its reporter may know them."""

    report: Report
    incident: Row[Any] | None
    talk: Sequence[Message] = ()
    signposts: tuple[str, ...] = ()
    felt: bool = False


def status(receipt_code: str, say: Say = str) -> dict[str, Any] | None:
    """The state of the report this code opens; None for a code that opens nothing."""
    found = own(receipt_code)
    return None if found is None else as_reporter_reads(found, say)


def own(receipt_code: str) -> Own | None:
    """Everything the code opens."""
    code = normalised(receipt_code)
    if code is None:
        return None
    mark = adapters().seals.mark("receipt", code)
    with reading(Sight(receipt=mark.hex())) as session:
        report = session.scalar(select(Report).where(Report.receipt_hash == mark))
        if report is None:
            return None
        talk = talks(session, [report.id]).get(report.id, [])
        felt = session.scalar(select(FollowUp.felt).where(FollowUp.report_id == report.id))
        cards = _signposts(session, report)
        return Own(report, _incident(session, report), talk, cards, bool(felt))


def own_reports(account_id: str) -> list[dict[str, Any]]:
    """The reports an account filed, newest first, in the same plain words. What is about people who work there is left out: a
    venue's devices are shared."""
    return _listed(Sight(account=account_id), Report.filed_by == account_id)


def house_reports(venue_id: str) -> list[dict[str, Any]]:
    """The same of everybody who works at a venue and of its systems: never what others filed about it."""
    people = select(Account.id).where(Account.venue_id == venue_id)
    return _listed(Sight(venue=venue_id), Report.filed_by.in_(people))


def _listed(sight: Sight, wanted: ColumnElement[bool]) -> list[dict[str, Any]]:
    with reading(sight) as session:
        newest = select(Report).where(wanted, ~Report.about_staff).order_by(Report.received_at.desc()).limit(200)
        reports = session.scalars(newest).all()
        said = talks(session, [report.id for report in reports])
        named = ",".join(str(report.incident_id) for report in reports if report.incident_id)
        apply_sight(session, Sight(incidents=named))
        ids = [report.incident_id for report in reports if report.incident_id]
        rows = {row.id: row for row in session.execute(_incidents().where(Incident.id.in_(ids))).all()}
    owned = [Own(report, rows.get(report.incident_id), said.get(report.id, [])) for report in reports]
    return [{**as_reporter_reads(each, str), **_own(each.report)} for each in owned]


def _signposts(session: Session, report: Report) -> tuple[str, ...]:
    findings = session.scalar(select(Assessment.findings).where(Assessment.report_id == report.id)) or []
    named = dict.fromkeys(str(finding.get("signpost") or "") for finding in findings)
    return tuple(code for code in named if code in SIGNPOSTS)


def _incident(session: Session, report: Report) -> Row[Any] | None:
    if report.incident_id is None:
        return None
    apply_sight(session, Sight(incidents=str(report.incident_id)))
    return session.execute(_incidents().where(Incident.id == report.incident_id)).one_or_none()


def _incidents() -> Any:
    return select(
        Incident.id,
        Incident.status,
        Incident.outcome,
        Incident.closed_at,
        Incident.lane,
        Incident.priority_overridden,
        Incident.kept_until,
        Incident.organisation_id,
        Organisation.level,
        *COLUMNS,
    ).outerjoin(Organisation, Organisation.id == Incident.organisation_id)


def _own(report: Report) -> dict[str, Any]:
    return {"category": report.category, "description": report.description, "place": report.place}


def as_reporter_reads(own: Own, say: Say) -> dict[str, Any]:
    """The state on the reporter's wire and page."""
    report, incident, now = own.report, own.incident, adapters().clock()
    level = incident.level if incident else None
    state = _state(own, now)
    waiting = still_open(own.talk, now) if state == QUESTION_FOR_YOU else []
    return {
        "reference": report.reference,
        "status": state,
        "outcome": _outcome(own, say),
        "received_at": stamp(report.received_at),
        "messages": [_message(each, say) for each in own.talk if each.kind not in ("taken_back", "withdrawal")],
        "question_cards": [_question(each, say) for each in waiting],
        "recipients": [say(RECIPIENTS[level])] if level else [],
        "signposts": [{"code": code, "text": say(SIGNPOSTS[code].reporter)} for code in own.signposts] if state != CLOSED else [],
        "room_watched": None if _room_spoke(own) else _watched(incident),
        "deletion_date": deleted_at(_standing(report, incident), adapters().settings.retention).date().isoformat(),
        "withdrawn_at": stamp(report.withdrawn_at),
        "asks_feeling": _asks_feeling(own),
    }


def _state(own: Own, now: datetime) -> str:
    told = TOLD_TO_REPORTER[own.incident.status] if own.incident else RECEIVED
    if told == RECEIVED and _room_spoke(own):
        told = BEING_LOOKED_AT
    if own.report.withdrawn_at is not None:
        return CLOSED
    return QUESTION_FOR_YOU if told != CLOSED and still_open(own.talk, now) else told


def _room_spoke(own: Own) -> bool:
    """Whoever asked or told something has opened the report, whatever became of its incident since."""
    return any(each.author == "room" for each in own.talk)


def _outcome(own: Own, say: Say) -> str | None:
    if own.report.withdrawn_at is not None:
        return say(OUTCOMES["withdrawn"].sentence)
    outcome = OUTCOMES.get(own.incident.outcome or "") if own.incident else None
    return say(outcome.sentence) if outcome else None


def _asks_feeling(own: Own) -> bool:
    incident = own.incident
    closed = incident is not None and incident.status == CLOSED and incident.organisation_id is not None
    return closed and not own.felt


def _message(message: Message, say: Say) -> dict[str, Any]:
    card = card_of(message.card)
    asked, label = bool(card.code) and message.kind == "question", card.label(message.answer or "")
    return {
        "id": str(message.id),
        "at": stamp(message.at),
        "author": "room" if message.author == "room" else "you",
        "kind": message.kind,
        "text": say(card.text) if asked else message.text,
        "language": None if asked else message.language,
        "answer": say(label) if label else None,
    }


def _question(message: Message, say: Say) -> dict[str, Any]:
    card = card_of(message.card)
    return {
        "id": str(message.id),
        "code": card.code or None,
        "text": say(card.text) if card.code else message.text,
        "help": say(card.help) if card.help else "",
        "answers": [{"code": choice.code, "label": say(choice.label)} for choice in card.answers],
        "words": card.words,
        "language": None if card.code else message.language,
        "asked_at": stamp(message.at),
        "expires_at": stamp(message.expires_at),
    }


def _standing(report: Report, incident: Row[Any] | None) -> Standing:
    """A report and its incident's row as the rule reads them."""
    if incident is None:
        return Standing(received_at=report.received_at, trust=report.trust, withdrawn_at=report.withdrawn_at)
    return Standing(
        received_at=report.received_at,
        trust=report.trust,
        lane=incident.lane,
        priority_overridden=incident.priority_overridden,
        closed_at=incident.closed_at if incident.status == "closed" else None,
        outcome=incident.outcome,
        kept_until=incident.kept_until,
        withdrawn_at=report.withdrawn_at,
    )


def _watched(incident: Row[Any] | None) -> bool | None:
    """Whether somebody is there to open a report that nobody has opened yet; None where that is no question any more."""
    if incident is None or incident.level is None or TOLD_TO_REPORTER[incident.status] != RECEIVED:
        return None
    return watch(incident, adapters().clock()).state == "watched"
