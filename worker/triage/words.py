"""The cue lexicons: read from data files, inflected, and compiled into one word tree per language.

A pattern is a few words; a word may carry `+` (plural), `~` (verb forms), `*` (any ending), alternatives `a|b`, or
name a group `<person>`. Compiled, a text is matched in one pass: at each word the tree is walked a few steps deep,
so that the cost grows with the length of the text and never with its content.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

LEXICON_FOLDER = Path(__file__).parent / "lexicon"
ANY = "*"
_SHORTEST_PREFIX = 3
_DOUBLING = re.compile(r"[^aeiou][aeiou][bdgklmnprt]$")
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF])


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
    return bare.replace("ł", "l").replace("ø", "o").replace("đ", "d").replace("ı", "i").replace("’", "'")


def plural_forms(word: str) -> frozenset[str]:
    """An English noun and its regular plural."""
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return frozenset((word, word + "es"))
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return frozenset((word, word[:-1] + "ies"))
    return frozenset((word, word + "s"))


def verb_forms(word: str) -> frozenset[str]:
    """An English verb with its regular forms; a doubled consonant is offered beside the plain one."""
    stem = word[:-1] if word.endswith("e") else word
    forms = {word, *plural_forms(word), stem + "ed", stem + "ing"}
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        forms.add(word[:-1] + "ied")
    if _DOUBLING.search(word):
        forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return frozenset(forms)


def word_forms(slot: str) -> frozenset[str]:
    """Every spelling one marked word stands for (not for groups and open endings)."""
    if slot.endswith("+"):
        return plural_forms(slot[:-1])
    if slot.endswith("~"):
        return verb_forms(slot[:-1])
    return frozenset((slot,))


@dataclass(slots=True)
class Node:
    """One step in the word tree: where the next word leads, and which concepts end here."""

    steps: dict[str, Node] = field(default_factory=dict)
    concepts: tuple[str, ...] = ()


@dataclass(slots=True)
class Lexicon:
    """One language's cues, compiled. `slots` tells which marked words a spelling satisfies."""

    code: str
    small: frozenset[str]
    skip: frozenset[str]
    identity: frozenset[str]
    descriptive: frozenset[str]
    function_words: frozenset[str]
    people: frozenset[str] = frozenset()
    skin: frozenset[str] = frozenset()
    skin_follows: bool = False
    root: Node = field(default_factory=Node)
    slots: dict[str, tuple[str, ...]] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    longest_prefix: int = 0

    def slots_of(self, form: str) -> tuple[str, ...]:
        """The marked words of the tree that a folded word satisfies."""
        known = self.slots.get(form, ())
        reach = min(len(form), self.longest_prefix)
        if reach < _SHORTEST_PREFIX:
            return known
        prefixes = self.prefixes
        open_ended = tuple(prefixes[form[:size]] for size in range(_SHORTEST_PREFIX, reach + 1) if form[:size] in prefixes)
        return known + open_ended if open_ended else known


def compile_lexicon(data: dict[str, Any]) -> Lexicon:
    """A lexicon from its data file. Raises KeyError where a pattern names a group that is not there."""
    lexicon = Lexicon(
        code=data["code"],
        small=_words(data.get("skip", {}).get("small", "")),
        skip=_words(*data.get("skip", {}).values()),
        identity=_words(data.get("identity", {}).get("words", "")),
        skin=_words(data.get("identity", {}).get("skin", "")),
        skin_follows=bool(data.get("identity", {}).get("skin_follows")),
        descriptive=_words(*data.get("descriptive", {}).values()),
        function_words=_words(data["grammar"]["function_words"]),
    )
    groups = {name: _words(words) for name, words in data.get("groups", {}).items()}
    lexicon.people = groups["person"]
    grammar = {name: patterns for name, patterns in data["grammar"].items() if name != "function_words"}
    for concept, patterns in {**grammar, "mask": data["mask"]["phrases"], **data["cues"]}.items():
        for pattern in patterns:
            _add(lexicon, pattern, concept, groups)
    return lexicon


def _words(*texts: str) -> frozenset[str]:
    return frozenset(fold(word) for text in texts for word in text.split())


def _add(lexicon: Lexicon, pattern: str, concept: str, groups: dict[str, frozenset[str]]) -> None:
    """Put a pattern into the tree. Small words that reading takes out are taken out of it too; a pattern that needs
    a colour or a size can never match and is left out."""
    parts = [fold(part).split("|") for part in pattern.split()]
    needed = [words for words in parts if not lexicon.small.issuperset(words)]
    choices = [[_slot(lexicon, word, groups) for word in words if word not in lexicon.skip] for words in needed]
    for path in product(*choices) if choices else ():
        node = lexicon.root
        for slot in path:
            node = node.steps.setdefault(slot, Node())
        if concept not in node.concepts:
            node.concepts += (concept,)


def _slot(lexicon: Lexicon, word: str, groups: dict[str, frozenset[str]]) -> str:
    if word == ANY or word in lexicon.slots.get(word, ()):
        return word
    if word.endswith("*"):
        lexicon.prefixes[word[:-1]] = word
        lexicon.longest_prefix = max(lexicon.longest_prefix, len(word) - 1)
        return word
    spellings = groups[word[1:-1]] if word.startswith("<") else word_forms(word)
    for spelling in spellings:
        if word not in lexicon.slots.get(spelling, ()):
            lexicon.slots[spelling] = (*lexicon.slots.get(spelling, ()), word)
    return word


@lru_cache(maxsize=1)
def lexicons() -> dict[str, Lexicon]:
    """Every lexicon of the folder by language code. Read once per process; about a tenth of a second."""
    return {data["code"]: compile_lexicon(data) for data in _data_files()}


@lru_cache(maxsize=1)
def lexicon_digest() -> str:
    """Eight characters that change whenever a cue changes: part of the rule set's version."""
    whole = b"".join(path.read_bytes() for path in sorted(LEXICON_FOLDER.glob("*.toml")))
    return sha256(whole).hexdigest()[:8]


def _data_files() -> list[dict[str, Any]]:
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(LEXICON_FOLDER.glob("*.toml"))]
