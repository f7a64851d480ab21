"""Commands for control rooms: the first one is what a new installation begins with."""

from typing import Any

import click
from sqlalchemy import select

from reporting.cli.ground import on_the_ground
from reporting.domain.facts import LEVELS
from reporting.extensions import db
from reporting.models.organisation import Organisation
from reporting.services import jurisdictions, roster
from reporting.services.jurisdictions import NewOrganisation, OrganisationSettings


@click.group()
def organisation() -> None:
    """Organisations that run control rooms."""


@organisation.command()
@click.argument("slug")
@click.option("--name", required=True, help="As operators see it.")
@click.option("--level", type=click.Choice(LEVELS), required=True)
@click.option("--public-name", default="", help="As the public sees it; the name where it is left out.")
@click.option("--duty-desk", is_flag=True, help="Takes what no area claims. A system needs one.")
@click.option("--phone", default="")
@click.option("--desk", "desks", multiple=True, help="A desk of the room; the first is the default one. May be repeated.")
def add(slug: str, desks: tuple[str, ...], **told: str) -> None:
    """Add a control room with its desks; one that is there already is left as it is."""
    with on_the_ground():
        jurisdictions.add_organisation(NewOrganisation(slug=slug, desks=desks, **told))  # type: ignore[arg-type]
        if not db.session.scalar(select(Organisation.id).where(Organisation.duty_desk).limit(1)):
            click.echo(
                "No organisation is the duty desk yet: another room stands in for what no area claims. Add one with --duty-desk.",
                err=True,
            )
    click.echo(f"{slug} is there.")


@organisation.command("list")
def list_organisations() -> None:
    """Show every control room."""
    with on_the_ground():
        for each in db.session.scalars(select(Organisation).order_by(Organisation.slug)):
            click.echo(f"{each.slug:<20} {each.level:<10} {'duty desk' if each.duty_desk else '':<10} {each.name}")


@organisation.command("set")
@click.argument("slug")
@click.option(
    "--escalates-to", help="Slug of the room above, told of what nobody here acknowledges; '' for the duty desk's room."
)
@click.option("--people/--desks", "assigns_people", default=None, help="Give new work to people on shift, or to desks alone.")
def change(slug: str, escalates_to: str | None, assigns_people: bool | None) -> None:
    """Change how a room works."""
    with on_the_ground():
        roster.set_ladder(slug, escalates_to, assigns_people)
    click.echo(f"{slug} is set.")


@organisation.command("settings")
@click.argument("slug")
@click.option("--name", help="As operators see it.")
@click.option("--public-name", help="As the public sees it.")
@click.option("--phone", help="The room's telephone number.")
@click.option("--duty-desk/--no-duty-desk", "duty_desk", default=None, help="Takes what no area claims.")
@click.option("--nearest", "nearest_m", type=click.IntRange(-1), help="Metres outside its areas it serves; -1: NEAREST_AREA_M.")
@click.option(
    "--keep-originals/--no-keep-originals",
    "keeps_originals",
    default=None,
    help="Keep pictures as they came, sealed, for the days of RETENTION_DAYS (sealed_original), beside the cleaned copies.",
)
@click.option("--desk", "add_desks", multiple=True, help="A further desk. May be repeated.")
@click.option("--default-desk", help="The desk that gets what no area gives to another one.")
def change_settings(slug: str, add_desks: tuple[str, ...], **told: Any) -> None:
    """Change the name, telephone, desks or reach of a control room; what is left out stays as it is."""
    if not add_desks and all(value is None for value in told.values()):
        raise click.UsageError("Nothing was asked for; see --help.")
    with on_the_ground():
        jurisdictions.change_organisation(slug, OrganisationSettings(add_desks=add_desks, **told))
    click.echo(f"{slug} is changed.")
