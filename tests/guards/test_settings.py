"""Every setting is documented in `.env.example`, with its real default, and nothing is documented that nobody reads."""

import itertools
import re
from dataclasses import MISSING, fields

from reporting.config import Settings
from tests.guards.tree import ROOT

EXAMPLE = ROOT / ".env.example"
COMPOSE = ROOT / "docker-compose.yml"
LINE = re.compile(r"^#?([A-Z][A-Z0-9_]+)=(.*)$")
SECRET = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "MASTER_KEY", "SECRETS_FILE")
BY_COMPOSE_ITSELF = {"DATA_DIR", "REDIS_URL", "MASTER_KEY"}
"""Settings that docker-compose.yml leaves alone: no data folder is used there, and secrets come from files."""


def documented() -> dict[str, str]:
    """Every variable of `.env.example` and the value that stands there, also behind a comment sign."""
    found = [LINE.match(line) for line in EXAMPLE.read_text(encoding="utf-8").splitlines()]
    return {match[1]: match[2].strip('"') for match in found if match}


def settings() -> dict[str, str]:
    """Every setting and its default, as a variable of the environment."""
    assert all(field.default is not MISSING for field in fields(Settings))
    return {field.name.upper(): str(field.default) for field in fields(Settings)}


def of_compose() -> set[str]:
    """Variables that docker-compose.yml reads for itself."""
    return set(re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text(encoding="utf-8")))


def test_every_setting_is_documented() -> None:
    assert not set(settings()) - set(documented()), "add it to .env.example with one line of help"


def test_nothing_is_documented_that_nobody_reads() -> None:
    assert not set(documented()) - set(settings()) - of_compose()


def test_the_documented_value_is_the_default() -> None:
    defaults = {name: value for name, value in settings().items() if name not in SECRET}
    assert {name: documented()[name] for name in defaults} == defaults


def test_no_secret_has_a_value() -> None:
    assert not {name for name in SECRET if documented()[name]}


def test_every_setting_has_a_line_of_help() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    bare = [line for before, line in itertools.pairwise(lines) if LINE.match(line) and not _is_help(before)]
    assert not bare


def _is_help(line: str) -> bool:
    return line.startswith("# ") and not LINE.match(line)


def test_every_setting_reaches_the_services() -> None:
    text = COMPOSE.read_text(encoding="utf-8")
    given = set(re.findall(r"^ +([A-Z][A-Z0-9_]+):", text, re.MULTILINE))
    assert not set(settings()) - given - BY_COMPOSE_ITSELF, "add it to x-settings in docker-compose.yml"
