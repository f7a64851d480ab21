"""Commands for dead letters: see them, send them again."""

from collections.abc import Mapping
from typing import Any

import click

from reporting.cli.ground import on_the_ground
from reporting.jobs import DELIVER, LINE
from reporting.services import letters


@click.group("dead-letters")
def dead_letters() -> None:
    """What could not be done after five attempts: steps for reports, errands, letters to people outside."""


@dead_letters.command("list")
def list_letters() -> None:
    """Show each with its step and the place of the fault."""
    with on_the_ground():
        found = letters.dead_letters()
    for letter in found:
        click.echo(line_of(letter))
    click.echo(f"{len(found)} dead letter{'s' if len(found) != 1 else ''}.")


def line_of(letter: Mapping[str, Any]) -> str:
    """One dead letter, with what it is about: a report, a letter to somebody outside, or the subject of another errand."""
    subject = {DELIVER: "letter", **dict.fromkeys(LINE, "report")}.get(letter["job"], "errand")
    return f"{letter['id']:>8}  {letter['dead_at']}  {letter['job']:<9} {subject} {letter['report_id']}  {letter['error']}"


@dead_letters.command()
@click.option("--report", type=click.UUID, help="Only those of this report, letter or errand.")
def replay(report: object) -> None:
    """Give them a fresh start."""
    with on_the_ground():
        count = letters.replay(str(report) if report else None)
    click.echo(f"{count} sent again.")
