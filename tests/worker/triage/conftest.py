"""The bench of triage's tests."""

import pytest

from worker.triage.reading import read


@pytest.fixture(scope="session", autouse=True)
def identifier_is_loaded() -> None:
    """The language model takes half a second to load, once; no test should be the one that pays for it."""
    read("tuntematon kieli jota kukaan ei lue täällä koskaan")
