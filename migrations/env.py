"""How a migration runs: as the owner role, in one transaction each, never waiting more than two seconds for a lock."""

from alembic import context
from sqlalchemy import create_engine, text

from reporting.extensions import db
from reporting.models import TABLES

assert TABLES
LOCK_TIMEOUT = "2s"
"""A migration that waits for a lock blocks everyone behind it; it gives up and is run again instead."""


def run() -> None:
    engine = create_engine(context.config.attributes["owner_url"])
    with engine.connect() as connection:
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transaction_per_migration=True,
            compare_type=True,
            compare_server_default=False,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
