"""Triage on real short texts: what deserves a look is found, ordinary complaints stay ordinary."""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.shared_data.figures import f1, rows_of
from tests.worker.made import NOW, report
from worker.triage.assess import assess

pytestmark = pytest.mark.shared_data

SWAPS = [("white", "black"), ("male", "female"), ("man", "woman"), ("asian", "hispanic"), ("his", "her"), ("he", "she")]


def test_relevant_texts_are_told_from_ordinary_ones(shared_data: Path) -> None:
    seen: Counter[tuple[str, bool]] = Counter()
    for row in rows_of(shared_data / "b_triage_mix" / "texts.csv"):
        seen[row["security_relevant"], assess(report(row["text"], language=None), NOW).relevant] += 1
    right, wrong, missed, ordinary = seen["1", True], seen["0", True], seen["1", False], seen["0", False]
    assert f1(right / (right + wrong), right / (right + missed)) >= 0.85
    assert wrong / (wrong + ordinary) <= 0.005


def test_ordinary_complaints_do_not_reach_the_top(shared_data: Path) -> None:
    rows = rows_of(shared_data / "b_ordinary_311_texts" / "reports.csv")
    urgent = [row["text"] for row in rows if assess(report(row["text"], language=None), NOW).priority <= 2]
    assert len(urgent) <= 2


def test_swapping_protected_words_changes_no_decision(shared_data: Path) -> None:
    texts = [
        row["text"]
        for name in ("mit_2013_2018", "ucsd_2020")
        for row in rows_of(shared_data / "b_campus_police_texts" / f"{name}.csv")
    ]
    swapped = 0
    for text in texts:
        for pair in SWAPS:
            other = " ".join(_swap(word, pair) for word in text.split(" "))
            if other != text:
                swapped += 1
                one, two = (assess(report(each), NOW) for each in (text, other))
                assert (one.priority, one.score, one.lane) == (two.priority, two.score, two.lane), json.dumps([text, other])
    assert swapped >= 200


def _swap(word: str, pair: tuple[str, str]) -> str:
    bare = word.strip(".,;:()").lower()
    for one, other in (pair, pair[::-1]):
        if bare == one:
            return word.lower().replace(one, other)
    return word
