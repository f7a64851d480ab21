"""What a venue trains and practises: kinds of training and drills, and the made cases of "HOT or not?"."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from reporting.domain.facts import Answer, Hot
from reporting.domain.hot import verdict
from reporting.domain.languages import N_

TRAININGS: Final[dict[str, str]] = {
    "hot": N_("HOT and first look"),
    "procedures": N_("The four procedures"),
    "first_aid": N_("First aid"),
    "other": N_("Something else"),
}
"""code -> what is read. `hot`, while it is valid, makes somebody who may be asked for a first look."""
DRILLS: Final[dict[str, str]] = {
    "evacuation": N_("Evacuation"),
    "invacuation": N_("Invacuation"),
    "lockdown": N_("Lockdown"),
    "communication": N_("Communication"),
}
"""The four procedures that UK law asks of premises for 200 people and more (Terrorism (Protection of Premises) Act 2025)."""
CASES_IN_A_DRILL: Final = 5
DRILL_SECONDS: Final = 60
MOST_PEOPLE: Final = 500_000
MOST_MINUTES: Final = 1440
LONGEST_YEARS: Final = 10
FILE: Final = Path(__file__).parent / "hot_cases.toml"


@dataclass(frozen=True, slots=True)
class Case:
    """A made case: what one sees, the three answers to it, and why."""

    key: str
    text: str
    hot: Hot
    why: str

    @property
    def is_hot(self) -> bool:
        """Whether the right answer is "HOT": one bad answer is enough to tell the room and leave the thing alone."""
        return verdict(self.hot) != "lost_property"


@lru_cache(maxsize=1)
def cases() -> Mapping[str, Case]:
    """Every case by its key, read once."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
    return {key: _case(key, each) for key, each in told.items()}


def _case(key: str, told: Mapping[str, str]) -> Case:
    hidden, obvious, typical = (cast(Answer, told[name]) for name in ("hidden", "obvious", "typical"))
    return Case(key, told["text"], Hot(hidden, obvious, typical), told["why"])


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTraining:
    """A training of one member of staff; the person by id as text."""

    person: str
    kind: str
    title: str
    done_on: date
    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDrill:
    """A drill that was held: how many people took part, how many minutes it took, what went wrong."""

    kind: str
    held_on: date
    people: int
    minutes: int
    went_wrong: str


def after(day: date, years: int) -> date:
    """The same day so many years later; the last of February stands for a day that is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
