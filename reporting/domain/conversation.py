"""What a room and a reporter may say to each other: the shapes that travel, the limits, and where a conversation stands."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from reporting.domain.errors import NotPossible, Problem, Refused
from reporting.domain.languages import BY_CODE as LANGUAGES
from reporting.domain.languages import N_
from reporting.domain.questions import BY_CODE, Card

PAGE_OPEN: Final = timedelta(seconds=60)
"""A page that asked for news so lately is open; it asks every twenty seconds."""
SEEN_KEPT: Final = timedelta(hours=24)
"""After that it is forgotten when a reporter was here last."""
MOST_WORDS: Final = 2000
"""Characters of one message."""
MOST_FROM_REPORTER: Final = 200
"""Messages of one report: more is no conversation, and nobody fills our tables through it."""
FEELINGS: Final = ("safer", "same", "less_safe")
VEILED_BELOW: Final = 5
"""Counts smaller than this are not shown: they would tell of single people."""

Author = Literal["room", "reporter"]
Kind = Literal["question", "message", "taken_back", "answer", "addition", "withdrawal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an operator says: a card or words in a language, to one report's reporter or, without one, to all of the incident.

    `wait` also sets the incident waiting. `sure` sends words that the rule of safe asking warned of.
    """

    report: uuid.UUID | None = None
    card: str | None = None
    text: str = ""
    language: str = "en"
    wait: bool = False
    sure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a reporter says: the answer to a question (a tapped code, words, or both), or without one something to add."""

    question: uuid.UUID | None = None
    answer: str | None = None
    text: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as far as a conversation's standing needs it."""

    id: uuid.UUID
    kind: Kind
    ends_id: uuid.UUID | None = None
    expires_at: datetime | None = None


def open_questions(messages: Sequence[Spoken], now: datetime) -> list[uuid.UUID]:
    """Questions that still wait for their answer: not answered, not taken back, not expired, nothing withdrawn."""
    if any(each.kind == "withdrawal" for each in messages):
        return []
    ended = {each.ends_id for each in messages if each.ends_id}
    return [
        each.id
        for each in messages
        if each.kind == "question" and each.id not in ended and (each.expires_at is None or each.expires_at > now)
    ]


def require_card(code: str | None) -> Card | None:
    """The card of a code, None without one; refuses a code that is none."""
    if code is None:
        return None
    if code not in BY_CODE:
        raise Refused("There is no such question card.", (Problem("card", "choice", f"Must be one of: {', '.join(BY_CODE)}."),))
    return BY_CODE[code]


def require_language(code: str) -> None:
    """Refuses a language that the pages do not name."""
    if code not in LANGUAGES:
        raise Refused("There is no such language.", (Problem("language", "choice", f"Must be one of: {', '.join(LANGUAGES)}."),))


def require_answer(card: Card, reply: Reply) -> None:
    """Refuses what is no answer to the question: a code of another card, no code and no words, words where none belong."""
    if reply.answer is not None and reply.answer not in {choice.code for choice in card.answers}:
        raise Refused("That is not one of the answers.", (Problem("answer", "choice", "Tap one of the answers."),))
    if reply.text and card.words == "no":
        raise Refused("This question is answered by a tap.", (Problem("text", "unknown", "Tap one of the answers."),))
    if reply.answer is None and (card.words != "also" or not reply.text):
        words = N_("Tap an answer or write a few words.") if card.words == "also" else "Tap one of the answers."
        raise Refused("An answer is missing.", (Problem("answer", "required", words),))
    if card.words == "contact" and reply.answer == "yes" and not reply.text:
        raise Refused("A number is missing.", (Problem("text", "required", N_("Write the number we may call.")),))


def require_room_for_more(count: int) -> None:
    """Refuses more messages than a conversation can have."""
    if count >= MOST_FROM_REPORTER:
        raise NotPossible(N_("This is the most that one report can hold. Please send a new report."))
