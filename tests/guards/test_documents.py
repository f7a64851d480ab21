"""What the documents name exists: files, functions, commands, links, targets of make."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reporting.cli.main import cli
from tests.guards.tree import ROOT, named, parsed

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOLDERS = r"(?:reporting|worker|migrations|tests|deploy|docs|benchmarks|mobile_api_spec)"
FILE = re.compile(rf"`({FOLDERS}/[\w./-]+\.\w+)(?::(\w+))?`")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
COMMAND = re.compile(
    r"(?:`|^    (?:\.venv/bin/)?|compose run --rm \w+ )reporting ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", re.MULTILINE
)
TARGET = re.compile(r"(?:`|^    )make ([a-z]+)", re.MULTILINE)


def found(pattern: re.Pattern[str], path: Path) -> list[tuple[str, ...]]:
    """All that the pattern finds in a document, as tuples."""
    return [match.groups(default="") for match in pattern.finditer(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_file_that_is_named_is_there(path: Path) -> None:
    assert not {name for name, _symbol in found(FILE, path) if not (ROOT / name).exists()}


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_function_that_is_named_is_there(path: Path) -> None:
    assert not {f"{name}:{symbol}" for name, symbol in found(FILE, path) if symbol and symbol not in _defined(ROOT / name)}


def _defined(path: Path) -> set[str]:
    return {node.name for node in parsed(path).body if hasattr(node, "name")}


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(path: Path) -> None:
    assert not {target for (target,) in found(LINK, path) if not (path.parent / target).exists()}


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_command_can_be_run(path: Path) -> None:
    assert not {f"reporting {name} {sub}" for name, sub in found(COMMAND, path) if not _runs(name, sub)}


def _runs(name: str, sub: str) -> bool:
    context = click.Context(cli)
    command = cli.get_command(context, name)
    if isinstance(command, click.Group) and sub:
        return command.get_command(context, sub) is not None
    return command is not None


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_target_of_make_is_there(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert not {target for (target,) in found(TARGET, path)} - targets


def numbers() -> Iterator[str]:
    """The number of each decision record, in order."""
    for path in sorted((ROOT / "docs/adr").glob("*.md")):
        yield path.name[:4]


def test_decisions_are_numbered_without_gaps() -> None:
    assert list(numbers()) == [f"{number:04}" for number in range(1, len(list(numbers())) + 1)]
