"""Matching: joined only when very near, of the same kind and similar; otherwise shown; nothing is lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.facts import EarlierReport, Hot, IncidentFacts, Point, ReportFacts
from reporting.domain.findings import Match
from tests.worker.made import NOW, STATION, incident, report
from worker.grouping.match import FITS_BOTH, match
from worker.grouping.parameters import DEFAULT_PARAMETERS, Parameters, Window

BAG = "Black backpack under the bench on platform 3"


def near(metres: float, accuracy: float = 18.0) -> Point:
    """A point so many metres north of the station."""
    return Point(STATION.lat + metres / 111_195, STATION.lon, accuracy, "gps")


def item(text: str = BAG, **changes: Any) -> ReportFacts:
    return report(text, **{"category": "unattended_item", "point": STATION, **changes})


def decided(facts: ReportFacts, *candidates: IncidentFacts, parameters: Parameters = DEFAULT_PARAMETERS) -> Match:
    return match(facts, candidates, parameters)


def test_the_same_bag_a_few_metres_away_is_joined_with_reasons() -> None:
    found = decided(item(point=near(20)), incident())
    assert (found.decision, found.incident_id) == ("join", "i1")
    assert found.version == DEFAULT_PARAMETERS.version
    assert found.reasons[0] == "20 m apart: up to 86 m counts as one place, as exact as the two positions are."
    assert "5 min after the last report about it." in found.reasons


def test_nothing_near_opens_a_new_incident() -> None:
    found = decided(item(point=near(900)), incident())
    assert (found.decision, found.incident_id) == ("open", None)
    assert found.reasons
    assert decided(item()).decision == "open"


@pytest.mark.parametrize(
    ("accuracy", "metres", "joined"), [(5, 55, True), (5, 80, False), (74, 150, True), (600, 290, True), (600, 310, False)]
)
def test_the_reach_grows_with_what_positions_are_worth_up_to_300_m(accuracy: float, metres: float, joined: bool) -> None:
    found = decided(item(point=near(metres, accuracy)), incident(point=replace(STATION, accuracy_m=accuracy)))
    assert (found.decision == "join") == joined


def test_other_words_at_the_same_place_and_time_are_one_thing_but_far_and_unlike_is_only_shown() -> None:
    assert decided(item("Something stands here"), incident()).decision == "join"
    assert decided(item("Something stands here", point=near(80)), incident()).decision == "suggest"


def test_an_item_stays_a_candidate_while_it_is_open() -> None:
    later = {"received_at": NOW + timedelta(hours=9)}
    assert decided(item(**later), incident()).decision == "join"
    assert decided(item("Red suitcase by the kiosk", **later), incident()).decision == "suggest"
    assert decided(item(**later), incident(open=False)).decision == "open"


@pytest.mark.parametrize(
    ("category", "minutes", "decision"),
    [
        ("suspicious_behaviour", 29, "join"),
        ("suspicious_behaviour", 31, "open"),
        ("suspicious_vehicle", 19, "join"),
        ("suspicious_vehicle", 21, "open"),
        ("tampering", 200, "join"),
    ],
)
def test_every_kind_has_its_own_time(category: str, minutes: int, decision: str) -> None:
    before = incident(category=category, last_report_at=NOW - timedelta(minutes=minutes), open=True)
    assert decided(item(category=category), before).decision == decision


def test_somebody_who_walks_on_is_found_further_away_but_the_words_must_agree() -> None:
    text = "Man with a red cap tries all car doors"
    before = incident(
        category="suspicious_behaviour",
        last_report_at=NOW - timedelta(minutes=10),
        reports=(EarlierReport(text=text, device="d0"),),
        moving=True,
    )
    walked = {"category": "suspicious_behaviour", "point": near(700)}
    assert decided(item("Man in a red cap is trying car doors", **walked), before).decision == "join"
    assert decided(item("Somebody is filming the bank", **walked), before).decision == "suggest"
    assert decided(item("Man in a red cap is trying car doors", **walked), replace(before, moving=False)).decision == "open"


def test_threats_are_compared_by_their_words_alone() -> None:
    words = "A post says they will blow up the town hall on Friday evening"
    before = incident(category="threat", point=near(9000), reports=(EarlierReport(text=words),))
    assert (
        decided(item("Online post: they will blow up the town hall Friday evening", category="threat"), before).decision == "join"
    )
    assert decided(item("Somebody threatened the bus driver", category="threat"), before).decision == "open"
    assert decided(item("", category="threat", point=near(9000)), before).decision == "open"


def test_opposite_answers_are_shown_side_by_side_and_never_joined() -> None:
    found = decided(item(hot=Hot(obvious="yes")), incident(hot=Hot(obvious="no")))
    assert found.decision == "suggest"
    assert any("contradict" in reason for reason in found.reasons)
    assert decided(item(hot=Hot(obvious="yes")), incident(hot=Hot(obvious="unknown"))).decision == "join"


def test_another_kind_is_shown_where_it_may_be_the_same_thing_and_else_left_alone() -> None:
    assert decided(item(category="suspicious_behaviour"), incident()).decision == "suggest"
    assert decided(item(category="drone"), incident()).decision == "open"


def test_not_the_same_stays_said() -> None:
    assert decided(item(), incident(not_same=True)).decision == "open"


def test_the_same_phone_joins_more_easily_and_says_that_it_is_one_source() -> None:
    facts = item("Still here", point=near(60), device="d0")
    assert decided(replace(facts, device=None), incident()).decision == "suggest"
    found = decided(facts, incident())
    assert found.decision == "join"
    assert "The same phone reported before: one source." in found.reasons


def test_a_place_code_stands_for_the_place() -> None:
    before = incident(place_code="K7QD", point=near(500))
    assert decided(item(place_code="K7QD"), before).decision == "join"
    assert decided(item(place_code="K7QE"), before).decision == "open"


def test_without_positions_the_words_must_tell() -> None:
    assert decided(item(point=None), incident()).decision == "join"
    assert decided(item("Something", point=None), incident()).decision == "open"
    assert decided(item("Something", point=None, venue_id="v1"), incident(venue_id="v1")).decision == "suggest"


def test_something_else_is_only_joined_when_the_words_agree() -> None:
    before = incident(category="other")
    assert decided(item("Water on the floor", category="other"), before).decision == "suggest"
    assert decided(item(category="other"), before).decision == "join"
    silent = incident(category="other", reports=())
    assert decided(item("", category="other"), silent).decision == "join", "a flood of taps is one thing"
    assert decided(item("", category="other", received_at=NOW + timedelta(minutes=20)), silent).decision == "suggest"


@pytest.mark.parametrize("changes", [{"default_location": True}, {"point": Point(60.1713, 24.9415, 5000.0)}])
def test_a_position_that_says_nothing_joins_nothing(changes: dict[str, Any]) -> None:
    assert decided(item("", **changes), incident()).decision == "open"
    assert decided(item("Something else entirely", **changes), incident()).decision == "open"
    assert decided(item(**changes), incident()).decision == "join"


def test_a_stack_of_unrelated_reports_at_one_point_does_not_become_one_incident() -> None:
    kinds = ["unattended_item", "suspicious_vehicle", "tampering", "drone", "other", "threat"]
    stack = [incident(f"s{i}", category=kind, reports=()) for i, kind in enumerate(kinds)]
    found = decided(item("A new thing"), *stack)
    assert found.decision == "suggest"
    assert any("exactly this point" in reason for reason in found.reasons)


def test_a_kind_we_do_not_know_joins_only_at_the_address_and_soon_and_where_it_is_quiet() -> None:
    before = incident(category="Street light out", reports=())
    facts = item("", category="Street light out")
    assert decided(facts, before).decision == "join"
    assert decided(replace(facts, point=near(10)), before).decision == "join"
    assert decided(replace(facts, point=near(20)), before).decision == "open"
    assert decided(replace(facts, received_at=NOW + timedelta(hours=2)), before).decision == "open"
    busy = incident("i2", category="Pothole", reports=(), last_report_at=NOW - timedelta(days=3))
    assert decided(facts, before, busy).decision == "suggest"


def test_a_calibrated_type_goes_by_its_own_windows() -> None:
    fitted = Parameters(types={"Street light out": Window(48 * 3600.0, distance_m=60.0)})
    before = incident(category="Street light out", reports=(), last_report_at=NOW - timedelta(hours=40))
    facts = item("", category="Street light out", point=near(55))
    assert decided(facts, before, parameters=fitted).decision == "join"
    assert decided(facts, before).decision == "open"


def test_copies_far_away_are_shown() -> None:
    text = "There is a van full of gas bottles behind the market hall, please come"
    before = incident(reports=(EarlierReport(text=text),))
    assert decided(item(text + " now", point=near(5000)), before).decision == "suggest"


categories = st.sampled_from(["unattended_item", "suspicious_behaviour", "threat", "other", "Pothole"])
points = st.none() | st.builds(
    Point, st.floats(60.170, 60.173), st.floats(24.940, 24.943), st.none() | st.floats(0, 2000), st.sampled_from([None, "gps"])
)
words = st.sampled_from(["", BAG, "black backpack", "man tries doors", "they will blow up the hall", "!!!"])
answers = st.sampled_from(["yes", "no", "unknown"])
hots = st.builds(Hot, answers, answers, answers)
devices = st.sampled_from([None, "d1", "d2"])
incidents = st.lists(
    st.builds(
        IncidentFacts,
        id=st.sampled_from([f"i{n}" for n in range(40)]),
        category=categories,
        opened_at=st.just(NOW - timedelta(hours=1)),
        last_report_at=st.integers(0, 400).map(lambda minutes: NOW - timedelta(minutes=minutes)),
        point=points,
        open=st.booleans(),
        hot=hots,
        reports=st.lists(st.builds(EarlierReport, device=devices, text=words), max_size=3).map(tuple),
        moving=st.booleans(),
        default_location=st.booleans(),
        not_same=st.booleans(),
    ),
    max_size=7,
    unique_by=lambda each: each.id,
)
reports = st.builds(
    ReportFacts,
    id=st.just("r"),
    category=categories,
    received_at=st.just(NOW),
    description=words,
    point=points,
    hot=hots,
    device=devices,
    moving=st.booleans(),
    default_location=st.booleans(),
)


@given(reports, incidents, st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(facts: ReportFacts, candidates: list[IncidentFacts], random: Any) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert match(facts, candidates, DEFAULT_PARAMETERS) == match(facts, shuffled, DEFAULT_PARAMETERS)


@given(reports, incidents)
def test_what_is_joined_may_be_joined(facts: ReportFacts, candidates: list[IncidentFacts]) -> None:
    found = match(facts, candidates, DEFAULT_PARAMETERS)
    assert 0 <= found.score <= 1
    assert found.reasons
    assert (found.incident_id is None) == (found.decision == "open")
    if found.decision == "join":
        joined = next(each for each in candidates if each.id == found.incident_id)
        assert joined.category == facts.category
        assert not joined.not_same
        assert {facts.hot.obvious, joined.hot.obvious} != {"yes", "no"}


@given(reports, incidents)
def test_a_candidate_marked_not_the_same_is_as_if_it_were_not_there(facts: ReportFacts, candidates: list[IncidentFacts]) -> None:
    marked = [replace(each, not_same=True) for each in candidates]
    assert match(facts, marked, DEFAULT_PARAMETERS).decision == "open"


def test_a_report_that_fits_two_incidents_joins_one_and_names_the_other() -> None:
    first, second = incident("i1", point=near(-15)), incident("i2", point=near(20))
    found = decided(item(), first, second)
    assert (found.decision, found.incident_id) == ("join", "i1")
    (other,) = found.suggestions
    assert other.incident_id == "i2" and other.reasons[0] == FITS_BOTH


def test_words_that_have_nothing_in_common_are_said_so_and_never_as_a_share() -> None:
    found = decided(item("Pink suitcase, kiosk"), incident())
    assert "The words have little in common." in found.reasons
    assert not any("%" in reason for reason in found.reasons)


def test_one_danger_is_one_incident_whatever_kind_was_picked_and_however_people_run() -> None:
    attack = {"signs": ("danger.attack",), "category": "other", "point": near(250)}
    before = incident(category="suspicious_behaviour", reports=(EarlierReport(text="stabbing", signs=("danger.attack",)),))
    found = decided(item("People run from a man with a knife", **attack), before)
    assert found.decision == "join"
    assert "Both tell of an attack on people." in found.reasons
    assert decided(item("Something else", **{**attack, "signs": ()}), before).decision != "join"


def test_words_with_little_in_common_are_joined_only_soon_after_each_other() -> None:
    box = "A taped cardboard box under the timetable board. It has been there since I arrived."
    case = "A blue suitcase stands by the queue barrier. Its owner may be in the queue, I did not ask."
    known = incident(category="unattended_item", point=STATION, text=box, reports=(EarlierReport(id="r1", text=box),))
    decisions = {}
    for minutes in (5, 50, 61, 230):
        facts = item(case, point=STATION, received_at=NOW + timedelta(minutes=minutes))
        decisions[minutes] = decided(facts, known).decision
    assert decisions == {5: "join", 50: "join", 61: "suggest", 230: "suggest"}
