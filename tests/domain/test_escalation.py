"""The ladder: never to nobody, never down, nobody twice, and it ends at the list of numbers; whatever comes and goes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.domain.escalation import (
    RUNGS,
    Ladder,
    Pace,
    Place,
    Presence,
    Step,
    Taken,
    Unacknowledged,
    above,
    climbed,
    ended,
    next_look,
    next_step,
    step_by_hand,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PACE: Pace = {1: MINUTE, 2: 5 * MINUTE, 3: None, 4: None}
NORTH, SOUTH, WEST = Place("north", "Desk North"), Place("south", "Desk South"), Place("west", "Desk West")
POLICE, NATIONAL = Place("police", "Police room"), Place("national", "National room")
LADDER = Ladder((NORTH, SOUTH, WEST), (POLICE, NATIONAL))
EVERYBODY = Presence(frozenset(("north", "south", "west")), True, frozenset(("police", "national")))


def waiting(**changes: object) -> Unacknowledged:
    told = {"id": "1", "priority": 1, "due_at": NOON + MINUTE, "desk_id": "north", **changes}
    return Unacknowledged(**told)  # type: ignore[arg-type]


def walk(incident: Unacknowledged, presence: Presence, until: datetime) -> list[tuple[timedelta, str, str | None]]:
    """Every step second by second, as (time after noon, kind, target)."""
    found, now = [], NOON
    while now <= until:
        while (step := next_step(incident, LADDER, presence, now, PACE)) is not None:
            found.append((now - NOON, step.kind, step.target))
            incident = climbed(incident, step, now)
        now += timedelta(seconds=1)
    return found


def test_an_immediate_incident_climbs_a_rung_each_minute() -> None:
    assert walk(waiting(), EVERYBODY, NOON + 9 * MINUTE) == [
        (1 * MINUTE, "desk", "south"),
        (2 * MINUTE, "supervisor", None),
        (3 * MINUTE, "organisation", "police"),
        (4 * MINUTE, "organisation", "national"),
        (5 * MINUTE, "phone_list", None),
    ]


def test_a_priority_incident_climbs_more_slowly() -> None:
    steps = walk(waiting(priority=2, due_at=NOON + 5 * MINUTE), EVERYBODY, NOON + 16 * MINUTE)
    assert [at for at, _kind, _target in steps] == [5 * MINUTE, 10 * MINUTE, 15 * MINUTE]


@pytest.mark.parametrize("priority", [3, 4])
def test_what_is_not_urgent_climbs_no_ladder(priority: int) -> None:
    incident = waiting(priority=priority, due_at=NOON)
    assert walk(incident, Presence(), NOON + 60 * MINUTE) == []
    assert next_look(incident, NOON, PACE) is None


def test_a_desk_with_nobody_is_left_at_once() -> None:
    (first,) = walk(waiting(), Presence(frozenset(("west",))), NOON + timedelta(seconds=30))
    assert first == (timedelta(0), "desk", "west")


def test_the_reason_names_who_is_missing() -> None:
    step = next_step(waiting(), LADDER, Presence(frozenset(("south",))), NOON, PACE)
    assert step is not None and step.text == "Escalated to Desk South: nobody is at Desk North."


def test_where_nobody_is_anywhere_the_numbers_are_shown_at_once() -> None:
    assert walk(waiting(), Presence(), NOON) == [(timedelta(0), "phone_list", None)]


def test_who_leaves_after_being_told_is_passed_at_once() -> None:
    incident = climbed(waiting(), Step("supervisor", None, "the supervisor", ""), NOON)
    step = next_step(incident, LADDER, Presence(frozenset(("north",)), False, frozenset(("national",))), NOON, PACE)
    assert step is not None and (step.kind, step.target) == ("organisation", "national")


def test_immediate_danger_goes_to_the_room_above_from_the_first_moment() -> None:
    steps = walk(waiting(immediate_danger=True), EVERYBODY, NOON + 9 * MINUTE)
    assert steps[0] == (timedelta(0), "together", "police")
    assert [target for _at, kind, target in steps if kind == "organisation"] == ["national"]
    assert walk(waiting(immediate_danger=True), Presence(), NOON)[0][1:] == ("together", "police")


def test_a_room_that_it_is_hidden_from_is_never_told() -> None:
    steps = walk(waiting(immediate_danger=True, hidden_from=frozenset(("police",))), EVERYBODY, NOON + 9 * MINUTE)
    assert "police" not in {target for _at, _kind, target in steps} and steps[0][1:] == ("together", "national")


def test_by_hand_it_goes_above_the_desks_without_waiting() -> None:
    step = step_by_hand(waiting(due_at=None), LADDER, EVERYBODY, "I need a second pair of eyes.")
    assert step is not None and (step.kind, step.text) == (
        "supervisor",
        "Escalated to the supervisor: I need a second pair of eyes.",
    )


def test_by_hand_it_goes_to_whoever_came_after_the_ladder_had_ended() -> None:
    over = waiting(taken=(Taken("phone_list", None, NOON),))
    assert step_by_hand(over, LADDER, EVERYBODY, "Morning.").kind == "supervisor"
    rooms = Presence(frozenset(), False, frozenset(("national",)))
    assert step_by_hand(over, LADDER, rooms, "Morning.").target == "national"
    assert step_by_hand(over, LADDER, Presence(frozenset(), False, frozenset()), "Night.").kind == "phone_list"


@pytest.mark.parametrize(
    ("start", "named", "duty", "found"),
    [
        ("mall", {}, "city", ("city",)),
        ("city", {}, "city", ()),
        ("mall", {"city": "police", "police": "national"}, "city", ("city", "police", "national")),
        ("city", {"city": "police"}, "city", ("police",)),
        ("mall", {"mall": "police", "police": "mall"}, "city", ("police",)),
        ("mall", {}, None, ()),
    ],
)
def test_the_rooms_above(start: str, named: dict[str, str | None], duty: str | None, found: tuple[str, ...]) -> None:
    assert above(start, named, duty) == found


somebody = st.builds(
    Presence,
    desks=st.frozensets(st.sampled_from(["north", "south", "west"])),
    supervisor=st.booleans(),
    organisations=st.frozensets(st.sampled_from(["police", "national"])),
)
comings = st.lists(st.tuples(st.integers(0, 200), somebody), min_size=1, max_size=40)
incidents = st.builds(
    waiting,
    priority=st.sampled_from([1, 2]),
    desk_id=st.sampled_from(["north", "south", "west", None]),
    immediate_danger=st.booleans(),
    hidden_from=st.frozensets(st.sampled_from(["police", "national"])),
)


def told(step: Step, presence: Presence) -> bool:
    """Whether somebody is there to be told."""
    there = {"desk": step.target in presence.desks, "supervisor": presence.supervisor}
    return {**there, "organisation": step.target in presence.organisations}.get(step.kind, True)


@given(incidents, comings)
def test_whoever_comes_and_goes_the_ladder_keeps_its_promises(
    incident: Unacknowledged, moments: list[tuple[int, Presence]]
) -> None:
    now, steps = NOON, []
    for seconds, presence in moments:
        now += timedelta(seconds=seconds)
        while (step := next_step(incident, LADDER, presence, now, PACE)) is not None:
            assert told(step, presence), "never to nobody"
            assert step.target not in incident.hidden_from
            steps.append(step)
            incident = climbed(incident, step, now)
    assert len({(step.kind, step.target) for step in steps}) == len(steps), "nobody twice"
    rungs = [RUNGS[step.kind] for step in steps if step.kind != "together"]
    assert rungs == sorted(rungs), "never down"
    rooms = [step.target for step in steps if step.kind == "organisation"]
    assert rooms == [room.id for room in LADDER.above if room.id in rooms]
    assert all(step.kind != "phone_list" for step in steps[:-1]) and len(steps) <= 6


@given(incidents, somebody)
def test_left_alone_every_ladder_ends_at_the_numbers(incident: Unacknowledged, presence: Presence) -> None:
    now = NOON
    for _ in range(20):
        while (step := next_step(incident, LADDER, presence, now, PACE)) is not None:
            incident = climbed(incident, step, now)
        look = next_look(incident, now, PACE)
        if look is None:
            break
        assert look > now, "the clock always runs on"
        now = look
    assert ended(incident) and incident.taken[-1].kind == "phone_list"


@given(incidents, somebody, st.integers(0, 1000))
def test_the_same_facts_give_the_same_step(incident: Unacknowledged, presence: Presence, seconds: int) -> None:
    now = NOON + timedelta(seconds=seconds)
    assert next_step(incident, LADDER, presence, now, PACE) == next_step(incident, LADDER, presence, now, PACE)
