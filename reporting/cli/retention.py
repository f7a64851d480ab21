"""Commands for retention: delete now what is past its date, and keep an incident longer."""

from datetime import UTC, datetime

import click

from reporting.cli.ground import on_the_ground
from reporting.services.retention import expire, keep


@click.group()
def retention() -> None:
    """How long reports are kept. The worker deletes every hour by itself."""


@retention.command("run")
def run_now() -> None:
    """Delete now what is past its date."""
    with on_the_ground():
        gone = expire()
    click.echo(", ".join(f"{count} {what}" for what, count in gone.items()) + " deleted.")


@retention.command("keep")
@click.argument("number")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day, in UTC, until which it is kept.")
@click.option("--reason", required=True, help="Who asked for it and why; goes into the audit trail.")
def keep_longer(number: str, until: datetime, reason: str) -> None:
    """Keep an incident's reports until a day, whatever their class."""
    with on_the_ground():
        keep(number, until.replace(tzinfo=UTC), reason)
    click.echo(f"{number} is kept until {until:%Y-%m-%d}.")
