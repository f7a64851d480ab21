"""Systems for the chaos tests. One over Redis serves most of them, one after the other: each leaves it whole and quiet."""

from collections.abc import Iterator

import pytest

from tests.chaos.harness import Redis, System, own_folder


@pytest.fixture(scope="session")
def carried_by_redis() -> Iterator[System]:
    """The system over Redis, for the whole session."""
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
