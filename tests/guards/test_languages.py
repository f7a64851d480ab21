"""The catalogues: every text of the tree is in them, pages read what translators wrote, and no translation can break a page."""

import pytest
from babel.messages.catalog import Catalog

from reporting.adapters import catalogues
from reporting.adapters.catalogues import CODES
from reporting.cli.languages import texts
from reporting.domain.languages import BY_CODE, FINISHED
from reporting.domain.translating import faults, is_same

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
