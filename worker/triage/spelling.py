"""How a written word is compared: case, accents, invisible marks, letters that stand for each other, Greek in Latin letters."""

from __future__ import annotations

import re
import unicodedata
from itertools import combinations, pairwise

# What is not seen: soft hyphens, joiners, marks that turn the direction of writing, and every accent that stands alone.
_UNSEEN = (0xAD, 0x34F, 0x61C, 0x640, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
_INVISIBLE = dict.fromkeys(
    [*_UNSEEN, *range(0xFE00, 0xFE10), *(mark for mark in range(0x300, 0x20000) if unicodedata.combining(chr(mark)))]
)
# Greek and Cyrillic letters that look like Latin ones; they count as such only in a word that has Latin letters too.
_TWINS = str.maketrans("аеорсухіјѕӏԁһмтнквгзиαοεικνρτυχωηγ", "aeopcyxijsldhmtnkbrzuaoeikvptuxwny")
_LATIN_LETTER = re.compile("[a-z]")
_LETTER_BY_LETTER = re.compile(r"(?<![^\W_])[^\W\d_](?:[ .*_-][^\W\d_]){3,}(?![^\W_])")
# Letters that no decomposition parts, and Arabic and Persian letters that people type for each other.
_SAME = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "’": "'", "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "گ": "ك", "ٱ": "ا"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})

# Greek in Latin letters is written by sound or by look, and by everybody differently: both sides are brought to one rough key.
_GREEK_PAIRS = {
    "αι": "ε", "ει": "ι", "οι": "ι", "υι": "ι", "ου": "u", "αυ": "αβ", "ευ": "εβ", "μπ": "β", "μβ": "β", "ντ": "δ",
    "γγ": "γ", "γκ": "γ", "ψ": "πσ",
}  # fmt: skip
_LATIN_OF_GREEK = str.maketrans("αβγδεζηθικλμνξοπρστυφχωςu", "abgdezi8iklmnxoprstifxosu")
_LATIN_PAIRS = {
    "th": "8", "ph": "f", "ch": "x", "ks": "x", "ou": "u", "ai": "e", "ei": "i", "oi": "i", "au": "ab", "af": "ab", "eu": "eb",
    "ef": "eb", "mp": "b", "mb": "b", "mv": "b", "nt": "d", "gk": "g", "gg": "g", "ng": "g",
}  # fmt: skip
_ONE_SOUND = str.maketrans({"v": "b", "w": "o", "y": "i", "h": "i", "c": "k", "q": "k", "9": "8", "3": "x", "j": "x"})
_GREEK_SOUNDS = re.compile("|".join(_GREEK_PAIRS))
_LATIN_SOUNDS = re.compile("|".join(_LATIN_PAIRS))
_TWICE = re.compile(r"(.)\1")


def composed(text: str) -> str:
    """A text without invisible characters, and with letters and their marks in one: what a reader sees as a word stays one."""
    whole = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return _LETTER_BY_LETTER.sub(_joined, whole)


def _joined(letters: re.Match[str]) -> str:
    """ "B.o.m.b" is a word."""
    return letters.group()[::2]


def fold(word: str) -> str:
    """A word as it is compared: lower case, without accents, vowel marks and invisible characters."""
    if word.isascii():
        return word.lower()
    spread = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(character for character in spread if not unicodedata.combining(character)).translate(_SAME)
    return bare.translate(_TWINS) if _LATIN_LETTER.search(bare) else bare


def folds(word: str) -> tuple[str, ...]:
    """A listed word as it may be typed: `ü` as `u` and as `ue`, `isn't` as `isnt`."""
    plain = fold(word)
    spelled = fold(word.casefold().translate(_UMLAUTS))
    return tuple(dict.fromkeys((plain, spelled, plain.replace("'", ""))))


def sound(word: str) -> str:
    """The rough key of a folded word, the same for Greek letters and for the ways to write them in Latin ones."""
    if word.isascii():
        rough = _LATIN_SOUNDS.sub(lambda pair: _LATIN_PAIRS[pair.group()], word).translate(_ONE_SOUND)
    else:
        rough = _GREEK_SOUNDS.sub(lambda pair: _GREEK_PAIRS[pair.group()], word).translate(_LATIN_OF_GREEK)
    return _TWICE.sub(r"\1", rough)


# Keys that lie side by side, and letters that sound alike: only among these a wrong letter is a slip and not another word.
_SIDE_BY_SIDE = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qaz",
    "wsx",
    "edc",
    "rfv",
    "tgb",
    "yhn",
    "ujm",
    "qwas",
    "erdf",
    "tygh",
    "uijk",
    "opkl",
)
_ALIKE = ("aeiouy", "bp", "dt", "gk", "cks", "fv", "sz", "mn", "lr", "jy", "vw")
_WRONG_LETTERS = {frozenset(pair) for row in _SIDE_BY_SIDE[:9] for pair in pairwise(row)} | {
    frozenset(pair) for group in (*_ALIKE, *_SIDE_BY_SIDE[9:]) for pair in combinations(group, 2)
}


def _may_be_mistyped(one: str, other: str) -> bool:
    return not (one.isascii() and other.isascii()) or frozenset((one, other)) in _WRONG_LETTERS


def is_slip(written: str, meant: str) -> bool:
    """Whether two words of at least four letters differ by one letter too many, missing, mistyped, or by two swapped."""
    if abs(len(written) - len(meant)) > 1:
        return False
    start = 0
    for one, other in zip(written, meant, strict=False):
        if one != other:
            break
        start += 1
    rest, wanted = written[start:], meant[start:]
    if len(rest) == len(wanted):
        swapped = rest[:2] == wanted[:2][::-1] and rest[2:] == wanted[2:]
        return bool(rest) and (swapped or (rest[1:] == wanted[1:] and _may_be_mistyped(rest[0], wanted[0])))
    return rest[1:] == wanted if len(rest) > len(wanted) else rest == wanted[1:]
