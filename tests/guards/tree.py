"""The project's files as the guards read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("reporting", "worker")


def python_files(*folders: str) -> Iterator[Path]:
    """Every Python file of these folders, in order."""
    for folder in folders or ROOMS:
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """A Python file as a syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def named(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()


def tracked_files() -> list[Path]:
    """What belongs to the project: all that git does not ignore, or every file where there is no git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    names = listed.stdout.splitlines()
    found = [ROOT / name for name in names] if listed.returncode == 0 else list(ROOT.rglob("*"))
    return sorted(path for path in found if path.is_file())
