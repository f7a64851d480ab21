"""Commands for days on which routing differs: public holidays of an organisation, and areas that count on an event's days."""

import csv
import json
from datetime import date
from pathlib import Path

import click
import holidays as calendars

from reporting.cli.ground import on_the_ground
from reporting.domain.errors import Refused
from reporting.services import events, jurisdictions
from reporting.services.events import NewEventArea

MOST_YEARS = 20


@click.group()
def holiday() -> None:
    """Public holidays, on which areas may be served otherwise."""


@holiday.command()
@click.option("--organisation", required=True, help="Slug of the organisation that keeps these days.")
@click.option("--country", help="Two letters, such as FI; with --years.")
@click.option("--region", help="State or region of the country, such as BY.")
@click.option("--years", help="One year or a range: 2027 or 2026-2028.")
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CSV with day (2026-12-06) and name."
)
def load(organisation: str, country: str | None, region: str | None, years: str | None, file: Path | None) -> None:
    """Load public holidays of a country from the built-in calendar, or from a file. Loading again brings names up to date."""
    if (file is None) == (country is None):
        raise click.UsageError("Give either --country with --years, or --file.")
    days = _of_file(file) if file else _of_country(country or "", region, years)
    with on_the_ground():
        count = jurisdictions.load_holidays(organisation, days)
    click.echo(f"{count} days loaded, {min(days)} to {max(days)}.")


def _of_country(country: str, region: str | None, years: str | None) -> dict[date, str]:
    if not years:
        raise click.UsageError("--country needs --years.")
    regions = calendars.list_supported_countries(include_aliases=True).get(country.upper())
    if regions is None or (region and region not in regions):
        raise Refused(f"There is no calendar for {country.upper()}{f', {region}' if region else ''}; use --file.")
    found = calendars.country_holidays(country.upper(), subdiv=region, years=_years(years))
    if not found:
        raise Refused(f"The calendar of {country.upper()} has no days in {years}.")
    return dict(found)


def _years(text: str) -> range:
    first, _, last = text.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()):
        raise click.UsageError("--years is one year or a range, such as 2026-2028.")
    begin, end = int(first), int(last or first)
    if not (1990 <= begin <= end <= 2100 and end - begin < MOST_YEARS):
        raise Refused(f"{text}: years from 1990 to 2100, at most {MOST_YEARS} of them, the first one first.")
    return range(begin, end + 1)


def _of_file(file: Path) -> dict[date, str]:
    found: dict[date, str] = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        if "day" not in (reader.fieldnames or ()):
            raise Refused(f"{file.name} lacks the column day.")
        for number, row in enumerate(reader, start=2):
            try:
                found[date.fromisoformat((row["day"] or "").strip())] = (row.get("name") or "").strip()
            except ValueError:
                raise Refused(f"{file.name} line {number}: {row['day']!r} is not a date like 2026-12-06.") from None
    if not found:
        raise Refused(f"{file.name} holds no day.")
    return found


@click.group()
def event() -> None:
    """Areas that count on the days of an event alone, and go before others then."""


@event.command("add")
@click.argument("key")
@click.option("--organisation", required=True, help="Slug of the organisation that is responsible on these days.")
@click.option("--from", "first", required=True, help="First day, 2026-12-24.")
@click.option("--until", "last", required=True, help="Last day, included.")
@click.option("--area", help="Key of one of the organisation's areas, whose shape is taken.")
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="GeoJSON with one Polygon or MultiPolygon."
)
@click.option("--name", default="", help="As operators read it.")
@click.option(
    "--rank", type=click.IntRange(-1000, 1000), default=0, show_default=True, help="Of several events the higher goes first."
)
@click.option("--desk", help="Name of the desk that gets it.")
def add_event(key: str, organisation: str, first: str, last: str, file: Path | None, **told: object) -> None:
    """Let an organisation be responsible for a place on the days of an event. Adding it again changes it."""
    if (file is None) == (told["area"] is None):
        raise click.UsageError("Give either --area or --file.")
    shape = _shape(file) if file else None
    with on_the_ground():
        events.add_event_area(NewEventArea(organisation=organisation, key=key, first=first, last=last, geometry=shape, **told))  # type: ignore[arg-type]
    click.echo(f"{key} counts from {first} to {last}, both included.")


def _shape(file: Path) -> dict[str, object]:
    try:
        told = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise Refused(f"{file} is not JSON: {error}") from None
    features = told.get("features", [told]) if isinstance(told, dict) else []
    if len(features) != 1:
        raise Refused(f"{file} must hold exactly one feature.")
    geometry = features[0].get("geometry", features[0])
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise Refused(f"{file} holds no Polygon or MultiPolygon.")
    return geometry
