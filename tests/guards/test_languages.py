"""The catalogues: every text of the tree is in them, pages read what translators wrote, and no translation can break a page."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from reporting.adapters import catalogues
from reporting.adapters.catalogues import CODES
from reporting.cli.languages import texts
from reporting.domain.languages import BY_CODE, FINISHED
from reporting.domain.translating import faults, is_same
from tests.guards.tree import ROOT, parsed, python_files

UPDATE = "run `reporting languages update` and commit reporting/translations"
COMPILE = "run `reporting languages compile` and commit reporting/translations"


def ids(kept: Catalog) -> set[tuple[str, ...]]:
    """Every text of a catalogue."""
    return {catalogues.english(message) for message in catalogues.messages(kept)}


@pytest.fixture(scope="module")
def wanted() -> set[tuple[str, ...]]:
    """Every text of the tree."""
    return ids(catalogues.gathered(texts()))


@pytest.fixture(params=CODES)
def code(request: pytest.FixtureRequest) -> str:
    """Each language that needs a catalogue."""
    return str(request.param)


@pytest.fixture
def kept(code: str) -> Catalog:
    """What translators edit."""
    return catalogues.catalogue(code)


def test_the_template_has_every_text_of_the_tree_and_no_other(wanted: set[tuple[str, ...]]) -> None:
    listed = ids(catalogues.template())
    new, gone = sorted(wanted - listed), sorted(listed - wanted)
    assert not new, f"{UPDATE}: {new[:5]}"
    assert not gone, f"{UPDATE}: {gone[:5]}"


@pytest.mark.parametrize("path", sorted((ROOT / "reporting/domain").glob("*.toml")), ids=lambda path: path.stem)
def test_every_sentence_of_a_table_in_the_domain_is_in_the_catalogues(path: Path, wanted: set[tuple[str, ...]]) -> None:
    texts = list(sentences(tomllib.loads(path.read_text(encoding="utf-8"))))
    left = [each for each in texts if (each,) not in wanted]
    assert texts and not left, f"name them in reporting/domain/spoken.py: {left[:5]}"


def sentences(told: Any) -> Iterator[str]:
    """Every text of more than one word, however deep it stands."""
    for value in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        if isinstance(value, str) and " " in value:
            yield value
        else:
            yield from sentences(value)


OWN_WORDS = {"accounts", "addresses", "duty", "first_look", "jurisdictions", "posters", "room_notices", "venues"}
"""Rooms whose refusals the public pages say in words of their own, or never meet."""


def test_what_rooms_refuse_on_public_pages_is_gathered() -> None:
    used = {name for path in python_files("reporting/citizen", "reporting/venue") for name in services_of(parsed(path))}
    refusing = {name for name in used if list(catalogues.refusals(f"services/{name}.py"))}
    assert not refusing - OWN_WORDS - gathered_rooms(), "name it in REFUSING of reporting/adapters/catalogues.py"


def gathered_rooms() -> set[str]:
    """Services in the list."""
    return {Path(name).stem for name in catalogues.REFUSING if name.startswith("services/")}


def services_of(tree: ast.Module) -> Iterator[str]:
    """The services that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reporting.services"):
            room = (node.module or "").removeprefix("reporting.services").lstrip(".")
            yield from [room] if room else [each.name for each in node.names]


def test_a_refusal_within_another_is_gathered() -> None:
    assert {"The PIN is too easy.", "Choose a PIN that is harder to guess."} <= set(catalogues.refusals("services/devices.py"))


def test_a_catalogue_has_the_texts_of_the_template(kept: Catalog) -> None:
    assert ids(kept) == ids(catalogues.template()), UPDATE


def test_pages_read_what_translators_wrote(code: str, kept: Catalog) -> None:
    assert catalogues.path_of(code).with_suffix(".mo").read_bytes() == catalogues.compiled(kept), COMPILE


def test_nothing_is_guessed_or_left_over(kept: Catalog) -> None:
    assert not [message.id for message in kept if message.id and message.fuzzy]
    assert not kept.obsolete


def test_placeholders_tags_and_plurals_are_those_of_the_text(kept: Catalog) -> None:
    said = [message for message in catalogues.messages(kept) if any(catalogues.forms(message))]
    wrong = {each.id: faults(catalogues.english(each), catalogues.forms(each), kept.num_plurals) for each in said}
    assert not {text: why for text, why in wrong.items() if why}


def test_what_is_equal_to_english_says_that_it_is_meant(kept: Catalog) -> None:
    said = filter(catalogues.is_said, catalogues.messages(kept))
    equal = [each for each in said if is_same(catalogues.english(each), catalogues.forms(each))]
    assert not [each.id for each in equal if catalogues.SAME not in each.user_comments]


def test_a_finished_language_has_every_text(code: str, kept: Catalog) -> None:
    left = [each.id for each in catalogues.messages(kept) if not catalogues.is_said(each)]
    assert not left or code not in FINISHED, f"translate these, or take {code} out of FINISHED until they are"


def test_only_languages_we_know_are_finished() -> None:
    assert set(FINISHED) <= set(CODES) < set(BY_CODE)


PLURALS = {"ar": 6, "de": 2, "el": 2, "es": 2, "fr": 2, "it": 2, "nl": 2, "pl": 3, "pt": 2, "ro": 3}


def test_each_language_counts_as_its_speakers_do(code: str, kept: Catalog) -> None:
    assert kept.num_plurals == PLURALS[code]
