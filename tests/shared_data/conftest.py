"""Where the outside data lies: the variable REPORTING_SHARED_DATA, else beside the checkout."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of outside data; tests that use it carry the mark `shared_data`."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    return Path(os.environ.get("REPORTING_SHARED_DATA", beside))
