"""`reporting spec`: writes the description of the API from routes, schemas and the example files. Needs no database."""

import json
import os
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from typing import Any, Final

import click

from reporting.bootstrap import build
from reporting.cli.yaml_text import yaml_text
from reporting.config import MASTER_KEY_BYTES, Settings, read_settings
from reporting.domain.errors import Refused

FOLDER: Final = Path(__file__).parents[2] / "mobile_api_spec"
NAME: Final = "openapi.yaml"
FACES: Final = "reporting.app:put_on_faces"
DESCRIBE: Final = "reporting.api.description:describe"
"""Found by name, as the web server finds its application: commands stand below the faces."""


@click.command()
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=FOLDER, help="Holds examples/.")
@click.option("--check", is_flag=True, help=f"Write nothing; exit 1 where {NAME} is not up to date.")
def spec(folder: Path, check: bool) -> None:
    """Write openapi.yaml from routes, schemas and examples."""
    text = yaml_text(description(read_settings(), folder))
    path = folder / NAME
    if check:
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            raise Refused(f"{path} is not up to date: run `reporting spec`")
        return
    path.write_text(text, encoding="utf-8")
    click.echo(f"{path} describes the API as it is.")


def description(settings: Settings, folder: Path = FOLDER) -> dict[str, Any]:
    """The whole document as JSON values. Refuses a folder without examples."""
    ground = build(_without_database(settings), process="spec")
    described: dict[str, Any] = resolve_name(DESCRIBE)(resolve_name(FACES)(ground), examples(folder / "examples"))
    return described


def examples(folder: Path) -> dict[str, Any]:
    """What the example files hold, by operation."""
    files = sorted(folder.glob("*.json"))
    if not files:
        raise Refused(f"{folder} holds no examples")
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}


def _without_database(settings: Settings) -> Settings:
    """Settings that no connection is ever made with, and a key that seals nothing."""
    key = b64encode(os.urandom(MASTER_KEY_BYTES)).decode()
    return replace(settings, database_url="postgresql+psycopg:///", master_key=key)
