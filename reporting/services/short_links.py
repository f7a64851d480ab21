"""Short links: ten letters that name one way to be told, for text messages, where every letter counts.

The word follows from the way's id and our key; the row keeps only its mark, so that the tables open no link. It has fifty bits,
and who tries wrong ones is told to wait, as with receipt codes. It opens nothing but that way: yes, no, never.
"""

import base64
import uuid
from typing import Final

from reporting.bootstrap import adapters

LETTERS: Final = 10
PATH: Final = "/s/"


def word_of(subscription_id: uuid.UUID) -> str:
    """The word of a way: capital letters and digits that every text message can carry."""
    return base64.b32encode(adapters().seals.mark("short link", str(subscription_id)))[:LETTERS].decode()


def mark_of(word: str) -> bytes:
    """What the way's row recognises the word by."""
    return adapters().seals.mark("short word", word.strip().upper()[:LETTERS])
