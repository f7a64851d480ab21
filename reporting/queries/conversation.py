"""The conversation about reports: as the room reads it beside each report, and as its reporter does."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from reporting.domain.conversation import PAGE_OPEN, SEEN_KEPT, Spoken, open_questions
from reporting.domain.questions import card_of
from reporting.models.columns import among
from reporting.models.conversation import Feeling, FollowUp, Message
from reporting.models.delivery import Subscription
from reporting.models.report import Contact, Report
from reporting.queries.items import stamp

LEFT_DETAILS: Final = exists().where(Contact.report_id == Report.id).correlate(Report).label("left_details")
SEEN_AT: Final = (
    select(FollowUp.seen_at).where(FollowUp.report_id == Report.id).correlate(Report).scalar_subquery().label("seen_at")
)
_READY: Final = or_(Subscription.channel == "push", Subscription.confirmed_at.is_not(None))
WAYS: Final = (
    select(func.jsonb_object_agg(Subscription.channel, _READY))
    .where(Subscription.report_id == Report.id)
    .correlate(Report)
    .scalar_subquery()
    .label("ways")
)
"""Columns beside a report: whether it left a name or number the reader's room may open, when its page was open last, and the ways
in which it asked to be told, each with whether its address is confirmed."""

Talk = Sequence[Message]


def talks(session: Session, report_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Message]]:
    """What was said about each of these reports, oldest first; one statement."""
    found: dict[uuid.UUID, list[Message]] = {}
    statement = select(Message).where(among(Message.report_id, report_ids)).order_by(Message.at, Message.id)
    for message in session.scalars(statement):
        found.setdefault(message.report_id, []).append(message)
    return found


def still_open(talk: Talk, now: datetime) -> list[Message]:
    """The questions that wait for an answer."""
    waiting = set(open_questions([spoken(each) for each in talk], now))
    return [each for each in talk if each.id in waiting]


def spoken(message: Message) -> Spoken:
    """A message as the rules of a conversation read it."""
    return Spoken(message.id, message.kind, message.ends_id, message.expires_at)  # type: ignore[arg-type]


def as_room_reads(talk: Talk, now: datetime) -> list[dict[str, Any]]:
    """Messages on the operators' wire. Cards and their answers stand in English, words as they were written."""
    waiting = {each.id for each in still_open(talk, now)}
    ended = {each.ends_id: each.kind for each in talk if each.ends_id}
    return [_for_room(each, waiting, ended) for each in talk if each.kind not in ("taken_back", "withdrawal")]


def _for_room(message: Message, waiting: set[uuid.UUID], ended: dict[uuid.UUID, str]) -> dict[str, Any]:
    card = card_of(message.card)
    asked = message.kind == "question"
    ending = {"answer": "answered", "taken_back": "taken_back"}.get(ended.get(message.id, ""), "over")
    state = "open" if message.id in waiting else ending
    return {
        "id": str(message.id),
        "at": stamp(message.at),
        "author": "room" if message.author == "room" else "person",
        "kind": message.kind,
        "card": message.card,
        "text": card.text if card.code and asked else message.text,
        "language": message.language,
        "answer": message.answer,
        "answer_label": card.label(message.answer) if message.answer else None,
        "question": str(message.ends_id) if message.ends_id else None,
        "state": state if asked else None,
        "actor": message.actor,
    }


def reachable(seen_at: datetime | None, withdrawn: bool, ways: Mapping[str, bool] | None, now: datetime) -> dict[str, Any]:
    """How the reporter can be reached: `page_open`, `push` (asked to be told, whichever way), `away` (here within the day),
    `unseen`, or `withdrawn`; and the ways themselves. An address that nobody confirmed reaches nobody."""
    if withdrawn:
        return {"state": "withdrawn", "since": None, "ways": []}
    shown = [{"channel": channel, "confirmed": confirmed} for channel, confirmed in sorted((ways or {}).items())]
    recent = seen_at is not None and seen_at > now - SEEN_KEPT
    since = stamp(seen_at) if recent else None
    if recent and seen_at is not None and seen_at > now - PAGE_OPEN:
        state = "page_open"
    elif any(each["confirmed"] for each in shown):
        state = "push"
    else:
        state = "away" if recent else "unseen"
    return {"state": state, "since": since, "ways": shown}


def feelings(session: Session) -> list[Feeling]:
    """The counts the reader's room may see, by month and category."""
    return list(session.scalars(select(Feeling).order_by(Feeling.month.desc(), Feeling.category, Feeling.answer)))
