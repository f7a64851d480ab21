"""The project's text speaks of the product: no machine's paths, no registry's hosts, nothing left unfinished."""

import re
from pathlib import Path

from tests.guards.tree import named, tracked_files

SEEN_BY_OTHERS = ("reporting/static/vendor/", "tests/pages/axe/")
TEXT = {
    *(".py", ".md", ".html", ".css", ".js", ".mjs", ".json", ".toml", ".yml", ".yaml", ".sh", ".lock", ".txt", ".ini"),
    *(".mako", ".csv", ".svg", ".example", ""),
}
# Written so that this file does not find itself.
MACHINE = re.compile(r"(?<![\w.*/-])/(?:w[o]rk|r[o]ot|h[o]me/\w+|f[a]rm)/|\.lib[r]ary\b|\bf[a]rm-[a-z]+\b|\.\./sh[a]red\b")
REGISTRY = re.compile(r"pyp[i]\.org|pythonh[o]sted|registry\.npm[j]s|deb\.deb[i]an|--(?:extra-)?ind[e]x-url[ =]")
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|NotImplemented[E]rror|no c[o]ver)\b")


def _lines() -> list[tuple[str, str]]:
    paths = [path for path in tracked_files() if path.suffix in TEXT and not named(path).startswith(SEEN_BY_OTHERS)]
    return [(f"{named(path)}:{number}", line) for path in paths for number, line in enumerate(_read(path), start=1)]


def _read(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [f"{where}: {line.strip()[:120]}" for where, line in _lines() if pattern.search(line)]


def test_no_text_names_a_path_of_somebodys_machine() -> None:
    assert not _found(MACHINE)


def test_no_text_names_the_host_of_a_package_registry() -> None:
    assert not _found(REGISTRY)


def test_nothing_is_marked_as_unfinished() -> None:
    assert not _found(UNFINISHED)
