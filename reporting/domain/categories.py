"""What can be reported: one entry per category with its words, icon, usual priority and follow-up questions.

Every text here is plain English and goes through the language catalogues before anybody sees it.
To add a category, add one entry to CATEGORIES.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reporting.domain import hot
from reporting.domain.behaviours import PLAIN_CHOICES


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer a person can pick: the value that is sent and the words that are read."""

    code: str
    label: str


Kind = Literal["one", "many", "text", "ago"]


@dataclass(frozen=True, slots=True)
class After:
    """A question that makes sense only once another one of the category was answered; no `answers`: whatever the answer is."""

    question: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A follow-up question. `field` is where the answer goes in a report (dots go inside).

    `kind`: `one` or `many` of the answers; `text` is the person's own words, added to what the field already says; `ago` is one
    of the answers, whose code says minutes before now, and its field takes that moment.
    """

    code: str
    text: str
    help: str
    answers: tuple[Choice, ...]
    field: str
    kind: Kind = "one"
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of report. `icon` names a drawing; `usual_priority` is where triage starts from."""

    code: str
    label: str
    help: str
    icon: str
    usual_priority: int
    questions: tuple[Question, ...]


YES_NO_UNKNOWN: tuple[Choice, ...] = (
    Choice("yes", "Yes"),
    Choice("no", "No"),
    Choice("unknown", "I don't know"),
)

HOT_QUESTIONS: tuple[Question, ...] = (
    Question(
        "hot_hidden", hot.HIDDEN_TEXT, "Behind a bin, under a seat, in a corner.", YES_NO_UNKNOWN, "hot.hidden"
    ),
    Question(
        "hot_obvious", hot.OBVIOUS_TEXT, "Look from where you are. Do not go closer.", YES_NO_UNKNOWN, "hot.obvious"
    ),
    Question(
        "hot_typical", hot.TYPICAL_TEXT, "A suitcase is usual at a station, a gas bottle is not.",
        YES_NO_UNKNOWN, "hot.typical",
    ),
)  # fmt: skip

OWNER_QUESTIONS: tuple[Question, ...] = (
    Question(
        "owner_looked_for", "Has anyone looked for the owner?", "Asking people nearby is enough.",
        YES_NO_UNKNOWN, "owner_looked_for",
    ),
    Question(
        "owner_found", "Was the owner found?", "", YES_NO_UNKNOWN, "owner_found", after=After("owner_looked_for", ("yes",))
    ),
)  # fmt: skip

ITEM_SIZE = Question(
    "item_size",
    "How big is it?",
    "",
    (
        Choice("small", "Like a bag or a suitcase"),
        Choice("large", "Bigger than a suitcase"),
        Choice("vehicle", "A car or a van"),
        Choice("large_vehicle", "A lorry or a bus"),
    ),
    "item_size",
)

STILL_THERE = Question("still_there", "Is it still there?", "", YES_NO_UNKNOWN, "still_there")
PERSON_THERE = Question("still_there", "Is the person still there?", "", YES_NO_UNKNOWN, "still_there")
VEHICLE_THERE = Question("still_there", "Is the vehicle still there?", "", YES_NO_UNKNOWN, "still_there")
DRONE_THERE = Question("still_there", "Can you still see it?", "", YES_NO_UNKNOWN, "still_there")
ANYONE_THERE = Question("still_there", "Is anyone still there?", "", YES_NO_UNKNOWN, "still_there")
HAPPENING_NOW = Question(
    "happening_now", "Is it happening now?", "If anyone is in danger, call first.", YES_NO_UNKNOWN, "happening_now"
)

BEHAVIOUR_QUESTION = Question(
    "behaviours",
    "What did they do?",
    "Tell us what people do, not how someone looks, prays or speaks.",
    tuple(Choice(choice.value, choice.label) for choice in PLAIN_CHOICES),
    "behaviours",
    "many",
)

WHY_UNUSUAL = Question(
    "why_unusual", "What made it feel wrong?", "Why does it not fit this place or this hour?", (), "why_unusual", "text"
)

# One detail fits too many people, several at once fit few: asked only after an act, and always together.
DESCRIPTION = Question(
    "appearance",
    "Can you describe them?",
    "Only several details together help: clothes, what they carried, height, voice.",
    (),
    "description",
    "text",
    After("behaviours"),
)

GONE = After("still_there", ("no",))

MINUTES_AGO: tuple[Choice, ...] = (
    Choice("5", "A few minutes ago"),
    Choice("30", "In the last hour"),
    Choice("180", "Earlier today"),
    Choice("1440", "Yesterday or before"),
)
LAST_SEEN = Question("last_seen", "When did you last see it?", "", MINUTES_AGO, "observed_at", "ago", GONE)
LAST_SEEN_PERSON = Question("last_seen", "When did you last see them?", "", MINUTES_AGO, "observed_at", "ago", GONE)
HEADING = Question("moving_to", "Which way did it go?", "For example: towards the tram stop.", (), "moving_to", "text", GONE)
HEADING_PERSON = Question(
    "moving_to", "Which way did they go?", "For example: towards the tram stop.", (), "moving_to", "text", GONE
)

CATEGORIES: tuple[Category, ...] = (
    Category(
        "unattended_item",
        "Item without an owner",
        "A bag, box or other thing that nobody seems to own.",
        "bag",
        3,
        (*HOT_QUESTIONS, STILL_THERE, *OWNER_QUESTIONS, ITEM_SIZE, LAST_SEEN),
    ),
    Category(
        "suspicious_behaviour",
        "Someone doing something odd",
        "Something a person did that does not fit here.",
        "person",
        3,
        (
            BEHAVIOUR_QUESTION,
            WHY_UNUSUAL,
            DESCRIPTION,
            HAPPENING_NOW,
            PERSON_THERE,
            LAST_SEEN_PERSON,
            HEADING_PERSON,
        ),
    ),
    Category(
        "suspicious_vehicle",
        "Vehicle that does not fit",
        "A vehicle that keeps coming back, waits, or stands where it should not.",
        "vehicle",
        3,
        (HAPPENING_NOW, WHY_UNUSUAL, VEHICLE_THERE, LAST_SEEN, HEADING),
    ),
    Category(
        "drone",
        "Drone",
        "A drone over people, a building or an event.",
        "drone",
        3,
        (HAPPENING_NOW, DRONE_THERE, LAST_SEEN, HEADING),
    ),
    Category(
        "threat",
        "Threat",
        "Words spoken, written or posted online that threaten people or a place.",
        "speech",
        2,
        (HAPPENING_NOW,),
    ),
    Category(
        "tampering",
        "Damage or forced entry",
        "A cut fence, a forced door, something that was tampered with.",
        "fence",
        3,
        (HAPPENING_NOW, ANYONE_THERE, LAST_SEEN_PERSON, HEADING_PERSON),
    ),
    Category(
        "other",
        "Something else",
        "Anything else that does not feel right.",
        "dots",
        4,
        (HAPPENING_NOW, WHY_UNUSUAL),
    ),
)

BY_CODE: dict[str, Category] = {category.code: category for category in CATEGORIES}
CODES: tuple[str, ...] = tuple(BY_CODE)


def is_category(code: str) -> bool:
    """Whether a code names a category."""
    return code in BY_CODE


def usual_priority(code: str) -> int:
    """The priority a category starts from; an unknown category starts as routine."""
    known = BY_CODE.get(code)
    return known.usual_priority if known else 3
