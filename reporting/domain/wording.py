"""What counts as words: whether a text says something at all."""

import re
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")
ENOUGH_WORDS: Final = 3
ENOUGH_LETTERS: Final = 10


def is_sentence(text: str) -> bool:
    """Three words and ten letters or digits: enough to say what it was, too much for a slip of the hand."""
    words = _WORD.findall(text)
    return len(words) >= ENOUGH_WORDS and sum(map(len, words)) >= ENOUGH_LETTERS
