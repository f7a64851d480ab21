"""Systems for the chaos tests. One over Redis serves most of them, one after the other: each leaves it whole and quiet.

The environment makes them longer: CHAOS_REPORTS, CHAOS_RATE, CHAOS_CLIENTS and CHAOS_SEED for the storm of kills (10,000
reports of 8 clients are the full promise), CHAOS_REDIS_AWAY_SECONDS, CHAOS_DATABASE_AWAY_SECONDS, and CHAOS_IN_FULL=1 to
wait all the time there is between the attempts at a poisoned report.
"""

import shutil
from collections.abc import Iterator

import pytest

from tests.chaos.ground import own_folder
from tests.chaos.harness import System
from tests.chaos.redis_server import Redis


@pytest.fixture(scope="package")
def carried_by_redis() -> Iterator[System]:
    """The system over Redis, for all tests of this folder."""
    if shutil.which("redis-server") is None:
        pytest.skip("there is no redis-server here")
    with own_folder() as folder:
        redis = Redis(folder)
        system = System(folder, redis)
        try:
            system.start()
            yield system
        finally:
            system.end()
            redis.close()


@pytest.fixture
def system(carried_by_redis: System) -> Iterator[System]:
    """The system over Redis. When a test fails, the end of the system's log is shown."""
    yield carried_by_redis
    print(carried_by_redis.tail())


@pytest.fixture
def system_on_files() -> Iterator[System]:
    """A fresh system without Redis, not started yet."""
    with own_folder() as folder:
        system = System(folder)
        try:
            yield system
        finally:
            system.end()
            print(system.tail())
