"""An accepted report is never lost or doubled, whatever is killed while it is filed and worked on."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Thread

import pytest

from tests.chaos.clients import Entry, Wire, at_once, bags, spots
from tests.chaos.ground import eventually
from tests.chaos.harness import System
from tests.chaos.verdict import judge

pytestmark = [pytest.mark.chaos, pytest.mark.db, pytest.mark.redis]

REPORTS = int(os.environ.get("CHAOS_REPORTS", "2000"))
RATE = float(os.environ.get("CHAOS_RATE", "40"))
CLIENTS = int(os.environ.get("CHAOS_CLIENTS", "4"))
SEED = int(os.environ.get("CHAOS_SEED", "20"))
ROLES = ("web", "web child", "relay", "worker", "redis", "postgres", "session", "stream", "beat", "database", "worker-media")
SLOW = """
create function slow_filing() returns trigger language plpgsql as $$
begin
  if new.description like 'Slow filing%' then
    perform pg_sleep(1);
  end if;
  return new;
end $$;
create trigger slow_filing before insert on report for each row execute function slow_filing();
"""
FILING = "select count(*) from pg_stat_activity where application_name = 'reporting-web' and wait_event = 'PgSleep'"
FILED = "select count(*) from report where description like 'Slow filing%'"


def test_reports_filed_in_a_storm_of_kills_are_all_there_once(system: System) -> None:
    chance = random.Random(SEED)
    places = list(spots(60.152, 24.905, 9, 8))
    victims = [*ROLES, *chance.choices(ROLES[:7], k=3)]
    chance.shuffle(victims)
    with system.crowd(bags(REPORTS, places), RATE, CLIENTS) as crowd:
        for victim in victims:
            time.sleep(chance.uniform(0.5, 1.5) * REPORTS / RATE / len(victims))
            print("kill -9", victim, system.kill(victim, chance), "while filing:", crowd.is_busy)
    ledger = crowd.finish()
    judge(system, ledger)
    for role, port in (("web", system.port), ("stream", system.port + 1)):
        eventually(f"{role} owns its port", lambda role=role, port=port: system.owns_its_port(role, port), 30)
    print("answers:", {status: len(ledger.answers(status)) for status in sorted(ledger.statuses)})
    print("no answer:", sum(len(entry.faults) for entry in ledger.entries))
    assert ledger.statuses <= {200, 201, 409, 503}


def test_one_key_fifty_times_at_once_is_one_report(system: System) -> None:
    body = bags(1, list(spots(60.21, 24.85, 1, 1)))[0]
    ledger = system.ledger([Entry(body, key="one-key-fifty-times") for _ in range(50)])
    with ExitStack() as wires:
        ways = [wires.enter_context(Wire(system.port)) for _ in ledger.entries]
        at_once(50, lambda n: ledger.entries[n].insist(ways[n]))
    assert len({entry.accepted.body if entry.accepted else b"" for entry in ledger.entries}) == 1
    assert len(ledger.answers(201)) == 1
    judge(system, ledger)


@pytest.fixture
def slow_filing(system: System) -> Iterator[None]:
    """Filing takes a second in the database for who asks for it."""
    system.sql(SLOW)
    yield
    system.sql("drop function slow_filing cascade")


def test_a_crash_between_the_commit_and_the_answer_costs_nothing(system: System, slow_filing: None) -> None:
    ledger = system.ledger([Entry(bags(1, list(spots(60.21, 24.86, 1, 1)), "Slow filing of a bag")[0])])
    (entry,) = ledger.entries
    with Wire(system.port) as wire, Wire(system.port) as again:
        filing = Thread(target=entry.insist, args=(wire,))
        filing.start()
        eventually("the report is being filed", lambda: system.count(FILING) == 1, 10)
        children = system.process("web").children()
        for child in children:
            child.suspend()
        eventually("it is committed", lambda: system.count(FILED) == 1, 10)
        for child in children:
            child.kill()
        filing.join()
        assert entry.faults and [answer.status for answer in entry.answers if answer.status != 503] == [200]
        entry.send(again)
    assert entry.answers[-1].headers["idempotency-replayed"] == "true"
    judge(system, ledger)
