"""Commands of whoever keeps the system: migrate, secrets, health."""

import json
import sys
from pathlib import Path

import click

from reporting.adapters import schema
from reporting.cli.ground import command_settings, new_secrets, on_the_ground
from reporting.config import ConfigurationError
from reporting.queries.health import readiness


@click.command()
def migrate() -> None:
    """Bring the database schema up to date, as its owner (DATABASE_OWNER_URL)."""
    settings = command_settings()
    owner = settings.database_owner_url
    if not owner:
        raise ConfigurationError("DATABASE_OWNER_URL is not set: migrations run as the owner of the tables")
    schema.upgrade(owner)
    click.echo(f"The schema is at {schema.head()}.")


@click.group()
def secrets() -> None:
    """Secrets of this installation."""


@secrets.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def new(file: Path) -> None:
    """Make a file with a fresh master key, readable by you alone; name it in SECRETS_FILE."""
    new_secrets(file)
    click.echo(f"{file} holds the master key. Keep a copy apart from the database: without it nothing sealed opens.")


@click.command()
def health() -> None:
    """Say whether the line works; exit 1 when it does not."""
    with on_the_ground():
        found = readiness()
    click.echo(json.dumps(found, indent=2))
    sys.exit(1 if found["problems"] else 0)
