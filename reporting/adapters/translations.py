"""What stands in the compiled catalogues that pages read: which languages have begun, and which of them somebody has signed."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel.support import Translations

from reporting.domain.languages import FINISHED, LANGUAGES, Language

FOLDER: Final = Path(__file__).resolve().parent.parent / "translations"
SOURCE: Final = "en"
"""The language of the texts themselves, which needs no catalogue."""
DRAFT: Final = "draft"
"""The `Last-Translator` of a catalogue that no native speaker has signed."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a language is: it says something, it says everything, a native speaker has read it."""

    begun: bool
    finished: bool
    signed: bool


@cache
def standing(code: str) -> Standing:
    """How far a language is. English is always there."""
    if code == SOURCE:
        return Standing(True, True, True)
    found = Translations.load(str(FOLDER), [code])
    said = getattr(found, "_catalog", {})
    signed = found.info().get("last-translator", DRAFT) != DRAFT
    return Standing(begun=len(said) > 1, finished=code in FINISHED, signed=signed)


@cache
def offered() -> tuple[Language, ...]:
    """Languages that a reader can choose: those that say anything."""
    return tuple(language for language in LANGUAGES if standing(language.code).begun)
