"""The words of a letter in the language its receiver chose, from the same catalogues as the pages."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from babel.support import NullTranslations, Translations

from reporting import domain
from reporting.config import Settings
from reporting.domain.deliveries import NOT_ME, ONCE, STOP, SUBJECT, TEMPLATES, WHY
from reporting.domain.languages import BY_CODE

CATALOGUES: Final = Path(next(iter(domain.__path__))).parent / "translations"


@dataclass(frozen=True, slots=True)
class Words:
    """A letter's words. `url` is the page it leads to, empty where that is the way's own."""

    subject: str
    text: str
    short: str
    sms: str
    why: str
    stop: str
    once: str
    not_me: str
    url: str
    language: str
    direction: str


def words_of(template: str, language: str, settings: Settings, about: str = "") -> Words:
    """The words of a template, with the name it carries; in English where there is no catalogue. Raises KeyError for a template
    that is not there."""
    told = TEMPLATES[template]
    say = _catalogue(language).gettext

    def named(words: str) -> str:
        return say(words) % {"place": about or settings.deployer_name} if told.named else say(words)

    return Words(
        subject=say(SUBJECT) % {"name": settings.deployer_name},
        text=named(told.text),
        short=named(told.short),
        sms=named(told.sms),
        why=say(WHY),
        stop=say(STOP),
        once=say(ONCE),
        not_me=say(NOT_ME),
        url=f"{settings.origin}{told.page}" if told.page else "",
        language=language,
        direction=BY_CODE[language].direction if language in BY_CODE else "ltr",
    )


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(CATALOGUES), [language])
