"""Choosing a room: the smallest area that takes it, past a venue's own staff, never nobody, always a reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.area_index import AreaIndex
from reporting.domain.facts import AreaFacts, Hours, OrganisationFacts, Point, RoutingFacts
from reporting.domain.findings import Choice
from tests.worker.made import NOW, STATION, area, room
from worker.routing.choose import choose

CITY, MALL, POLICE, DUTY = (
    room("city"),
    room("mall", level="venue"),
    room("police", level="police"),
    room("duty", duty_desk=True),
)
ROOMS = [CITY, MALL, POLICE, DUTY]


def asked(**changes: Any) -> RoutingFacts:
    return replace(RoutingFacts(category="unattended_item", at=NOW, point=STATION), **changes)


def chosen(facts: RoutingFacts, *areas: AreaFacts, rooms: list[OrganisationFacts] | None = None) -> Choice:
    return choose(facts, AreaIndex(areas), ROOMS if rooms is None else rooms)


def test_the_smallest_area_wins_and_says_why() -> None:
    found = chosen(asked(), area("big", "city", 0.5), area("small", "police", 0.1, name="Station district"))
    assert (found.organisation_id, found.area_id, found.rule) == ("police", "small", "area.smallest")
    assert "Station district, version 1" in found.reason
    assert [(other.area_id, other.why_not) for other in found.alternatives] == [("big", "Larger than Station district.")]


def test_an_area_takes_only_its_kinds() -> None:
    drones = area("small", "police", 0.1, categories=("drone",))
    found = chosen(asked(), area("big", "city", 0.5), drones)
    assert found.organisation_id == "city"
    assert "not taken here" in found.alternatives[0].why_not
    assert chosen(asked(category="drone"), area("big", "city", 0.5), drones).organisation_id == "police"


def test_a_version_is_valid_from_its_first_moment_until_before_its_last() -> None:
    old = area("a1", "city", valid_until=NOW)
    new = area("a2", "police", valid_from=NOW, version=2)
    assert chosen(asked(), old, new).area_id == "a2"
    assert chosen(asked(at=NOW - timedelta(seconds=1)), old, new).area_id == "a1"


def test_hours_are_local_and_run_past_midnight() -> None:
    # Sunday 22 November 2026, 11:00 in Helsinki; the night shift runs from Saturday 20:00 to Sunday 12:00.
    night = area("night", "mall", 0.01, hours=(Hours(5, 20 * 60, 12 * 60),), timezone="Europe/Helsinki")
    assert chosen(asked(), night, area("city", "city")).organisation_id == "mall"
    noon = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    found = chosen(asked(at=noon), night, area("city", "city"))
    assert found.organisation_id == "city"
    assert "not served at this hour" in found.alternatives[0].why_not


def test_a_place_code_beats_the_phone() -> None:
    elsewhere = Point(61.5, 23.8)
    facts = asked(point=elsewhere, venue_id="v", venue_name="Forum", venue_point=STATION)
    assert chosen(facts, area("here", "city")).area_id == "here"
    own = chosen(replace(facts, venue_organisation_id="mall"), area("here", "city"))
    assert (own.organisation_id, own.rule) == ("mall", "venue.own")
    assert "Forum" in own.reason


def test_a_report_about_staff_goes_past_the_venues_own_organisation() -> None:
    facts = asked(venue_point=STATION, venue_organisation_id="mall", about_staff=True)
    found = chosen(facts, area("inside", "mall", 0.001), area("city", "city"))
    assert found.organisation_id == "city"
    assert "its staff" in found.reason
    assert all(other.organisation_id == "mall" for other in found.alternatives)
    nobody_else = chosen(facts, area("inside", "mall", 0.001), rooms=[MALL, DUTY])
    assert nobody_else.organisation_id == "duty"


def test_a_venues_room_with_areas_takes_only_what_they_take() -> None:
    facts = asked(category="threat", venue_point=STATION, venue_organisation_id="mall")
    limited = area("inside", "mall", 0.001, categories=("unattended_item",))
    assert chosen(facts, limited, area("city", "city")).organisation_id == "city"


def test_lawful_behaviour_goes_to_no_police_by_itself() -> None:
    areas = [area("small", "police", 0.01), area("city", "city")]
    assert chosen(asked(), *areas).organisation_id == "police"
    found = chosen(asked(group_b=True), *areas)
    assert found.organisation_id == "city"
    assert "recorded a fact" in found.alternatives[0].why_not


def test_nothing_matching_is_the_duty_desk_with_its_reason() -> None:
    nowhere = chosen(asked(point=Point(10, 10)), area("city", "city"))
    assert (nowhere.organisation_id, nowhere.area_id, nowhere.rule) == ("duty", None, "duty_desk")
    assert "no area contains this place" in nowhere.reason
    assert "no position" in chosen(asked(point=None), area("city", "city")).reason


def test_somebody_stands_in_where_there_is_no_duty_desk() -> None:
    assert chosen(asked(point=None), rooms=[POLICE, CITY, MALL]).organisation_id == "city"
    found = chosen(asked(point=None, group_b=True), rooms=[POLICE])
    assert found.organisation_id == "police", "nobody would be worse"
    inactive = replace(DUTY, active=False)
    assert chosen(asked(point=None), rooms=[inactive, MALL]).organisation_id == "mall"


def test_no_room_at_all_is_refused() -> None:
    with pytest.raises(LookupError, match="no organisation"):
        chosen(asked(), area("city", "city"), rooms=[])


def test_an_area_of_an_unknown_or_inactive_room_is_passed() -> None:
    gone = replace(CITY, active=False)
    assert chosen(asked(), area("a", "city"), area("b", "nobody"), rooms=[gone, DUTY]).organisation_id == "duty"


many_areas = st.lists(
    st.builds(
        area,
        st.sampled_from([f"a{n}" for n in range(20)]),
        st.sampled_from(["city", "mall", "police", "gone"]),
        st.sampled_from([0.001, 0.01, 0.1, 0.5]),
        categories=st.sampled_from([None, ("drone",), ("unattended_item",)]),
        valid_until=st.sampled_from([None, NOW, NOW + timedelta(days=1)]),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)
questions = st.builds(
    asked,
    point=st.sampled_from([None, STATION, Point(0.5, 0.5)]),
    venue_point=st.sampled_from([None, STATION]),
    venue_organisation_id=st.sampled_from([None, "mall", "police"]),
    about_staff=st.booleans(),
    group_b=st.booleans(),
)


@given(questions, many_areas, st.randoms(use_true_random=False))
def test_there_is_always_one_and_the_order_does_not_matter(facts: RoutingFacts, areas: list[AreaFacts], random: Any) -> None:
    found = chosen(facts, *areas)
    rooms = list(ROOMS)
    random.shuffle(rooms)
    random.shuffle(areas)
    assert chosen(facts, *areas, rooms=rooms) == found
    assert found.reason.endswith(".")
    assert all(other.why_not for other in found.alternatives)
    if facts.about_staff and facts.venue_organisation_id:
        assert found.organisation_id != facts.venue_organisation_id
    if facts.group_b:
        assert found.organisation_id != "police"
