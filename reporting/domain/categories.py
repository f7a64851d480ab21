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


@dataclass(frozen=True, slots=True)
class Question:
    """A follow-up question. `field` is where the answer goes in a report (dots go inside); `kind` says how many."""

    code: str
    text: str
    help: str
    answers: tuple[Choice, ...]
    field: str
    kind: Literal["one", "many"] = "one"


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
    Question("owner_found", "Was the owner found?", "", YES_NO_UNKNOWN, "owner_found"),
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
HAPPENING_NOW = Question(
    "happening_now", "Is it happening now?", "In danger now? Call 112 first.", YES_NO_UNKNOWN, "happening_now"
)

BEHAVIOUR_QUESTION = Question(
    "behaviours",
    "What did they do?",
    "Tell us what people do, not how someone looks, prays or speaks.",
    tuple(Choice(choice.value, choice.label) for choice in PLAIN_CHOICES),
    "behaviours",
    "many",
)

CATEGORIES: tuple[Category, ...] = (
    Category(
        "unattended_item",
        "Item without an owner",
        "A bag, box or other thing that nobody seems to own.",
        "bag",
        3,
        (*HOT_QUESTIONS, *OWNER_QUESTIONS, ITEM_SIZE, STILL_THERE),
    ),
    Category(
        "suspicious_behaviour",
        "Someone doing something odd",
        "Something a person did that does not fit here.",
        "person",
        3,
        (BEHAVIOUR_QUESTION, HAPPENING_NOW, PERSON_THERE),
    ),
    Category(
        "suspicious_vehicle",
        "Vehicle that does not fit",
        "A vehicle that keeps coming back, waits, or stands where it should not.",
        "vehicle",
        3,
        (HAPPENING_NOW, VEHICLE_THERE),
    ),
    Category(
        "drone",
        "Drone",
        "A drone over people, a building or an event.",
        "drone",
        3,
        (HAPPENING_NOW, Question("still_there", "Can you still see it?", "", YES_NO_UNKNOWN, "still_there")),
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
        (HAPPENING_NOW, Question("still_there", "Is anyone still there?", "", YES_NO_UNKNOWN, "still_there")),
    ),
    Category(
        "other",
        "Something else",
        "Anything else that does not feel right.",
        "dots",
        4,
        (HAPPENING_NOW,),
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
