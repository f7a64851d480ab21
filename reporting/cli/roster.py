"""Commands for a room's roster and its list of numbers, from CSV files. Times without an offset are the installation's own."""

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select

from reporting.bootstrap import adapters
from reporting.cli.ground import on_the_ground
from reporting.domain.errors import Refused
from reporting.extensions import db
from reporting.models.organisation import Organisation
from reporting.queries.roster import numbers_of
from reporting.services import roster as service
from reporting.services.roster import NewNumber, NewShift

SHIFT_COLUMNS = ("account", "desk", "from", "until")
NUMBER_COLUMNS = ("name", "number")


@click.group()
def roster() -> None:
    """Shifts: who is to sit at which desk."""


@roster.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", required=True, help="Slug of the organisation.")
def load(file: Path, organisation: str) -> None:
    """Load shifts from a CSV file: account (e-mail), desk, from, until; if wanted skills and languages, with blanks between."""
    with on_the_ground():
        count = service.load_shifts(organisation, [_shift(row, line) for line, row in _rows(file, SHIFT_COLUMNS)])
    click.echo(f"{count} shifts loaded.")


@click.group("phone-list")
def phone_list() -> None:
    """Whom to call when nobody has acknowledged."""


@phone_list.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", required=True, help="Slug of the organisation.")
def load_numbers(file: Path, organisation: str) -> None:
    """Replace a room's list by a CSV file: name, number, and if wanted role; in the order in which to call."""
    numbers = [NewNumber(row["name"], row.get("role") or "", row["number"]) for _line, row in _rows(file, NUMBER_COLUMNS)]
    with on_the_ground():
        count = service.load_numbers(organisation, numbers)
    click.echo(f"{count} numbers loaded.")


@phone_list.command("show")
@click.option("--organisation", required=True, help="Slug of the organisation.")
def show_numbers(organisation: str) -> None:
    """Show a room's list in its order."""
    with on_the_ground():
        room = db.session.scalar(select(Organisation.id).where(Organisation.slug == organisation))
        if room is None:
            raise Refused(f"There is no organisation {organisation!r}.")
        numbers = numbers_of(db.session(), room)
    for place, each in enumerate(numbers, start=1):
        click.echo(f"{place}. {each['name']:<30} {each['role']:<24} {each['number']}")
    if not numbers:
        click.echo("The list is empty: nobody could be called.", err=True)


def _rows(file: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line numbers and rows; raises Refused where a column or a cell is missing."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise Refused(f"{file.name} has no column {missing[0]!r}; it needs {', '.join(columns)}.")
        for row in reader:
            empty = [name for name in columns if not (row[name] or "").strip()]
            if empty:
                raise Refused(f"Line {reader.line_num}: {empty[0]} is empty.")
            yield reader.line_num, row


def _shift(row: dict[str, str], line: int) -> NewShift:
    return NewShift(
        person=row["account"],
        desk=row["desk"],
        starts_at=_moment(row["from"], line),
        until=_moment(row["until"], line),
        skills=tuple((row.get("skills") or "").split()),
        languages=tuple((row.get("languages") or "").split()),
        line=line,
    )


def _moment(text: str, line: int) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Refused(f"Line {line}: {text!r} is no time; write it as 2026-11-22 14:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(adapters().settings.time_zone))
