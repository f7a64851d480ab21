"""One filled house for all tests of access: three organisations with something each, the cast, and strangers."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from tests.access.house import House, furnish
from tests.cast import put_on_stage

KEPT = ("alembic_version", "area_version")


@pytest.fixture(scope="module")
def house(owner: Engine, web_app: Flask, line_app: Flask) -> Iterator[House]:
    """The house, made once for a module: its tests read, or change what nobody else looks at."""
    _empty(owner)
    with line_app.app_context():
        cast = put_on_stage()
    yield furnish(cast, web_app, line_app, owner)
    _empty(owner)


def _empty(owner: Engine) -> None:
    with owner.begin() as connection:
        names = connection.execute(text("select tablename from pg_tables where schemaname = 'public'")).scalars()
        connection.execute(text(f"truncate {', '.join(name for name in names if name not in KEPT)} cascade"))
        connection.execute(text("update area_version set version = version + 1"))
