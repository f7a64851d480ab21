"""Every template is shown by somebody, and every third-party file is the one that was looked at."""

import hashlib
import re
from pathlib import Path

import pytest

from tests.guards.tree import ROOT, named, tracked_files

TEMPLATES = sorted((ROOT / "reporting").rglob("templates/**/*.html"))
VENDOR_LOCK = ROOT / "reporting/static/vendor/vendor.lock"
LOCKED_FOLDERS = ("reporting/static/vendor", "tests/pages/axe")
QUOTED = re.compile(r"""["']([\w/.-]+\.html)["']""")
ELSEWHERE = re.compile(r"""(?:src|href|action)\s*=\s*["']?\s*(?:https?:)?//""", re.IGNORECASE)
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']", re.IGNORECASE)


def test_every_template_is_used() -> None:
    texts = [*TEMPLATES, *(ROOT / "reporting").rglob("*.py")]
    used = {name for path in texts for name in QUOTED.findall(path.read_text(encoding="utf-8"))}
    assert not {_name(path) for path in TEMPLATES} - used


def test_every_template_that_is_named_is_there() -> None:
    named_ones = {name for path in TEMPLATES for name in QUOTED.findall(path.read_text(encoding="utf-8"))}
    assert not named_ones - {_name(path) for path in TEMPLATES}


def _name(path: Path) -> str:
    parts = path.parts
    return "/".join(parts[len(parts) - parts[::-1].index("templates") :])


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_page_carries_no_script_or_style_of_its_own(path: Path) -> None:
    assert not INLINE.findall(path.read_text(encoding="utf-8")), "the content policy would stop it"


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_page_loads_nothing_from_elsewhere(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if ELSEWHERE.search(line) and "<a " not in line]
    assert not lines


def _locked() -> dict[str, str]:
    lines = [line.split() for line in VENDOR_LOCK.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return {path: digest for digest, path, _package in lines}


@pytest.mark.parametrize("name", sorted(_locked()))
def test_a_third_party_file_is_the_locked_one(name: str) -> None:
    assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == _locked()[name]


def test_no_third_party_file_is_outside_the_lock() -> None:
    there = {named(path) for path in tracked_files() if named(path).startswith(LOCKED_FOLDERS)}
    unlocked = there - set(_locked()) - {named(VENDOR_LOCK)}
    assert not {name for name in unlocked if "LICENSE" not in name}, "fetch it with deploy/vendor.py"


def test_the_map_is_the_one_that_was_made() -> None:
    folder = ROOT / "reporting/static/maps"
    lines = [line.split() for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()]
    assert {name for _digest, name in lines} == {path.name for path in folder.glob("*.pmtiles")}
    for digest, name in lines:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
