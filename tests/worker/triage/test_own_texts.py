"""Texts of other places, written for this test in the manner of campus logs, city complaints and transport logs.

Half of them was looked at while cues were added (`looked_at`), the other half never (`kept`): what the kept half says is
what can be expected of places that nobody has seen. `relevant` says whether a guard should have had a look.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from tests.worker.made import assessed

TEXTS = Path(__file__).with_name("own_texts.csv")
PARTS = {"looked_at": (0.95, 0.95), "kept": (0.90, 0.85)}
"""part -> precision and recall that it must reach."""


def rows(part: str) -> list[dict[str, str]]:
    with TEXTS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["part"] == part]


@pytest.mark.parametrize("part", PARTS)
def test_what_deserves_a_look_is_told_from_ordinary_complaints(part: str) -> None:
    seen = Counter((row["relevant"] == "1", assessed(row["text"], language=None).relevant) for row in rows(part))
    right, wrong, missed = seen[True, True], seen[False, True], seen[True, False]
    precision, recall = PARTS[part]
    assert right / (right + wrong) >= precision, seen
    assert right / (right + missed) >= recall, seen


def test_ordinary_complaints_of_other_places_do_not_reach_the_top() -> None:
    urgent = [
        row["text"]
        for part in PARTS
        for row in rows(part)
        if row["relevant"] == "0" and assessed(row["text"], language=None).priority <= 2
    ]
    assert len(urgent) <= 1, urgent


def test_there_are_two_hundred_of_them_in_three_manners() -> None:
    every = [row for part in PARTS for row in rows(part)]
    assert len(every) >= 200
    assert {row["style"] for row in every} == {"campus", "city", "transport"}
