"""The words of the joined panel: how sure a match is, what a link means, and two incidents side by side."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from reporting.dashboard.told import ANSWER
from reporting.dashboard.words import STATUS, age, headline, sources, where
from reporting.domain import checks

__all__ = ("KINDS", "LINK", "RESULTS", "sides", "sure")

KINDS: Final = checks.KINDS
RESULTS: Final = {code: words for code, words in checks.RESULTS.items() if code != "answered"}
"""What an operator may choose; that the three answers say it is for those who gave them."""
LINK: Final = {
    "merged": "Merged into this one:",
    "replaced": "This one was merged into",
    "split": "Taken out into",
    "split_off": "Taken out of",
}
SURE: Final = ((0.75, "very likely"), (0.5, "likely"), (0.0, "perhaps"))
QUESTIONS: Final = (("hidden", "Hidden"), ("obvious", "Obviously suspicious"), ("typical", "Typical here"))
Json = dict[str, Any]


def sure(score: float) -> str:
    """A score from 0 to 1 in words."""
    return next(word for least, word in SURE if score >= least)


@dataclass(frozen=True, slots=True)
class Side:
    """One line of a comparison; `differs` where one says yes and the other no."""

    label: str
    here: str
    there: str
    differs: bool = False


def sides(here: Json, there: Json, hot: Json, now: datetime) -> list[Side]:
    """What matters of two incidents, line by line; `hot` are the other one's answers. Answers that nobody gave are left out."""
    pairs = (
        ("What", headline),
        ("Where", where),
        ("Opened", lambda item: f"{age(item['opened_at'], now)} ago"),
        ("Heard from", sources),
        ("Status", lambda item: STATUS.get(item["status"], item["status"])),
    )
    return [*(Side(label, told(here), told(there)) for label, told in pairs), *_answers(here["hot"], hot)]


def _answers(here: Json, there: Json) -> Iterator[Side]:
    for name, label in QUESTIONS:
        if {here[name], there[name]} != {"unknown"}:
            yield Side(label, ANSWER[here[name]], ANSWER[there[name]], {here[name], there[name]} == {"yes", "no"})
