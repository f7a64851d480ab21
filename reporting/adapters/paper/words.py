"""The catalogues outside of pages: words of a language for what is printed, where no request says in which language."""

import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from babel.support import Translations

from reporting.domain.languages import LANGUAGES, Language

FOLDER: Final = Path(__file__).resolve().parents[2] / "translations"
SOURCE: Final = "en"
"""The language of the texts themselves, which needs no catalogue."""
Words = Callable[[str], str]


@cache
def words_in(code: str) -> Words:
    """The words of a language; the texts' own, which are English, where there is no catalogue of it."""
    words: Words = Translations.load(str(FOLDER), [code]).gettext
    return words


@cache
def written() -> tuple[Language, ...]:
    """Languages in which something can be printed: English, and those that there is a catalogue of."""
    there = {path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.mo")}
    return tuple(each for each in LANGUAGES if each.code == SOURCE or each.code in there)


def is_right_to_left(text: str) -> bool:
    """Whether a text is read from right to left: by its first letter that has a direction."""
    directions = (unicodedata.bidirectional(each) for each in text)
    return next((each in ("R", "AL") for each in directions if each in ("L", "R", "AL")), False)
