"""The languages a page can be asked for: their own names and the direction they are written in."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """A language by its ISO 639-1 code, named as its speakers name it."""

    code: str
    name: str
    direction: str = "ltr"


LANGUAGES: tuple[Language, ...] = (
    Language("en", "English"),
    Language("ar", "العربية", "rtl"),
    Language("de", "Deutsch"),
    Language("el", "Ελληνικά"),
    Language("es", "Español"),
    Language("fr", "Français"),
    Language("it", "Italiano"),
    Language("nl", "Nederlands"),
    Language("pl", "Polski"),
    Language("pt", "Português"),
    Language("ro", "Română"),
)

FINISHED: tuple[str, ...] = ("ar", "de", "el", "es", "fr", "it", "nl", "pl", "pt", "ro")
"""Languages that have every text. A page goes to a browser in one of these unasked; the others only when somebody asks."""

BY_CODE: dict[str, Language] = {language.code: language for language in LANGUAGES}


def N_(text: str) -> str:
    """The same text: marks words for the catalogues that are looked up later, where they are shown."""
    return text


def choose(asked: str | None, accepted: Iterable[str], default: str) -> Language:
    """The language of a page: the one asked for, else the first accepted one (`fr-BE` is French), else the default.

    A language nobody knows is passed over, never refused.
    """
    for wanted in (asked or "", *accepted, default):
        known = BY_CODE.get(wanted.lower().partition("-")[0])
        if known:
            return known
    return BY_CODE["en"]
