"""What phones see while a part is away: Redis is not missed, and without the database there is a clean 503 and no doubles."""

import os
import signal
import time

import pytest

from tests.chaos.clients import Answer, Wire, bags, spots
from tests.chaos.ground import signal_to
from tests.chaos.harness import System
from tests.chaos.verdict import judge, seconds_to_routed

pytestmark = [pytest.mark.chaos, pytest.mark.db, pytest.mark.redis]

REDIS_AWAY_SECONDS = float(os.environ.get("CHAOS_REDIS_AWAY_SECONDS", "30"))
DATABASE_AWAY_SECONDS = float(os.environ.get("CHAOS_DATABASE_AWAY_SECONDS", "6"))
FROZEN_SECONDS = 6.0
RATE = 15.0
ROUTED_SECONDS = 10.0
"""The promise: with Redis down a report waits ten seconds at most."""
REFUSED_SECONDS = 3.0
"""The promise: without a database a phone is sent away within three seconds, and told when to come again."""
PLACES = list(spots(60.20, 24.81, 4, 8))


def test_without_redis_everything_is_accepted_and_routed(system: System) -> None:
    assert system.redis is not None
    bodies = bags(int(RATE * REDIS_AWAY_SECONDS), PLACES)
    system.redis.stay_away()
    try:
        with system.crowd(bodies, RATE) as crowd:
            ledger = crowd.finish()
    finally:
        system.redis.come_back()
    assert ledger.statuses == {201}
    assert sum(len(entry.faults) for entry in ledger.entries) == 0
    judge(system, ledger)
    waited = seconds_to_routed(system, ledger)
    print(f"routed after {max(waited):.1f} s at most")
    assert max(waited) <= ROUTED_SECONDS


def test_with_redis_frozen_everything_is_accepted_and_routed(system: System) -> None:
    """A Redis that takes connections and answers nothing, like one behind a broken network."""
    frozen = system.pause("redis")
    try:
        with system.crowd(bags(int(RATE * FROZEN_SECONDS), PLACES, "A white box in the hall"), RATE) as crowd:
            ledger = crowd.finish()
    finally:
        signal_to(frozen, signal.SIGCONT)
    assert ledger.statuses == {201}
    judge(system, ledger)
    waited = seconds_to_routed(system, ledger)
    print(f"routed after {max(waited):.1f} s at most")
    assert max(waited) <= ROUTED_SECONDS


def test_without_the_database_phones_are_told_to_come_again(system: System) -> None:
    bodies = bags(int(RATE * (DATABASE_AWAY_SECONDS + 4)), PLACES, "A blue rucksack under the bench")
    with system.crowd(bodies, RATE) as crowd:
        time.sleep(2)
        with system.database_away():
            ready, pages = [], []
            until = time.monotonic() + DATABASE_AWAY_SECONDS
            while time.monotonic() < until:
                ready.append(one(system, "/health/ready"))
                pages.append(one(system, "/api/v1/incidents", system.signed("aino")))
                assert one(system, "/health/live").status == 200
                time.sleep(0.5)
    ledger = crowd.finish()
    assert {answer.status for answer in ready + pages} == {503}
    assert ledger.answers(503), "nobody noticed"
    assert ledger.statuses <= {200, 201, 503}
    refused = ledger.answers(503) + ready + pages
    assert all(float(answer.headers["retry-after"]) > 0 for answer in ledger.answers(503) + pages)
    print(f"{len(refused)} refused, after {max(answer.seconds for answer in refused):.2f} s at most")
    assert max(answer.seconds for answer in refused) <= REFUSED_SECONDS
    assert [fault for entry in ledger.entries for fault in entry.faults] == [], "a connection broke"
    judge(system, ledger)


def test_a_frozen_database_hangs_nobody(system: System) -> None:
    bodies = bags(360, PLACES, "A red suitcase at the gate")
    with system.crowd(bodies, 40, clients=24) as crowd:
        time.sleep(2)
        with system.database_frozen():
            time.sleep(FROZEN_SECONDS)
    ledger = crowd.finish()
    refused = ledger.answers(503)
    print(f"{len(refused)} refused, after {max(answer.seconds for answer in refused):.2f} s at most")
    assert ledger.statuses <= {200, 201, 503}
    assert [fault for entry in ledger.entries for fault in entry.faults] == [], "a connection broke"
    assert max(answer.seconds for answer in refused) <= REFUSED_SECONDS
    judge(system, ledger)


def one(system: System, path: str, headers: dict[str, str] | None = None) -> Answer:
    """One question on a connection of its own; a fault is the test's failure."""
    with Wire(system.port) as wire:
        return wire.ask("GET", path, headers=headers)
