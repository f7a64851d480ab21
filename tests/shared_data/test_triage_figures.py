"""Triage on real short texts: what deserves a look is found, ordinary complaints stay ordinary."""

import json
import re
from pathlib import Path

import pytest

from reporting.domain.behaviours import lawful_only
from reporting.domain.findings import Assessment
from tests.shared_data.figures import rows_of
from tests.worker.made import NOW, report
from worker.backtest.verdicts import Judged, carried, verdict
from worker.triage.assess import assess

pytestmark = pytest.mark.shared_data
PERSON = re.compile(r"(?i)(^|[ ,(])(males?|females?|man|woman|men|women|individuals?|persons?|guys?)\b")

SWAPS = [
    ("white", "black"), ("male", "female"), ("man", "woman"), ("asian", "hispanic"), ("his", "her"), ("he", "she"),
    ("males", "females"), ("men", "women"), ("boy", "girl"), ("him", "her"), ("gentleman", "lady"), ("guy", "lady"),
]  # fmt: skip
WHOSE = ("Dutch", "Arab", "Nigerian", "Jewish", "Roma", "blind", "gay")
"""Words that are put before the person a real text speaks of."""


@pytest.fixture(scope="module")
def judged(shared_data: Path) -> list[Judged]:
    """The labelled rows, each with what triage says and the source it comes from."""
    rows = [row for row in rows_of(shared_data / "b_triage_mix" / "texts.csv") if row["security_relevant"]]
    return [
        Judged(row["security_relevant"] == "1", assess(report(row["text"], language=None), NOW), row["source"]) for row in rows
    ]


def test_relevant_texts_are_told_from_ordinary_ones(judged: list[Judged]) -> None:
    found = verdict(judged)
    assert found.f1 >= 0.94
    assert found.auc >= 0.95
    assert found.false_alarms <= 0.005


@pytest.mark.parametrize(("source", "least"), [("mit", 0.95), ("ucsd_2020", 0.85)])
def test_each_source_alone_is_read_well(judged: list[Judged], source: str, least: float) -> None:
    assert verdict([each for each in judged if each.group == source]).f1 >= least


def test_no_rule_but_the_ones_for_plain_words_carries_a_source_alone(judged: list[Judged]) -> None:
    """Trespass and "suspicious" are what police logs call things; nothing else may decide more than a tenth."""
    found = [row for row in carried(judged) if row[0] not in ("behaviour.INTRSN.trespass", "judgement.suspicious")]
    assert all(alone <= len([each for each in judged if each.truly]) / 10 for _rule, _right, _wrong, alone in found)


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
    assert swapped >= 500


def test_saying_who_the_person_is_changes_no_decision_and_no_route(shared_data: Path) -> None:
    rows = rows_of(shared_data / "b_triage_mix" / "texts.csv")
    changed = 0
    for number, text in enumerate(row["text"] for row in rows):
        named = PERSON.sub(rf"\1{WHOSE[number % len(WHOSE)]} \2", text, count=1)
        if named != text:
            changed += 1
            one, two = (assess(report(each, category="suspicious_behaviour"), NOW) for each in (text, named))
            if two.lane == "queue" and one.lane == "queue":
                assert _decided(one) == _decided(two), json.dumps([text, named])
            other = named.replace(WHOSE[number % len(WHOSE)], WHOSE[(number + 1) % len(WHOSE)])
            assert _decided(assess(report(other, category="suspicious_behaviour"), NOW)) == _decided(two), other
    assert changed >= 300


def _decided(found: Assessment) -> tuple[object, ...]:
    weights = [(finding.rule, finding.weight) for finding in found.findings]
    return found.priority, found.score, found.relevant, found.lane, found.codes, lawful_only(weights)


def _swap(word: str, pair: tuple[str, str]) -> str:
    bare = word.strip(".,;:()").lower()
    for one, other in (pair, pair[::-1]):
        if bare == one:
            return word.lower().replace(one, other)
    return word
