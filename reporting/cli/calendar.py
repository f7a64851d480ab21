"""`reporting calendar`: loading the event calendar that triage asks."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from reporting.cli.ground import on_the_ground
from reporting.domain.errors import Refused
from reporting.services.calendar import NewEvent, replace_events

COLUMNS: Final = ("id", "name", "lat", "lon", "radius_m", "starts_at", "ends_at")


@click.group()
def calendar() -> None:
    """Events at which many people come together."""


@calendar.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", required=True, help="Slug of the organisation that keeps this calendar.")
def load(file: Path, organisation: str) -> None:
    """Replace an organisation's events by a CSV with id, name, lat, lon, radius_m, starts_at and ends_at (ISO 8601)."""
    events = _events(file)
    with on_the_ground():
        count = replace_events(organisation, events)
    click.echo(f"{count} events loaded.")


def _events(file: Path) -> list[NewEvent]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise Refused(f"{file.name} lacks {', '.join(missing)}.")
        return [_event(row, f"{file.name} line {number}") for number, row in enumerate(reader, start=2)]


def _event(row: dict[str, str], where: str) -> NewEvent:
    try:
        return NewEvent(
            key=row["id"],
            name=row["name"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            radius_m=float(row["radius_m"]),
            starts_at=_moment(row["starts_at"]),
            ends_at=_moment(row["ends_at"]),
        )
    except (ValueError, TypeError) as error:
        raise Refused(f"{where}: {error}.") from None


def _moment(text: str) -> datetime:
    """A time without offset is UTC."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
