"""A relay that is stopped in its tracks takes nobody's clock with it: a worker drains and escalates in its place."""

import signal
import time

import pytest

from tests.chaos.clients import Entry, Wire, spots
from tests.chaos.ground import eventually, signal_to
from tests.chaos.harness import System

pytestmark = [pytest.mark.chaos, pytest.mark.db, pytest.mark.redis]

ESCALATED_SECONDS = 30.0
"""The promise: with a frozen relay an immediate incident still climbs its ladder within thirty seconds."""
PLACES = list(spots(60.27, 24.71, 2, 2))
SHOTS = "A man with a gun is shooting at people in front of the door right now"
LADDER = "select count(*) from escalation e join report r on r.incident_id = e.incident_id where r.description like '{words}%'"


def danger(words: str, place: dict[str, object]) -> Entry:
    return Entry({"category": "threat", "description": words, "location": place})


def steps(system: System, words: str) -> int:
    return system.count(LADDER.format(words=words))


def test_a_frozen_relay_is_stood_in_for_and_may_come_back(system: System) -> None:
    stopped = system.pause("relay")
    began = time.monotonic()
    try:
        entry = danger(SHOTS, PLACES[0])
        system.ledger([entry])
        with Wire(system.port) as wire:
            entry.insist(wire)
        took = eventually("it climbs its ladder", lambda: steps(system, SHOTS) > 0, ESCALATED_SECONDS, system.tail)
        print(f"escalated after {took:.1f} s, {time.monotonic() - began:.1f} s after the relay froze")
        eventually("the silence is seen", lambda: "relay is silent" in system.problems(), ESCALATED_SECONDS)
        before = steps(system, SHOTS)
    finally:
        signal_to(stopped, signal.SIGCONT)
    eventually("the relay is back", system.is_ready, 30, system.tail)
    assert system.process("relay").pid == stopped, "it was not replaced, it came back"
    time.sleep(2)
    assert steps(system, SHOTS) == before, "what was done in its place is not done again"


def test_a_killed_relay_goes_on_where_the_ladder_stood(system: System) -> None:
    words = "Another man with a gun is shooting at people near the stairs right now"
    entry = danger(words, PLACES[1])
    system.ledger([entry])
    with Wire(system.port) as wire:
        entry.insist(wire)
        system.kill("relay")
    eventually("it climbs its ladder", lambda: steps(system, words) > 0, ESCALATED_SECONDS, system.tail)
    different = "count(distinct (incident_id, kind, coalesce(target_id, organisation_id)))"
    doubled = f"select count(*) - {different} as count from escalation"
    assert system.count(doubled) == 0
