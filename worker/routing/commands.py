"""`reporting jurisdiction`: loading areas from GeoJSON, with a line for every feature that was repaired or refused."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy import select

from reporting.cli.ground import on_the_ground
from reporting.domain.errors import Refused
from reporting.domain.opening import in_words
from reporting.extensions import db
from reporting.models.jurisdiction import Jurisdiction
from reporting.models.organisation import Organisation
from reporting.queries.areas import area_facts
from reporting.services import jurisdictions
from reporting.services.jurisdictions import NewArea
from worker.routing import shapes
from worker.routing.rows import note_on, row_of

LARGEST_FILE: Final = 512 * 2**20
MANY: Final = 500

PROPERTIES: Final = """\b
Each feature is one routing row. Its properties, all but the id optional:
  id          what the row is called; loading it again makes its next version
  name        as operators read it
  level       venue, municipal, police or national (else the organisation's)
  categories  list of codes the row takes (else every category)
  hours       [{"weekday": 0, "from": "08:00", "until": "17:00"}, ...]
              0 is Monday; what ends before it begins runs past midnight
              (else round the clock)
  timezone    such as "Europe/Helsinki" (else the installation's)
  holidays    as_usual, only or never: what hours mean on public holidays
  days        [{"from": "2026-12-24", "until": "2026-12-26"}, ...]
              the row counts on these days alone and goes before others then
  rank        whole number; the higher goes first (else 0)
  part        responsible or informed
  desk        name of the desk that gets it (else the default desk)
  enabled     true or false
"""


@click.group()
def jurisdiction() -> None:
    """Areas in which organisations are responsible."""


@jurisdiction.command(epilog=PROPERTIES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", required=True, help="Slug of the organisation.")
@click.option("--dry-run", is_flag=True, help="Say what would be loaded, and load nothing.")
@click.option("--retire-others", is_flag=True, help="End the organisation's areas that are not in the file.")
def load(file: Path, organisation: str, dry_run: bool, retire_others: bool) -> None:
    """Load areas from GeoJSON in WGS-84 (RFC 7946) as new versions; features that cannot be areas are left out and named."""
    jurisdictions.check_slug(organisation)
    loading = _read(file)
    areas, refused = _rows(loading)
    notes = [note for note in map(note_on, loading.shapes) if note]
    for line in (*loading.repaired, *notes, *loading.refused, *refused):
        click.echo(line, err=True)
    if not areas:
        raise Refused(f"{file} holds no area that can be loaded.")
    with on_the_ground():
        plan = jurisdictions.try_areas(organisation, areas, retire_others=retire_others)
        if not dry_run:
            jurisdictions.replace_areas(organisation, areas, retire_others=retire_others)
    ended = f" {len(plan.ended)} that are not in the file {'would end' if dry_run else 'have ended'}." if plan.ended else ""
    click.echo(
        f"{len(areas)} areas {'would be loaded' if dry_run else 'loaded'}, {len(loading.repaired)} of them repaired,"
        f" {len(plan.new)} new and {len(plan.again)} as a further version;"
        f" {len(loading.refused) + len(refused)} features refused.{ended}"
    )


def _read(file: Path) -> shapes.Loading:
    if file.stat().st_size > LARGEST_FILE:
        raise Refused(f"{file} is larger than {LARGEST_FILE // 2**20} MB; load it in parts.")
    try:
        return shapes.read_collection(json.loads(file.read_text(encoding="utf-8-sig")), _shown)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(f"{file} is not JSON: {error}") from None
    except shapes.Refused as refusal:
        raise Refused(f"{file}: {refusal}") from None


def _shown(features: list[Any]) -> Iterable[Any]:
    """The features, with a progress bar in a terminal where they are many."""
    if len(features) < MANY or not sys.stderr.isatty():
        yield from features
        return
    with click.progressbar(features, label="Reading areas", file=sys.stderr) as bar:
        yield from bar


def _rows(loading: shapes.Loading) -> tuple[list[NewArea], list[str]]:
    areas, refused = [], []
    for found in loading.shapes:
        try:
            areas.append(row_of(found))
        except shapes.Refused as refusal:
            refused.append(str(refusal))
    return areas, refused


@jurisdiction.command("list")
@click.option("--organisation", help="Slug of the organisation; all of them where it is left out.")
def list_areas(organisation: str | None) -> None:
    """Show the routing rows in use: whose they are, which version, when they count and for what."""
    with on_the_ground():
        rows = select(Jurisdiction, Organisation).join(Organisation, Organisation.id == Jurisdiction.organisation_id)
        if organisation is not None:
            jurisdictions.check_slug(organisation)
            rows = rows.where(Organisation.slug == organisation)
        for row in db.session.execute(
            rows.where(Jurisdiction.valid_until.is_(None)).order_by(Organisation.slug, Jurisdiction.key)
        ):
            click.echo(_line(row.Jurisdiction, row.Organisation))


def _line(row: Jurisdiction, owner: Organisation) -> str:
    kinds = ", ".join(row.categories) if row.categories else "every kind"
    notes = [f"rank {row.rank}"] if row.rank else []
    notes += ["only informed"] if row.part == "informed" else []
    notes += [] if row.enabled else ["switched off"]
    when = in_words(area_facts(row, owner))
    return (
        f"{owner.slug:<16} {row.key:<24} version {row.version:<3} {row.name}: {kinds}. {when}{''.join(f', {n}' for n in notes)}."
    )
