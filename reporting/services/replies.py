"""The reporter's side of the conversation: answering, adding, withdrawing, and saying how telling felt.

The receipt is looked up by its keyed hash and opens its own report alone. What reaches the incident is written in the sight of
the room whose incident it is: a line on the timeline, the live event, and where an answer tells of danger the priority, at
once and in the same transaction. Words for triage to read go on as a letter to the worker.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError

from reporting import jobs
from reporting.adapters.doorbell import OUTBOX
from reporting.adapters.sight import Sight, apply_sight
from reporting.bootstrap import adapters
from reporting.domain import statuses
from reporting.domain.conversation import Reply, Spoken, open_questions, require_answer, require_room_for_more
from reporting.domain.errors import NotFound, NotPossible, Problem, Refused
from reporting.domain.languages import N_
from reporting.domain.questions import Card, card_of
from reporting.domain.receipts import normalised
from reporting.models.conversation import Feeling, FollowUp, Message
from reporting.models.delivery import Subscription
from reporting.models.incident import Incident
from reporting.models.outbox import Outbox
from reporting.models.picture import Picture, PictureUpload
from reporting.models.report import Contact, Report
from reporting.services import pieces
from reporting.services.contacts import seal_number
from reporting.services.heeding import Heard, heed_danger, note_heard
from reporting.services.sanitising import remove_files
from reporting.services.unit_of_work import Work, unit_of_work

CLOSED: Final = N_("This report is closed. Please send a new report if you see something.")
WITHDRAWN: Final = N_("You withdrew this report. Please send a new report if you see something.")
ANSWERED: Final = N_("This question is not open any more. You can still add something.")


@dataclass(slots=True)
class Opened:
    """A report that its receipt opened, for one transaction, with its incident where it is on one."""

    work: Work
    report: Report
    incident: Incident | None


def reply(receipt_code: str, said: Reply) -> None:
    """Keeps an answer or an addition. The same again changes nothing; raises NotFound for a code that opens nothing, NotPossible
    where the report is closed or withdrawn or the question is over, Refused for what is no answer to it."""
    with unit_of_work(_sight(receipt_code)) as work:
        opened = _opened(work, receipt_code)
        said_before = _messages(opened)
        if _is_repeated(said_before, said):
            return
        _require_open(opened)
        require_room_for_more(sum(each.author == "reporter" for each in said_before))
        if said.question is None:
            _add(opened, said)
        else:
            _answer(opened, said_before, said)


def withdraw(receipt_code: str) -> None:
    """The reporter takes the report back: name, number, pictures and ways to be told go now, nobody asks anything more, the room
    is told. What was seen stays until its date, which comes nearer. Again changes nothing; raises NotFound for a code that opens
    nothing."""
    with unit_of_work(_sight(receipt_code)) as work:
        opened = _opened(work, receipt_code)
        if opened.report.withdrawn_at is not None:
            return
        key = opened.report.id
        incidents = str(opened.report.incident_id or "")
        apply_sight(work.session, Sight(incidents=incidents))
        work.change(update(Report).where(Report.id == key).values(withdrawn_at=func.now()).execution_options(**_UNSEEN))
        for what in (Contact, Subscription):
            work.change(delete(what).where(what.report_id == key).execution_options(**_UNSEEN))
        pictures = list(work.session.scalars(delete(Picture).where(Picture.report_id == key).returning(Picture.id)))
        pictures += pieces.let_go(work, PictureUpload.report_id == key)
        _write(work, key, {"kind": "withdrawal"})
        if opened.incident is not None:
            _in_its_room(opened)
            text = f"The reporter of {opened.report.reference} withdrew the report"
            note_heard(work, opened.incident, Heard("withdrawn", text, str(key)))
    remove_files(pictures)


def feel(receipt_code: str, answer: str) -> None:
    """Counts how telling felt, once for a report that is closed, without keeping whose answer it was."""
    with unit_of_work(_sight(receipt_code)) as work:
        opened = _opened(work, receipt_code)
        incident = opened.incident
        if incident is None or incident.organisation_id is None or incident.status != statuses.CLOSED:
            raise NotPossible("This is asked when a report is closed.")
        row = upsert(FollowUp).values(report_id=opened.report.id, felt=True)
        marked = row.on_conflict_do_update(index_elements=["report_id"], set_={"felt": True}, where=FollowUp.felt.is_(False))
        if work.session.execute(marked.returning(FollowUp.report_id)).one_or_none() is None:
            return
        _count(work, incident, answer)


def page_is_open(receipt_code: str) -> None:
    """Remembers for a while that the reporter's page is open; nothing for a code that opens nothing."""
    with unit_of_work(_sight(receipt_code)) as work:
        opens = Report.receipt_hash == _mark(receipt_code)
        row = upsert(FollowUp).from_select(["report_id", "seen_at"], select(Report.id, func.clock_timestamp()).where(opens))
        work.session.execute(row.on_conflict_do_update(index_elements=["report_id"], set_={"seen_at": func.clock_timestamp()}))


_UNSEEN: Final[dict[str, Any]] = {"synchronize_session": False}


def _mark(receipt_code: str) -> bytes:
    code = normalised(receipt_code)
    return adapters().seals.mark("receipt", code) if code else b""


def _sight(receipt_code: str) -> Sight:
    return Sight(receipt=_mark(receipt_code).hex())


def _opened(work: Work, receipt_code: str) -> Opened:
    """The report, locked, so that two replies come one after the other; and its incident as it stands, not locked yet."""
    opens = Report.receipt_hash == _mark(receipt_code)
    report = work.session.scalar(select(Report).where(opens).with_for_update(key_share=True))
    if report is None:
        raise NotFound
    incident = None
    if report.incident_id is not None:
        apply_sight(work.session, Sight(incidents=str(report.incident_id)))
        incident = work.session.scalar(select(Incident).where(Incident.id == report.incident_id))
    return Opened(work, report, incident)


def _require_open(opened: Opened) -> None:
    if opened.report.withdrawn_at is not None:
        raise NotPossible(WITHDRAWN)
    if opened.incident is not None and opened.incident.status == statuses.CLOSED:
        raise NotPossible(CLOSED)


def _messages(opened: Opened) -> list[Message]:
    of_report = Message.report_id == opened.report.id
    return list(opened.work.session.scalars(select(Message).where(of_report).order_by(Message.at, Message.id)))


def _is_repeated(messages: list[Message], said: Reply) -> bool:
    """Sent twice by a nervous thumb, a reload, or a network that swallowed the answer."""
    own = [each for each in messages if each.author == "reporter"]
    if said.question is not None:
        return any(each.ends_id == said.question and (each.answer, each.text) == (said.answer, said.text) for each in own)
    return bool(own) and own[-1].kind == "addition" and own[-1].text == said.text


def _add(opened: Opened, said: Reply) -> None:
    if not said.text:
        raise Refused("Some words are missing.", (Problem("text", "required", "Write a few words."),))
    key = _write(opened.work, opened.report.id, {"kind": "addition", "text": said.text, "language": said.language})
    if opened.incident is not None:
        _in_its_room(opened)
        text = f"The reporter of {opened.report.reference} added something"
        note_heard(opened.work, opened.incident, Heard("added", text, str(opened.report.id)))
    _for_triage(opened.work, key, said.text)


def _answer(opened: Opened, messages: list[Message], said: Reply) -> None:
    question = next((each for each in messages if each.id == said.question and each.kind == "question"), None)
    if question is None:
        raise Refused("There is no such question.", (Problem("question", "unknown", "Answer a question of this report."),))
    now = opened.work.session.scalar(select(func.clock_timestamp()))
    assert now is not None
    if question.id not in open_questions([_spoken(each) for each in messages], now):
        raise NotPossible(ANSWERED)
    card = card_of(question.card)
    require_answer(card, said)
    _keep_answer(opened, question, card, said)


def _keep_answer(opened: Opened, question: Message, card: Card, said: Reply) -> None:
    work, report = opened.work, opened.report
    words = said.text
    if card.words == "contact":
        if said.answer == "yes":
            seal_number(work, report.id, words)
        words = ""
    kept = {"kind": "answer", "ends_id": question.id, "answer": said.answer, "text": words, "language": said.language}
    key = _write(work, report.id, {**kept, "card": question.card})
    if opened.incident is not None:
        _in_its_room(opened)
        _tell_the_room(opened, card, said)
    _for_triage(work, key, words)


def _tell_the_room(opened: Opened, card: Card, said: Reply) -> None:
    incident, report = opened.incident, opened.report
    assert incident is not None
    label = card.label(said.answer or "")
    asked = f" “{card.text}”" if card.code else " a question"
    text = f"The reporter of {report.reference} answered{asked}" + (f": {label}" if label else " in words")
    note_heard(opened.work, incident, Heard("answered", text, str(report.id), returns=True))
    danger = card.dangers.get(said.answer or "")
    if danger is not None:
        heed_danger(opened.work, incident, danger, str(report.id))


def _write(work: Work, report_id: uuid.UUID, values: dict[str, Any]) -> uuid.UUID:
    key = uuid.uuid4()
    try:
        with work.session.begin_nested():
            work.session.execute(insert(Message.__table__), {"id": key, "report_id": report_id, "author": "reporter", **values})
    except IntegrityError:
        raise NotPossible(ANSWERED) from None
    return key


def _in_its_room(opened: Opened) -> None:
    """Locks the incident in its room's sight. Where the report went elsewhere in this very moment it is followed there."""
    work = opened.work
    for _ in range(3):
        incident = opened.incident
        assert incident is not None
        apply_sight(work.session, Sight(organisation=str(incident.organisation_id or ""), incidents=str(incident.id)))
        if incident.organisation_id is None:
            return
        locked = select(Incident).where(Incident.id == incident.id).with_for_update(key_share=True)
        work.session.scalar(locked.execution_options(populate_existing=True))
        now_on = work.session.scalar(select(Report.incident_id).where(Report.id == opened.report.id))
        if now_on in (None, incident.id):
            return
        apply_sight(work.session, Sight(incidents=str(now_on)))
        opened.incident = work.session.scalar(select(Incident).where(Incident.id == now_on))


def _for_triage(work: Work, message_id: uuid.UUID, words: str) -> None:
    """Words are read by triage's rules in the worker; a tap needs no reading."""
    if words:
        work.session.execute(insert(Outbox.__table__), {"job": jobs.HEARING, "subject_id": message_id})
        work.ring(OUTBOX)


def _count(work: Work, incident: Incident, answer: str) -> None:
    apply_sight(work.session, Sight(incidents=str(incident.id)))
    month = func.date_trunc("month", func.now()).cast(Feeling.month.type)
    values = {"id": uuid.uuid4(), "organisation_id": incident.organisation_id, "category": incident.category, "answer": answer}
    row = upsert(Feeling).values(**values, month=month, count=1)
    columns = ["organisation_id", "category", "month", "answer"]
    work.session.execute(row.on_conflict_do_update(index_elements=columns, set_={"count": Feeling.count + 1}))


def _spoken(message: Message) -> Spoken:
    return Spoken(message.id, message.kind, message.ends_id, message.expires_at)  # type: ignore[arg-type]
