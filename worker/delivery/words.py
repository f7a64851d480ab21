"""The words of a letter in the language its receiver chose, from the same catalogues as the pages."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel.support import NullTranslations, Translations

from reporting import domain
from reporting.config import Settings
from reporting.domain.deliveries import STOP, SUBJECT, TEMPLATES, WHY
from reporting.domain.languages import BY_CODE

CATALOGUES: Final = Path(next(iter(domain.__path__))).parent / "translations"


@dataclass(frozen=True, slots=True)
class Words:
    """A letter's words. `url` is the page it leads to."""

    subject: str
    text: str
    short: str
    why: str
    stop: str
    url: str
    language: str
    direction: str


def words_of(template: str, language: str, settings: Settings) -> Words:
    """The words of a template; in English where there is no catalogue. Raises KeyError for a template that is not there."""
    told = TEMPLATES[template]
    say = _catalogue(language).gettext
    return Words(
        subject=say(SUBJECT) % {"name": settings.deployer_name},
        text=say(told.text),
        short=say(told.short),
        why=say(WHY),
        stop=say(STOP),
        url=f"{settings.origin}{told.page}",
        language=language,
        direction=BY_CODE[language].direction if language in BY_CODE else "ltr",
    )


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(CATALOGUES), [language])
