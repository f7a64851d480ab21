"""The catalogues outside of pages: words of a language for what is printed, where no request says in which language."""

import unicodedata
from collections.abc import Callable
from functools import cache

from babel.support import Translations

from reporting.adapters.translations import FOLDER, standing
from reporting.domain.languages import LANGUAGES, Language

Words = Callable[[str], str]
Forms = Callable[[str, str, int], str]


@cache
def words_in(code: str) -> Words:
    """The words of a language; the texts' own, which are English, where there is no catalogue of it."""
    words: Words = Translations.load(str(FOLDER), [code]).gettext
    return words


@cache
def forms_in(code: str) -> Forms:
    """The same for a text with a number: singular, plural and the number give the form that it takes."""
    forms: Forms = Translations.load(str(FOLDER), [code]).ngettext
    return forms


@cache
def written() -> tuple[Language, ...]:
    """Languages in which something can be printed: paper cannot say what it lacks, so they are the finished ones."""
    return tuple(each for each in LANGUAGES if standing(each.code).finished)


def is_right_to_left(text: str) -> bool:
    """Whether a text is read from right to left: by its first letter that has a direction."""
    directions = (unicodedata.bidirectional(each) for each in text)
    return next((each in ("R", "AL") for each in directions if each in ("L", "R", "AL")), False)
