"""The command `reporting`: its own commands, and those that other rooms offer by name (`reporting.commands` entry points)."""

import sys
from importlib.metadata import entry_points
from typing import Any

import click
from sqlalchemy.exc import InternalError, OperationalError

from reporting.adapters.processes.checks import CannotStart
from reporting.adapters.schema import SchemaOutdated
from reporting.cli import (
    account,
    calendar,
    city,
    database,
    days,
    demo,
    languages,
    letters,
    organisation,
    replay,
    retention,
    roster,
    spec,
    up,
    venue,
)
from reporting.config import ConfigurationError
from reporting.domain.errors import DomainError

AWAY = (OperationalError, InternalError)
REFUSALS = (CannotStart, ConfigurationError, SchemaOutdated, DomainError)
OWN = (
    up.up, up.web, up.stream, demo.demo, city.load_city, database.migrate, database.secrets, database.health,
    organisation.organisation, account.account, account.key, demo.code, letters.dead_letters, spec.spec,
    roster.roster, roster.phone_list, replay.replay, calendar.calendar, days.holiday, days.event, venue.venue,
    retention.retention, languages.languages,
)  # fmt: skip


class Commands(click.Group):
    """Own commands at once, offered ones only when they are called: triage's words need not be read to show help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *(each.name for each in _offered())})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        found = next((each for each in _offered() if each.name == cmd_name), None)
        return own or (found.load() if found else None)


def _offered() -> Any:
    return entry_points(group="reporting.commands")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="citizen-reporting")
def cli() -> None:
    """Citizen suspicious-activity reporting: from a phone to the right control room, explained."""


for _command in OWN:
    cli.add_command(_command)


def main() -> None:
    """Exit 0 when done, 1 with one clear line when refused, 2 for wrong usage."""
    try:
        cli(standalone_mode=True)
    except REFUSALS as refusal:
        click.echo(f"reporting: {refusal}", err=True)
        sys.exit(1)
    except AWAY as away:
        click.echo(f"reporting: the database cannot be used: {str(away.orig or away).splitlines()[0]}", err=True)
        sys.exit(1)
