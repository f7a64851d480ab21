"""Question cards: the fixed list of what a control room may ask a reporter by a tap.

A card has a code, so the reporter reads it in any language of the catalogues and the room reads the answer in its own. Every
text here is plain English and goes through the catalogues. No card asks anybody to go back, follow, wait, touch, photograph or
film: a test holds every word here against `domain/safe_asking.py`. To add a card, add one entry to CARDS.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from reporting.domain.categories import ITEM_SIZE, STILL_THERE, YES_NO_UNKNOWN, Choice

OPEN_FOR: Final = timedelta(hours=24)
"""So long a question waits for its answer; after that nobody is asked any more."""

DONT_KNOW: Final = YES_NO_UNKNOWN[-1]

Words = Literal["no", "also", "contact"]


@dataclass(frozen=True, slots=True)
class Danger:
    """What an answer says of danger: the priority the incident gets at least, and why. `signs` are named as rules of triage are;
    they stay with the incident, so that nobody is sent near what somebody told of later."""

    priority: int
    reason: str
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One question. `answers` are tapped; `words` says whether words may be added: `no`, `also`, or `contact` for words that are
    sealed as contact data and stand in no message. `dangers` names the answers that raise the incident at once."""

    code: str
    text: str
    help: str
    answers: tuple[Choice, ...]
    words: Words = "no"
    dangers: Mapping[str, Danger] = field(default_factory=dict)

    def label(self, answer: str) -> str:
        """The English words of an answer; empty for what is none."""
        return next((choice.label for choice in self.answers if choice.code == answer), "")


_ONE_SOURCE: Final = "One unverified source."
_WHAT_YOU_SAW: Final = "Say only what you already saw."

CARDS: Final[tuple[Card, ...]] = (
    Card("still_there", STILL_THERE.text, _WHAT_YOU_SAW, YES_NO_UNKNOWN),
    Card(
        "happening_now",
        "Is it happening now?",
        "In danger now? Call 112 first.",
        YES_NO_UNKNOWN,
        dangers={"yes": Danger(2, f"The reporter says that it is happening now. {_ONE_SOURCE}", ("behaviour.now",))},
    ),
    Card(
        "hurt",
        "Is anybody hurt?",
        "In danger now? Call 112 first.",
        YES_NO_UNKNOWN,
        dangers={"yes": Danger(1, f"Immediate danger: the reporter says that somebody is hurt. {_ONE_SOURCE}", ("danger.hurt",))},
    ),
    Card(
        "safe",
        "Are you in a safe place?",
        "If you are not, move away first.",
        YES_NO_UNKNOWN,
        dangers={"no": Danger(1, f"Immediate danger: the reporter is not in a safe place. {_ONE_SOURCE}", ("danger.near",))},
    ),
    Card(
        "weapon",
        "Did you see a weapon?",
        _WHAT_YOU_SAW,
        YES_NO_UNKNOWN,
        words="also",
        dangers={"yes": Danger(2, f"The reporter saw a weapon. {_ONE_SOURCE}", ("weapon.answered",))},
    ),
    Card("people_near", "Are people close to it?", _WHAT_YOU_SAW, YES_NO_UNKNOWN),
    Card("how_big", ITEM_SIZE.text, "", (*ITEM_SIZE.answers, DONT_KNOW)),
    Card("who_left_it", "Did you see who left it?", "What they did helps most.", YES_NO_UNKNOWN, words="also"),
    Card("owner", "Did anybody look for the owner?", "", YES_NO_UNKNOWN),
    Card(
        "how_many",
        "How many people were there?",
        _WHAT_YOU_SAW,
        (
            Choice("one", "One"),
            Choice("few", "Two or three"),
            Choice("many", "More than three"),
            DONT_KNOW,
        ),
    ),
    Card(
        "which_way", "Which way did they or it go?", _WHAT_YOU_SAW, (Choice("stayed", "It did not move"), DONT_KNOW), words="also"
    ),
    Card(
        "when",
        "When did you see it?",
        "",
        (
            Choice("minutes", "In the last 15 minutes"),
            Choice("hour", "In the last hour"),
            Choice("today", "Earlier today"),
            Choice("before", "Before today"),
            DONT_KNOW,
        ),
    ),
    Card("where", "Where exactly was it?", "A platform, an entrance, a floor.", (DONT_KNOW,), words="also"),
    Card("vehicle", "What kind of vehicle was it?", "Colour, make or number, if you saw them.", (DONT_KNOW,), words="also"),
    Card(
        "already_told",
        "Have you told anybody there?",
        "",
        (
            Choice("staff", "Yes, the staff"),
            Choice("police", "Yes, the police"),
            Choice("no", "No"),
        ),
    ),
    Card(
        "may_call",
        "May we call you?",
        "You may stay anonymous. We keep your number locked, apart from your report.",
        (Choice("yes", "Yes"), Choice("no", "No")),
        words="contact",
    ),
)

BY_CODE: Final[dict[str, Card]] = {card.code: card for card in CARDS}

FREE_WORDS: Final = Card("", "", "", (DONT_KNOW,), words="also")
"""How a question in an operator's own words is answered."""


def card_of(code: str | None) -> Card:
    """The card of a question; one without a code is in words."""
    return BY_CODE.get(code or "", FREE_WORDS)
