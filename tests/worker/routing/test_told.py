"""Who goes first by day and rank, who is told beside the one who has it, and what lies near or may lie elsewhere. Pure."""

from dataclasses import replace
from datetime import date
from math import cos, radians
from typing import Any

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from reporting.domain.area_index import AreaIndex, circle
from reporting.domain.errors import NotYet
from reporting.domain.facts import AreaFacts, Days, OrganisationFacts, Point, RoutingFacts
from tests.worker.made import NOW, STATION, area, room
from worker.routing.choose import choose

CITY, MALL, POLICE = room("city", duty_desk=True), room("mall", level="venue"), room("police", level="police")
PARK = room("park")
ROOMS = [CITY, MALL, POLICE, PARK]
TODAY = (Days(date(2026, 11, 22), date(2026, 11, 22)),)
METRE = 1 / 111_195


def asked(**changes: Any) -> RoutingFacts:
    return replace(RoutingFacts(category="unattended_item", at=NOW, point=STATION), **changes)


def chosen(facts: RoutingFacts, *areas: AreaFacts, rooms: list[OrganisationFacts] | None = None) -> Any:
    return choose(facts, AreaIndex(areas), ROOMS if rooms is None else rooms)


def east(metres: float, accuracy: float | None = None) -> Point:
    return Point(STATION.lat, STATION.lon + metres * METRE / cos(radians(STATION.lat)), accuracy)


def half(key: str, owner: str, side: str, **changes: Any) -> AreaFacts:
    """Everything east or west of the station, a kilometre wide."""
    lon = STATION.lon
    sides = {"west": (lon - 0.02, lon), "east": (lon, lon + 0.02)}
    west, far = sides[side]
    return area(key, owner, geometry=box(west, STATION.lat - 0.01, far, STATION.lat + 0.01), **changes)


def test_an_event_goes_before_smaller_areas_on_its_days_alone() -> None:
    event, usual = area("event", "police", 0.5, days=TODAY, name="Market"), area("usual", "city", 0.1)
    found = chosen(asked(), event, usual)
    assert (found.area_id, found.rule) == ("event", "event.day")
    assert "22 November 2026 and goes before other areas then" in found.reason
    assert [other.why_not for other in found.alternatives] == ["Market goes first on this day."]
    tomorrow = (Days(date(2026, 11, 23), date(2026, 11, 23)),)
    passed = chosen(asked(), replace(event, days=tomorrow), usual)
    assert passed.area_id == "usual"
    assert "not served at this day" in passed.alternatives[0].why_not


def test_the_higher_rank_goes_first_and_size_decides_among_equals() -> None:
    big, small = area("big", "police", 0.5, rank=1), area("small", "city", 0.1)
    found = chosen(asked(), big, small)
    assert (found.area_id, found.rule) == ("big", "area.rank")
    assert "Area big goes first by its rank" in found.alternatives[0].why_not
    assert chosen(asked(), replace(big, rank=0), small).area_id == "small"
    smallest = chosen(asked(), big, replace(small, rank=2))
    assert (smallest.rule, smallest.alternatives[0].why_not) == ("area.smallest", "Larger than Area small.")
    events = [area("e1", "city", 0.1, days=TODAY), area("e2", "police", 0.5, days=TODAY, rank=3)]
    assert chosen(asked(), *events).area_id == "e2"


def test_a_row_that_is_switched_off_or_only_informs_is_never_chosen() -> None:
    off, informs = area("off", "mall", 0.01, enabled=False), area("in", "police", 0.02, part="informed", name="Ring")
    found = chosen(asked(), off, informs, area("city", "city"))
    assert found.organisation_id == "city"
    assert [(each.organisation_id, each.why) for each in found.informed] == [("police", "Is informed of what happens in Ring.")]
    assert found.alternatives == ()


def test_the_rows_desk_and_hours_come_along() -> None:
    found = chosen(asked(), area("a", "city", desk_id="d7"))
    assert (found.desk_id, found.hours) == ("d7", "Served round the clock; it was Sunday 09:00 there.")


def test_a_venues_room_goes_first_and_the_town_is_told() -> None:
    facts = asked(venue_point=STATION, venue_organisation_id="mall", venue_name="Forum")
    found = chosen(facts, area("mall", "mall", 0.001), area("city", "city"), area("police", "police", 0.5))
    assert found.organisation_id == "mall"
    assert [each.organisation_id for each in found.informed] == ["city"]
    assert chosen(replace(facts, alone=True), area("city", "city")).informed == ()


def test_a_circle_over_two_areas_tells_the_other_room_and_says_so() -> None:
    city, park = half("west", "city", "west", name="Centre"), half("east", "park", "east", name="Park")
    found = chosen(asked(point=east(-20, 60)), city, park)
    assert found.organisation_id == "city"
    assert [each.organisation_id for each in found.informed] == ["park"]
    assert "Within 60 m the place may be in Park (Park), and that room is informed." in found.reason
    assert chosen(asked(point=east(-80, 60)), city, park).informed == ()
    assert chosen(asked(point=east(-20)), city, park).informed == (), "a position without an accuracy says nothing of it"
    assert chosen(asked(point=east(-20, 5000)), city, park).informed == (), "so wide a circle would tell everybody"
    other_kind = chosen(asked(point=east(-20, 60)), city, replace(park, categories=("drone",)))
    assert other_kind.informed == ()


def test_who_goes_behind_another_one_wherever_the_circle_reaches_is_not_told() -> None:
    inner, outer = area("inner", "park", 0.05), area("outer", "police", 0.5)
    assert chosen(asked(point=replace(STATION, accuracy_m=100)), inner, outer).informed == ()


def test_a_point_in_no_area_goes_to_the_nearest_within_reach() -> None:
    near, far = half("east", "park", "east", name="Park"), area("far", "city", geometry=box(24.90, 60.16, 24.91, 60.18))
    reaching = [replace(each, nearest_m=250.0) for each in ROOMS]
    found = chosen(asked(point=east(-120)), near, far, rooms=reaching)
    assert (found.area_id, found.rule) == ("east", "area.nearest")
    assert "Park, 120 m away" in found.reason
    assert chosen(asked(point=east(-300)), near, far, rooms=reaching).rule == "duty_desk"
    assert chosen(asked(point=east(-120)), near, far).rule == "duty_desk", "nobody reaches farther than its areas"
    assert chosen(asked(point=east(-120, 150)), near, far).area_id == "east", "the circle of the position reaches it"
    wrong_kind = replace(near, categories=("drone",))
    assert chosen(asked(point=east(-120)), wrong_kind, far, rooms=reaching).rule == "duty_desk"


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(1, 900), st.floats(0, 360))
def test_near_is_near_anywhere_on_the_globe(lat: float, lon: float, metres: float, bearing: float) -> None:
    there = geodesic(meters=metres).destination((lat, lon), bearing)
    spot = area("spot", "city", geometry=box(*_around(there.longitude, there.latitude)))
    index = AreaIndex([spot])
    found = index.near(lat, lon, 1000)
    assert len(found) == 1
    assert found[0][0] == pytest.approx(metres, rel=0.01, abs=1.0)
    assert index.reaching(circle(lat, lon, metres * 1.02 + 1)) == [spot]
    assert index.reaching(circle(lat, lon, metres * 0.97 - 1)) == [] or metres < 40


def _around(lon: float, lat: float) -> tuple[float, float, float, float]:
    return lon - 1e-9, lat - 1e-9, lon + 1e-9, lat + 1e-9


def test_what_may_be_about_staff_is_hidden_from_every_venue_it_may_be_in() -> None:
    facts = asked(about_staff=True, point=east(20, 60))
    mall = half("mall", "mall", "west")
    found = chosen(facts, mall, area("city", "city"))
    assert (found.organisation_id, found.hidden_from) == ("city", ("mall",))
    assert chosen(replace(facts, point=None), mall, area("city", "city")).hidden_from == ("mall",)
    assert chosen(replace(facts, point=east(500, 10)), mall, area("city", "city")).hidden_from == ()
    with pytest.raises(NotYet, match="only organisation"):
        chosen(facts, mall, rooms=[MALL])


rows = st.lists(
    st.builds(
        area,
        st.sampled_from([f"a{n}" for n in range(20)]),
        st.sampled_from(["city", "mall", "police", "park", "gone"]),
        st.sampled_from([0.0002, 0.001, 0.01, 0.1]),
        level=st.sampled_from(["venue", "municipal", "police"]),
        categories=st.sampled_from([None, ("drone",), ("unattended_item",)]),
        part=st.sampled_from(["responsible", "responsible", "informed"]),
        rank=st.integers(-1, 1),
        days=st.sampled_from([(), (), TODAY]),
        enabled=st.sampled_from([True, True, False]),
    ),
    max_size=8,
    unique_by=lambda each: each.id,
)
questions = st.builds(
    asked,
    point=st.sampled_from([None, STATION, replace(STATION, accuracy_m=80), east(40, 60), Point(0.5, 0.5, 30)]),
    venue_point=st.sampled_from([None, None, STATION]),
    venue_organisation_id=st.sampled_from([None, "mall", "police"]),
    about_staff=st.booleans(),
    group_b=st.booleans(),
    alone=st.booleans(),
)


@given(questions, rows, st.randoms(use_true_random=False), st.floats(0, 300))
def test_the_promises_hold_whatever_is_asked(facts: RoutingFacts, areas: list[AreaFacts], chance: Any, reach: float) -> None:
    rooms = [replace(each, nearest_m=reach) for each in ROOMS]
    found = chosen(facts, *areas, rooms=rooms)
    shuffled = chance.sample(areas, len(areas)), chance.sample(rooms, len(rooms))
    assert chosen(facts, *shuffled[0], rooms=shuffled[1]) == found, "the order in which they are given does not matter"
    by_id = {each.id: each for each in areas}
    told = [each.organisation_id for each in found.informed]
    assert found.organisation_id in {each.id for each in ROOMS}, "never nobody"
    assert found.organisation_id not in found.hidden_from and not set(told) & set(found.hidden_from)
    assert found.organisation_id not in told and len(set(told)) == len(told)
    assert not told or not facts.alone
    if facts.about_staff and facts.venue_organisation_id:
        assert facts.venue_organisation_id in found.hidden_from
    if facts.group_b:
        assert not {"police"} & {found.organisation_id, *told}
    if found.area_id and found.rule.startswith("area."):
        best = by_id[found.area_id]
        assert best.part == "responsible" and best.enabled
        if found.rule == "area.smallest":
            rivals = [o for o in areas if o.geometry.intersects(best.geometry) and _fits(o, facts, found) and o.rank >= best.rank]
            point = facts.venue_point or facts.point
            assert point is not None
            here = [o for o in rivals if o.geometry.covers(box(point.lon, point.lat, point.lon, point.lat).centroid)]
            assert all(o.geometry.area >= best.geometry.area or o.rank < best.rank for o in here if not o.days)


def _fits(row: AreaFacts, facts: RoutingFacts, found: Any) -> bool:
    takes = row.categories is None or facts.category in row.categories
    withheld = facts.group_b and row.organisation_id == "police"
    usable = row.part == "responsible" and row.enabled and row.organisation_id != "gone"
    return takes and usable and not withheld and row.organisation_id not in found.hidden_from
