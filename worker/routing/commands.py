"""`reporting jurisdiction`: loading areas from GeoJSON, with a line for every feature that was repaired or refused."""

import json
from pathlib import Path

import click
from shapely.geometry import mapping

from reporting.cli.ground import on_the_ground
from reporting.domain.categories import is_category
from reporting.domain.errors import Refused
from reporting.domain.facts import LEVELS
from reporting.services import jurisdictions
from reporting.services.jurisdictions import NewArea
from worker.routing import shapes
from worker.routing.shapes import Shape


@click.group()
def jurisdiction() -> None:
    """Areas in which organisations are responsible."""


@jurisdiction.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--organisation", required=True, help="Slug of the organisation.")
def load(file: Path, organisation: str) -> None:
    """Load areas from GeoJSON in WGS-84 (RFC 7946) as new versions; features that cannot be areas are left out and named."""
    try:
        loading = shapes.read_collection(json.loads(file.read_text(encoding="utf-8")))
        areas = [_area(each) for each in loading.shapes]
    except (shapes.Refused, ValueError) as refusal:
        raise Refused(f"{file}: {refusal}") from None
    for line in (*loading.repaired, *loading.refused):
        click.echo(line, err=True)
    if not areas:
        raise Refused(f"{file} holds no area that can be loaded.")
    with on_the_ground():
        count = jurisdictions.replace_areas(organisation, areas)
    click.echo(f"{count} areas loaded, {len(loading.repaired)} of them repaired; {len(loading.refused)} features refused.")


def _area(found: Shape) -> NewArea:
    level, categories = found.properties.get("level"), found.properties.get("categories")
    if categories and not all(isinstance(each, str) and is_category(each) for each in categories):
        raise shapes.Refused(f"feature {found.id}: {categories!r} names a category that is not known")
    return NewArea(
        key=found.id,
        name=found.name or found.id,
        geometry=json.loads(json.dumps(mapping(found.geometry))),
        level=level if level in LEVELS else None,
        categories=tuple(categories) if categories else None,
    )
