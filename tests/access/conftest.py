"""One filled house for all tests of access: three organisations with something each, the cast, and strangers."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests.access.house import House, furnish
from tests.cast import put_on_stage
from tests.emptying import empty


@pytest.fixture(scope="module")
def house(owner: Engine, web_app: Flask, line_app: Flask) -> Iterator[House]:
    """The house, made once for a module: its tests read, or change what nobody else looks at."""
    empty(owner)
    with line_app.app_context():
        cast = put_on_stage()
    yield furnish(cast, web_app, line_app, owner)
    empty(owner)
