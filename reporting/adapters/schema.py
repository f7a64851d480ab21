"""The database schema's version: bring it up to date as its owner, or refuse to run on an outdated one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


class SchemaOutdated(Exception):
    """The tables are not those this code was written for."""


def alembic_config(owner_url: str) -> Config:
    """Alembic's configuration for this project's migrations, as the owner role."""
    config = Config(str(MIGRATIONS / "alembic.ini"))
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["owner_url"] = owner_url
    return config


def upgrade(owner_url: str, target: str = "head") -> None:
    """Runs what is missing, each migration in its own transaction."""
    command.upgrade(alembic_config(owner_url), target)


def downgrade(owner_url: str, target: str) -> None:
    """Goes back to a revision, or to `base`."""
    command.downgrade(alembic_config(owner_url), target)


def head() -> str:
    """The revision this code expects."""
    revision = ScriptDirectory.from_config(alembic_config("")).get_current_head()
    assert revision
    return revision


def current(engine: Engine) -> str | None:
    """The revision the database has; None on an empty one."""
    with engine.connect() as connection:
        if connection.execute(text("select to_regclass('alembic_version')")).scalar() is None:
            return None
        return connection.execute(text("select version_num from alembic_version")).scalar()


def require_current(engine: Engine) -> None:
    """Raises SchemaOutdated with one clear line."""
    found = current(engine)
    if found != head():
        raise SchemaOutdated(f"the database schema is {found or 'empty'}, this version needs {head()}: run `reporting migrate`")
