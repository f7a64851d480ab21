"""What a joined report brings: each piece of news with its reason, raising as far as it may and lowering nothing."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.attention import HIGHEST_BY_ONE_SOURCE, News, raised_by
from reporting.domain.facts import EarlierReport, Hot, Point
from reporting.services.attention import Arrival, heed
from tests.worker.made import NOW, STATION, incident, report
from worker.grouping.news import news

CALM = Hot(hidden="no", obvious="no", typical="yes")


def told(facts: Any, before: Any) -> str:
    return " ".join(each.reason for each in news(facts, before))


def test_a_sign_that_nobody_told_of_is_news_once() -> None:
    before = incident(reports=(EarlierReport(text="a bag", signs=("item.wires",)),))
    facts = report("bag with a battery", signs=("item.wires", "item.battery"), point=STATION)
    assert told(facts, before) == "This report is the first to tell of a battery."
    known = replace(before, reports=(*before.reports, EarlierReport(signs=("item.battery",))))
    assert told(facts, known) == ""


def test_what_only_sounds_urgent_is_no_sign_of_danger() -> None:
    assert news(report(signs=("behaviour.PHOTO", "vehicle.odd"), point=STATION), incident()) == ()


@pytest.mark.parametrize(
    ("hot", "filer", "steps", "at_least"),
    [
        (Hot(obvious="yes"), "staff", 0, 2),
        (Hot(hidden="yes"), "staff", 1, None),
        (CALM, "control_room", 0, None),
    ],
)
def test_what_trained_staff_saw_is_news(hot: Hot, filer: Any, steps: int, at_least: int | None) -> None:
    (found,) = news(report(hot=hot, filer=filer, point=STATION), incident())
    assert (found.steps, found.at_least) == (steps, at_least)
    assert "staff" in found.reason


def test_an_anonymous_harmless_is_no_news() -> None:
    assert news(report(hot=CALM, point=STATION), incident()) == ()


def test_who_moves_on_is_told_and_a_crowd_around_is_not() -> None:
    away = Point(STATION.lat + 0.002, STATION.lon, 10.0, "gps")
    assert "222 m" in told(report(point=away, moving=True), incident())
    assert told(report(point=away), incident()) == ""
    assert "place code" in told(report(place_code="K7QE", point=STATION), incident(place_code="K7QD"))


found_news = st.builds(News, st.just("Why."), st.integers(0, 2), st.sampled_from([None, 1, 2, 3]))


@given(st.integers(1, 4), st.lists(found_news, max_size=4))
def test_news_never_lowers_and_never_opens_the_first_priority(priority: int, found: list[News]) -> None:
    raised, why = raised_by(priority, found)
    assert raised <= priority
    assert raised >= min(priority, HIGHEST_BY_ONE_SOURCE)
    assert (why is None) == (raised == priority)


def values(**changes: Any) -> dict[str, Any]:
    plain = {"id": "i", "priority": 3, "priority_overridden": False, "independent_sources": 2, "version": 1, "one_network": False}
    return plain | changes


def test_each_reason_stands_on_the_timeline_once() -> None:
    row = values()
    found = (News("First to tell of wires.", steps=1), News("Now reported 300 m from where it began."))
    lines = heed(row, Arrival("r", NOW, 3, "", found), before=1)
    assert row["priority"] == 2 and row["version"] == 2
    assert [(line["kind"], line["text"]) for line in lines] == [
        ("raised", "Priority 3 to 2: First to tell of wires."),
        ("attention", "Now reported 300 m from where it began."),
    ]


def test_where_an_operator_set_the_priority_news_is_a_line_and_no_more() -> None:
    row = values(priority_overridden=True, independent_sources=4)
    lines = heed(row, Arrival("r", NOW, 1, "An attack.", (News("First to tell of wires.", steps=1),)), before=3)
    assert row["priority"] == 3
    assert [line["kind"] for line in lines] == ["attention", "attention"]
    assert any("4 independent sources" in line["text"] for line in lines)


def test_many_sources_on_one_network_say_so_even_at_the_top() -> None:
    row = values(priority=1, independent_sources=4, one_network=True)
    (line,) = heed(row, Arrival("r", NOW, 1, ""), before=3)
    assert line["kind"] == "attention" and "Many devices, one network" in line["text"]
    assert heed(row, Arrival("r", NOW, 1, ""), before=4) == []
