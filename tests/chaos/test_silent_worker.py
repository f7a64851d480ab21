"""A worker that is stopped in its tracks is noticed, its work is done by the relay, and its return doubles nothing."""

import signal
import time
from collections.abc import Iterator

import pytest

from tests.chaos.clients import Entry, Wire, bags, spots
from tests.chaos.ground import eventually, signal_to
from tests.chaos.harness import System
from tests.chaos.verdict import judge, seconds_to_routed

pytestmark = [pytest.mark.chaos, pytest.mark.db, pytest.mark.redis]

DRAINED_SECONDS = 10.0
"""The promise: what a silent worker leaves lying is done within ten seconds."""
RED_SECONDS = 30.0
"""The promise: within thirty seconds /health/ready says that it is silent."""
PLACES = list(spots(60.22, 24.81, 4, 8))
SLOW = """
create function slow() returns trigger language plpgsql as $$
begin
  if exists (select 1 from report where id = new.report_id and description like 'Slow bag%') then
    perform pg_sleep(1);
  end if;
  return new;
end $$;
create trigger slow before insert on assessment for each row execute function slow();
"""
ASSESSING = "select count(*) from pg_stat_activity where application_name = 'reporting-worker' and wait_event = 'PgSleep'"


def test_a_stopped_worker_is_noticed_and_replaced_and_may_come_back(system: System) -> None:
    stopped = system.pause("worker")
    began = time.monotonic()
    try:
        with system.crowd(bags(60, PLACES, "A green crate by the stairs"), rate=10) as crowd:
            ledger = crowd.finish()
        left = RED_SECONDS - (time.monotonic() - began)
        eventually("/health/ready is red", lambda: system.answer_of("/health/ready") == 503, left)
        print(f"red after {time.monotonic() - began:.1f} s")
        assert system.problems() == ["worker is silent"]
        waited = seconds_to_routed(system, ledger)
        print(f"routed after {max(waited):.1f} s at most")
        assert max(waited) <= DRAINED_SECONDS
    finally:
        signal_to(stopped, signal.SIGCONT)
    eventually("the worker is back", system.is_ready, 30, system.tail)
    assert system.process("worker").pid == stopped, "it was not replaced, it came back"
    judge(system, ledger)


def test_a_stopped_clock_is_noticed(system: System) -> None:
    """The workers' pulses are beaten by it, so its silence is theirs."""
    stopped = system.pause("beat")
    try:
        took = eventually("/health/ready is red", lambda: system.answer_of("/health/ready") == 503, RED_SECONDS)
        print(f"red after {took:.1f} s")
        silent = {f"{name} is silent" for name in ("worker", "worker-media", "worker-delivery")}
        assert silent & set(system.problems())
    finally:
        signal_to(stopped, signal.SIGCONT)
    eventually("the clock is back", system.is_ready, 30, system.tail)


@pytest.fixture
def slow_triage(system: System) -> Iterator[None]:
    """Assessments of slow bags take a second to write."""
    system.sql(SLOW)
    yield
    system.sql("drop function slow cascade")


def test_a_worker_stopped_with_its_locks_in_its_hands_lets_go_of_them(system: System, slow_triage: None) -> None:
    slow, *others = [Entry(body) for body in bags(1, PLACES, "Slow bag") + bags(20, PLACES, "A green crate by the stairs")]
    ledger = system.ledger([slow, *others])
    with Wire(system.port) as wire:
        slow.insist(wire)
        eventually("the worker is in the middle of it", lambda: system.count(ASSESSING) == 1, 10)
        stopped = system.pause("worker")
        try:
            for entry in others:
                entry.insist(wire)
            waited = seconds_to_routed(system, ledger)
        finally:
            signal_to(stopped, signal.SIGCONT)
    print(f"routed after {max(waited):.1f} s at most")
    assert max(waited) <= DRAINED_SECONDS
    eventually("the worker is back", system.is_ready, 30, system.tail)
    judge(system, ledger)
