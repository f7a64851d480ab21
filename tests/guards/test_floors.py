"""The floors of the house and the measures of its rooms."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.tree import ROOMS, ROOT, named, parsed, python_files

LONGEST_FILE = 400
INIT_NAMES = ("blueprint", "__all__")


def test_every_import_keeps_to_the_floors() -> None:
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert command, "import-linter is not installed: run `make test`"
    answer = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_import_stands_at_the_top_of_its_file() -> None:
    hidden = [
        f"{named(path)}:{inner.lineno}"
        for path in python_files()
        for function in ast.walk(parsed(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(function)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not hidden, "an import inside a function hides who needs whom"


@pytest.mark.parametrize("path", [path for path in python_files() if path.name == "__init__.py"], ids=named)
def test_a_package_opens_with_words_and_holds_no_code(path: Path) -> None:
    """Only a docstring, imports, a blueprint and what equips it, and visible tables in capitals."""
    tree = parsed(path)
    assert ast.get_docstring(tree), "say in one line what this room owns"
    strange = [f"{named(path)}:{node.lineno}" for node in tree.body[1:] if not _belongs(node)]
    assert not strange, "move this into a module of its own"


def _belongs(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return all(name.isupper() or name in INIT_NAMES for name in _assigned(node))
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant):
        return True
    return isinstance(node.value, ast.Call) and "blueprint" in {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _assigned(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield target.id if isinstance(target, ast.Name) else ""


@pytest.mark.parametrize("room", ROOMS)
def test_no_file_is_longer_than_one_can_read(room: str) -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(room)}
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FILE}


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_says_what_it_owns(room: str) -> None:
    silent = [named(path) for path in python_files(room) if not ast.get_docstring(parsed(path))]
    assert not silent
