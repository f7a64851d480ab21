"""Languages that nobody speaks, for tests: strange letters and longer words show what is too narrow or not translated."""

import re
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Final

import flask_babel
import pytest
from babel.support import NullTranslations

from reporting.adapters import catalogues

LATIN: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "àƀćđéƒğĥïĵķļɱñöþɋŕšťüṽŵẋýžÀɃĆĐÉƑĞĤÏĴĶĻṀÑÖÞɊŔŠŤÜṼŴẊÝŽ"
)
ARABIC: Final = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "ابجدهفغحيكخلمنوپقرستعطظشيزابجدهفغحيكخلمنوپقرستعطظشيز"
)
HELD: Final = re.compile(r"(%\(\w+\)[a-z]|%%|<[^>]+>|&\w+;|#)")
LONGER: Final = 0.4


class Pseudo(NullTranslations):
    """A catalogue that has every text of the template; what is not in there stays as it is, and is seen."""

    def __init__(self, letters: dict[int, int]) -> None:
        super().__init__()
        self.letters = letters
        self.known = {text for message in catalogues.messages(catalogues.template()) for text in catalogues.english(message)}

    def ugettext(self, message: str) -> str:
        return strange(message, self.letters) if message in self.known else message

    def ungettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.ugettext(msgid1 if n == 1 else msgid2)


def strange(text: str, letters: dict[int, int]) -> str:
    """A text in strange letters and longer; placeholders and tags stay. A single word grows itself, others get more words."""
    parts = HELD.split(text)
    said = "".join(part if number % 2 else part.translate(letters) for number, part in enumerate(parts))
    more = "".join(islice(cycle("lorem"), round(len(text) * LONGER))).translate(letters)
    return f"{said} {' '.join(_words(more))}".rstrip() if " " in text else said + more


def _words(text: str) -> Iterator[str]:
    return (text[start : start + 7] for start in range(0, len(text), 7))


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application says everything in strange letters: Arabic ones on pages that run from right to left."""
    spoken = {"ar": Pseudo(ARABIC)}
    otherwise = Pseudo(LATIN)
    monkeypatch.setattr(
        flask_babel.Domain, "get_translations", lambda _domain: spoken.get(str(flask_babel.get_locale()), otherwise)
    )
