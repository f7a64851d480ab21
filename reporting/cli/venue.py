"""Commands for venues: premises, their place codes, and posters to print."""

from pathlib import Path
from typing import Any

import click

from reporting.adapters.paper.poster import poster_pdf
from reporting.bootstrap import adapters
from reporting.cli.ground import on_the_ground
from reporting.cli.poster import qr_svg
from reporting.domain.errors import Refused
from reporting.services import devices, posters, venue_staff, venues
from reporting.services.posters import Wanted
from reporting.services.venues import NewVenue


@click.group()
def venue() -> None:
    """Premises with staff, and the codes on their posters."""


@venue.command()
@click.argument("key")
@click.option("--name", required=True, help="As the public reads it.")
@click.option("--lat", type=float, required=True, help="Latitude in WGS-84 degrees.")
@click.option("--lon", type=float, required=True, help="Longitude in WGS-84 degrees.")
@click.option("--kind", default="", help="What it is, such as mall, station or library.")
@click.option("--address", default="")
@click.option("--opening-hours", default="")
@click.option("--organisation", help="Slug of its own control room, where it has one.")
def add(key: str, **told: str) -> None:
    """Add premises, with a first code for the whole house."""
    with on_the_ground():
        code = venues.add_venue(NewVenue(key=key, **told))  # type: ignore[arg-type]
    click.echo(f"{key} is there; {code} stands for the whole house.")


@venue.command("list")
def list_venues() -> None:
    """Show every venue with its room, its codes in use, and how many people sign in there."""
    with on_the_ground():
        found = venues.listed()
    for each in found:
        room = each["organisation"] or "no room of its own"
        codes = ", ".join(each["codes"]) or "none"
        click.echo(f"{each['key']:<28} {each['name']}: {room}; {each['people']} people sign in; codes {codes}")
    click.echo(f"{len(found)} venues.")


@venue.command()
@click.argument("key")
def staff(key: str) -> None:
    """Show who works at a venue and may be given a code."""
    with on_the_ground():
        people = venue_staff.people_of(key)
    for name, role in people:
        click.echo(f"{name:<40} {role}")
    click.echo(f"{len(people)} people.")


@venue.command("device-code")
@click.argument("key")
@click.option("--for", "person", required=True, help="Whose device: the name on the staff list, or the e-mail address.")
def device_code(key: str, person: str) -> None:
    """Make a code that signs one device in, once, within minutes: also the way back from a forgotten PIN."""
    with on_the_ground():
        made = devices.make_code_for(key, person)
        minutes = adapters().settings.venue_code_minutes
    click.echo(f"{made}  for {minutes} minutes, at /venue/sign-in")


@venue.group()
def code() -> None:
    """Codes for doors, platforms and aisles."""


@code.command("add")
@click.argument("venue_key")
@click.option("--label", required=True, help="Where in the house: North door, platform 3.")
@click.option("--lat", type=float, help="Latitude of the place; the venue's where it is left out.")
@click.option("--lon", type=float, help="Longitude of the place.")
@click.option("--code", "wanted", default="", help="The code; made up where it is left out.")
def add_code(venue_key: str, label: str, lat: float | None, lon: float | None, wanted: str) -> None:
    """Add a code and print it."""
    if (lat is None) != (lon is None):
        raise click.UsageError("Give --lat and --lon together.")
    at = (lat, lon) if lat is not None and lon is not None else None
    with on_the_ground():
        click.echo(venues.add_code(venue_key, label, at, wanted))


@code.command()
@click.argument("code")
def revoke(code: str) -> None:
    """Take a code out of use. Who still scans it is told so, and may report all the same."""
    with on_the_ground():
        venues.revoke_code(code)
    click.echo("Out of use.")


@venue.command()
@click.argument("code")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A .pdf, or .svg for the code alone.")
@click.option("--language", "languages", multiple=True, default=("en",), show_default=True, help="One to three, in their order.")
@click.option("--size", default="A4", show_default=True, help="A4 or A6.")
@click.option("--help-point", default="", help="Where people are helped first; without it the poster says: a member of staff.")
def poster(code: str, out: Path, **wanted: Any) -> None:
    """Write the poster of a code: a sheet to print, or its QR code alone. Set PUBLIC_URL first: the poster leads there."""
    if out.suffix not in (".pdf", ".svg"):
        raise Refused(f"{out} must end in .pdf or .svg.")
    with on_the_ground():
        settings = adapters().settings
        found = venues.place(code)
        made = posters.poster_of(found, Wanted(**wanted))
        written = poster_pdf(made) if out.suffix == ".pdf" else qr_svg(made.address).encode("utf-8")
    out.write_bytes(written)
    if not settings.public_url:
        click.echo(f"PUBLIC_URL is not set: the poster leads to {settings.origin}, which only this machine can open.", err=True)
    click.echo(f"{out} written.")
