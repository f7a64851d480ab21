"""Redis and the filesystem both carry the line, with bells and without; and every end is clean: by SIGTERM, by Ctrl-C."""

import json
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.chaos.clients import bags, spots
from tests.chaos.ground import listens
from tests.chaos.harness import END_SECONDS, System
from tests.chaos.verdict import judge

pytestmark = [pytest.mark.chaos, pytest.mark.db]

COUNT = 60
PLACES = list(spots(60.24, 24.81, 2, 8))
DONE_BY_RELAY = re.compile(r"relay +\| (\{.*\"relay\.does_itself\".*\})")
CUT = """
select pg_terminate_backend(pid) from pg_stat_activity
where query ilike 'listen reporting%' or query ilike 'select pg_notify(%'
"""


@pytest.mark.redis
def test_redis_carries_the_line(system: System) -> None:
    carry(system)


def test_files_carry_the_line_and_every_end_is_clean(system_on_files: System) -> None:
    system = system_on_files
    system.start()
    carry(system)
    for signum in (signal.SIGTERM, signal.SIGINT):
        took = system.stop(signum)
        print(f"{signum.name}: ended after {took:.1f} s")
        assert took <= END_SECONDS
        assert system.orphans == []
        assert not listens(system.port) and not listens(system.port + 1)
        if signum is signal.SIGTERM:
            system.start()
            judge(system, file(system, "A bag seen after the restart", 5))


def carry(system: System) -> None:
    """Reports run through the line with bells and without, and a worker, not only the relay, has a part in it."""
    begun = system.log.stat().st_size
    ledger = file(system, "A black bag at the ticket machine", COUNT)
    judge(system, ledger)
    by_relay = sum(json.loads(line)["count"] for line in DONE_BY_RELAY.findall(system.said_since(begun)))
    print(f"{by_relay} steps of {3 * COUNT} were done by the relay")
    assert by_relay < COUNT, "the broker carried nothing"
    with every_bell_cut(system):
        ledger = file(system, "A black bag at the ticket machine", COUNT)
    judge(system, ledger)


def file(system: System, words: str, count: int) -> object:
    with system.crowd(bags(count, PLACES, words), rate=15) as crowd:
        return crowd.finish()


@contextmanager
def every_bell_cut(system: System) -> Iterator[None]:
    """Ends the connections of bells and doorbells again and again, so that hardly a ring is heard."""
    stop = threading.Event()

    def cut() -> None:
        while not stop.wait(0.1):
            system.sql(CUT, as_owner=False)

    thread = threading.Thread(target=cut)
    thread.start()
    yield
    stop.set()
    thread.join()
