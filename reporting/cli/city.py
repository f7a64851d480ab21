"""`reporting load-city`: puts the demo city into an empty system and a day of reports through its public door.

The reports are filed over HTTP like anybody's and run through the real line. Only then their times, and those of everything
that came of them, are set back by as long ago as they happened: the one thing that needs the owner of the tables.
"""

import json
import os
import sys
from pathlib import Path

import click

from reporting.cli.city_books import keep_books
from reporting.cli.city_day import DayOfReports
from reporting.cli.city_draft import begin_draft
from reporting.cli.city_ground import Ground, ground_of, lay_ground, new_sign_ins
from reporting.cli.city_houses import device_code, furnish_houses
from reporting.cli.ground import on_the_ground
from reporting.config import ConfigurationError, Settings, read_settings

SIGN_INS = "demo.json"


@click.command("load-city", hidden=True)
def load_city() -> None:
    """Load the demo city and its day of reports, and write the sign-ins (used by `reporting demo`)."""
    settings = read_settings()
    if not settings.database_owner_url:
        raise ConfigurationError("DATABASE_OWNER_URL is not set: setting the demo's times back needs the owner of the tables")
    with on_the_ground(settings):
        lay_ground()
        ground = ground_of()
        DayOfReports(settings, ground).run()
        begin_draft(ground)
        furnish_houses(ground)
        keep_books(ground)
        write_sign_ins(settings, ground)


def write_sign_ins(settings: Settings, ground: Ground) -> None:
    """demo.json, whole and readable by its owner alone: fresh passwords, secrets and tokens at every start."""
    content = {"url": settings.origin, "accounts": new_sign_ins(ground), "device_code": device_code()}
    path = Path(settings.data_dir) / SIGN_INS
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
    print("demo city loaded", file=sys.stderr)  # noqa: T201
