"""Poisoned reports stop nobody but themselves: they end as dead letters with a reason, and go their way when it is gone."""

import os
import time
from collections.abc import Iterator

import pytest

from tests.chaos.clients import bags, spots
from tests.chaos.ground import eventually
from tests.chaos.harness import System
from tests.chaos.verdict import incidents, judge, letters

pytestmark = [pytest.mark.chaos, pytest.mark.db, pytest.mark.redis]

GOOD, POISONED = 1000, 5
GOOD_SECONDS = 60.0
"""The promise: a thousand good reports are done in a minute although poisoned ones are among them."""
DEAD_SECONDS = 120.0
"""Five attempts with 5, 10, 20 and 40 s between them, unless the waiting is cut short."""
IN_FULL = bool(os.environ.get("CHAOS_IN_FULL"))
POISON = """
create function poison() returns trigger language plpgsql as $$
begin
  if exists (select 1 from report where id = new.report_id and description like 'Poison%') then
    raise exception 'no report of this kind can be put on an incident';
  end if;
  return new;
end $$;
create trigger poison before insert on joining for each row execute function poison();
"""


@pytest.fixture
def poison(system: System) -> Iterator[None]:
    """The grouping step fails for reports that begin with the word."""
    system.sql(POISON)
    yield
    system.sql("drop function if exists poison cascade")


def test_poisoned_reports_end_as_dead_letters_and_can_be_sent_again(system: System, poison: None) -> None:
    places = list(spots(60.252, 24.81, 8, 12))
    bodies = bags(GOOD, places, "A brown parcel near the door")
    bad = bags(POISONED, places, "Poison")
    for n, body in enumerate(bad):
        bodies.insert(n * GOOD // POISONED + 7, body)
    with system.crowd(bodies, rate=50) as crowd:
        ledger = crowd.finish()
    accepted = time.monotonic()
    eventually("only the poisoned ones wait", lambda: sum(letters(system).__dict__.values()) == POISONED, GOOD_SECONDS)
    print(f"good ones done {time.monotonic() - accepted:.1f} s after the last was accepted")
    poisoned = {entry.report_id for entry in ledger.entries if entry.body["description"].startswith("Poison")}
    done = {report["id"] for incident in incidents(system) for report in incident["reports"]}
    assert ledger.report_ids - done == poisoned
    eventually("the poisoned ones are dead letters", lambda: all_dead(system), DEAD_SECONDS)
    told = system.command("dead-letters", "list")
    print(told)
    lines = [line for line in told.splitlines() if " grouping " in line]
    assert len(lines) == POISONED and all(any(report in line for line in lines) for report in poisoned)
    assert all("RaiseException" in line for line in lines), "the reason is named"
    system.sql("drop function poison cascade")
    assert f"{POISONED} sent again" in system.command("dead-letters", "replay")
    judge(system, ledger)


def all_dead(system: System) -> bool:
    """Whether the poisoned ones are given up; in passing, the clock is helped on a little."""
    if not IN_FULL:
        system.sql("update outbox set due_at = least(due_at, now() + interval '1 second') where attempts > 0")
    return letters(system).dead == POISONED
