"""How a written word is compared: case, accents, invisible marks, letters that stand for each other, Greek in Latin letters."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys([0xAD, 0x640, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])
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
    if text.isascii():
        return text
    whole = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return "".join(character for character in whole if not unicodedata.combining(character))


def fold(word: str) -> str:
    """A word as it is compared: lower case, without accents, vowel marks and invisible characters."""
    if word.isascii():
        return word.lower()
    spread = unicodedata.normalize("NFKD", word.casefold())
    bare = "".join(character for character in spread if not unicodedata.combining(character))
    return bare.translate(_SAME)


def folds(word: str) -> tuple[str, ...]:
    """A listed word as it may be typed: `ü` as `u` and as `ue`."""
    plain = fold(word)
    spelled = fold(word.casefold().translate(_UMLAUTS))
    return (plain,) if spelled == plain else (plain, spelled)


def sound(word: str) -> str:
    """The rough key of a folded word, the same for Greek letters and for the ways to write them in Latin ones."""
    if word.isascii():
        rough = _LATIN_SOUNDS.sub(lambda pair: _LATIN_PAIRS[pair.group()], word).translate(_ONE_SOUND)
    else:
        rough = _GREEK_SOUNDS.sub(lambda pair: _GREEK_PAIRS[pair.group()], word).translate(_LATIN_OF_GREEK)
    return _TWICE.sub(r"\1", rough)


def is_slip(written: str, meant: str) -> bool:
    """Whether two words of at least four letters differ by one letter too many, missing, wrong, or by two swapped."""
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
        return bool(rest) and (rest[1:] == wanted[1:] or swapped)
    return rest[1:] == wanted if len(rest) > len(wanted) else rest == wanted[1:]
