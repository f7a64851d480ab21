"""Commands for dead letters: see them, send them again."""

import click

from reporting.cli.ground import on_the_ground
from reporting.services import letters


@click.group("dead-letters")
def dead_letters() -> None:
    """Reports the line could not work on after five attempts."""


@dead_letters.command("list")
def list_letters() -> None:
    """Show each with its step and the place of the fault."""
    with on_the_ground():
        found = letters.dead_letters()
    for letter in found:
        click.echo(f"{letter['id']:>8}  {letter['dead_at']}  {letter['job']:<9} report {letter['report_id']}  {letter['error']}")
    click.echo(f"{len(found)} dead letter{'s' if len(found) != 1 else ''}.")


@dead_letters.command()
@click.option("--report", type=click.UUID, help="Only those of this report.")
def replay(report: object) -> None:
    """Give them a fresh start."""
    with on_the_ground():
        count = letters.replay(str(report) if report else None)
    click.echo(f"{count} sent again.")
