"""The console's words: labels of the fixed vocabularies, relative and exact times.

Templates and the console's modules in the browser read these.
"""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reporting.domain.behaviours import BY_CODE
from reporting.domain.categories import CATEGORIES
from reporting.domain.outcomes import OUTCOMES
from reporting.domain.priorities import LABELS

STATUS = {
    "new": "New",
    "acknowledged": "Acknowledged",
    "in_progress": "In progress",
    "waiting": "Waiting",
    "handed_over": "Handed over",
    "shelved": "Shelved",
    "closed": "Closed",
}
CATEGORY = {category.code: category.label for category in CATEGORIES}
PRIORITY = {str(number): f"{number} {label}" for number, label in LABELS.items()}
"""A priority is always said by its number and its word: the number is also the key that sets it."""
OUTCOME = {outcome.code: outcome.label for outcome in OUTCOMES.values()}
BEHAVIOUR = {code: behaviour.meaning for code, behaviour in BY_CODE.items()}
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what follows and are not seen themselves."""
UNTRIAGED = "Not yet triaged"
NO_PLACE = "No place given"
LOOK_FIRST = "A rule failed: read it"
HEARD = "New from a reporter"
PLAIN_SOURCES = frozenset(("answers", "category", "text", ""))
"""Where most findings come from; their reasons say so already."""

# What the modules in the browser need to draw a row; one copy of every word, and it stands here.
FOR_PAGES = {
    "status": STATUS,
    "category": CATEGORY,
    "priority": PRIORITY,
    "untriaged": UNTRIAGED,
    "lookFirst": LOOK_FIRST,
    "heard": HEARD,
}


def moment(value: datetime | str | None) -> datetime | None:
    """A time as the data doors give it (aware, or ISO 8601 text with offset) as an aware datetime."""
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


def span(seconds: float) -> str:
    """A length of time in at most two units: `40 s`, `4 min`, `2 h 10 min`, `3 d 4 h`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"


def age(value: datetime | str | None, now: datetime) -> str:
    """How long ago, in words; a time up to a minute ahead is a clock's drift and reads `0 s`."""
    when = moment(value)
    return span((now - when).total_seconds()) if when else ""


def clock(due: datetime | str | None, now: datetime) -> str:
    """What is left until a due time, or how late it is: `0:42 left`, `3:10 late`, `2 h 4 min late`."""
    when = moment(due)
    if when is None:
        return ""
    left = (when - now).total_seconds()
    word = "left" if left >= 0 else "late"
    return f"{_minutes(abs(left))} {word}"


def _minutes(seconds: float) -> str:
    if seconds >= timedelta(hours=1).total_seconds():
        return span(seconds)
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def exact(value: datetime | str | None, zone: str) -> str:
    """A time in the organisation's zone, to the second: `22 Nov 2026, 10:42:31`."""
    when = moment(value)
    return when.astimezone(ZoneInfo(zone)).strftime("%-d %b %Y, %H:%M:%S") if when else ""


def hour(value: datetime | str | None, zone: str) -> str:
    """The time of day in the organisation's zone: `10:42:31`."""
    when = moment(value)
    return when.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S") if when else ""


def day(value: datetime | str | None, zone: str) -> str:
    """The day in the organisation's zone: `22 Nov 2026`."""
    return exact(value, zone).partition(",")[0]


def where(item: dict[str, Any]) -> str:
    """The place in words: its label, else the venue's name, else coordinates, else an honest sentence."""
    location = item["location"] or {}
    label, venue = location.get("label") or "", item["venue"] or ""
    if label and venue and venue not in label:
        return f"{label}, {venue}"
    if label or venue:
        return label or venue
    if location.get("lat") is not None:
        return f"{location['lat']:.5f}, {location['lon']:.5f}"
    return NO_PLACE


def headline(item: dict[str, Any]) -> str:
    """What a colleague could read out: the summary; where nobody wrote a word, the kind and the place."""
    kind = CATEGORY.get(item["category"], item["category"])
    if item["summary"] and item["summary"] != kind:
        return str(item["summary"])
    place = where(item)
    return kind if place == NO_PLACE else f"{kind}, {place}"


def sources(item: dict[str, Any]) -> str:
    """How many reports, and how many of them are independent of each other."""
    reports, independent = item["report_count"], item["independent_sources"]
    if reports <= 1:
        return "1 report"
    word = "source" if independent == 1 else "sources"
    return f"{reports} reports, {independent} {word}"


def signed(weight: int) -> str:
    """A weight with its sign, with the true minus: `+35`, `−30`, `0`."""
    return f"{weight:+d}".replace("-", "\N{MINUS SIGN}") if weight else "0"


def shown(text: str) -> str:
    """Somebody's words with what turns their direction made visible: `[U+202E]`. The original is kept as it came."""
    return TURNING.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)
