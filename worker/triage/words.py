"""The cue lexicons: read from data files, inflected, and compiled into one word tree per language.

A pattern is a few words, perhaps with its English meaning: "plecak@m lezy = rucksack lying there". A word may carry
`+` (plural) and `~` (verb forms) in English, `@name` (the endings of that name in its file), `*` behind it (any ending)
or before it (any beginning: the head of a compound), alternatives `a|b`, or name a group `<person>`; a lone `*` is any
word, and `..` none to three of any, for languages that put the verb last.

Compiled, a text is matched in one pass: at each word the tree is walked a few steps deep, so that the cost grows with the
length of the text and never with its content.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from worker.triage.spelling import composed, fold, folds, is_slip, sound

__all__ = ["ANY", "LEXICON_FOLDER", "Lexicon", "Node", "composed", "fold", "lexicon_digest", "lexicons"]
LEXICON_FOLDER = Path(__file__).parent / "lexicon"
COMMON = LEXICON_FOLDER / "common"
ANY = "*"
GAP = ".."
_LONGEST_GAP = 3
_SHORTEST_PART = 3
# A slip is looked for in long words only: in short ones a wrong letter makes another word ("gun", "fun").
_SHORTEST_SLIP = 7
_DOUBLING = re.compile(r"[^aeiou][aeiou][bdgklmnprt]$")


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


def word_forms(slot: str, endings: dict[str, list[str]] | None = None) -> frozenset[str]:
    """Every spelling one marked word stands for (not for groups and open ends)."""
    if slot.endswith("+"):
        return plural_forms(slot[:-1])
    if slot.endswith("~"):
        return verb_forms(slot[:-1])
    stem, marked, name = slot.partition("@")
    if marked:
        return frozenset(stem + ending for ending in (endings or {})[name])
    return frozenset((slot,))


@dataclass(slots=True)
class Node:
    """One step in the word tree: where the next word leads, which concepts end here and what they mean in English."""

    steps: dict[str, Node] = field(default_factory=dict)
    concepts: tuple[str, ...] = ()
    meanings: dict[str, str] | None = None


@dataclass(slots=True)
class Lexicon:
    """One language's cues, compiled. `slots` tells which marked words a spelling satisfies."""

    code: str
    small: frozenset[str]
    skip: frozenset[str]
    identity: frozenset[str]
    descriptive: frozenset[str]
    function_words: frozenset[str]
    voices: frozenset[str] = frozenset()
    by_sound: bool = False
    people: frozenset[str] = frozenset()
    skin: frozenset[str] = frozenset()
    skin_follows: bool = False
    meanings: dict[str, str] = field(default_factory=dict)
    root: Node = field(default_factory=Node)
    slots: dict[str, tuple[str, ...]] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    suffixes: dict[str, str] = field(default_factory=dict)
    longest_prefix: int = 0
    longest_suffix: int = 0
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    real: frozenset[str] = frozenset()
    slips: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)

    def slots_of(self, form: str) -> tuple[str, ...]:
        """The marked words of the tree that a folded word satisfies: as it is, without what Arabic writes onto a word,
        or with one slip mended."""
        found = self._plain_slots(form)
        if any(not slot.endswith(ANY) for slot in found) or form in self.function_words or form in self.skip:
            return found
        for bare in self._bared(form):
            if found := self._plain_slots(bare):
                return found
        return (*found, *self.slots.get(self._meant(form), ()))

    def _plain_slots(self, form: str) -> tuple[str, ...]:
        known = self.slots.get(form, ())
        size = len(form)
        if size < _SHORTEST_PART:
            return known
        prefixes, suffixes = self.prefixes, self.suffixes
        reach, back = min(size, self.longest_prefix), min(size, self.longest_suffix)
        open_ended = [prefixes[form[:end]] for end in range(_SHORTEST_PART, reach + 1) if form[:end] in prefixes]
        if back:
            open_ended += [suffixes[form[-end:]] for end in range(_SHORTEST_PART, back + 1) if form[-end:] in suffixes]
        return (*known, *open_ended) if open_ended else known

    def _bared(self, form: str) -> Iterator[str]:
        """The word without particles written onto it; what is left keeps at least three letters."""
        for particle in self.before:
            if form.startswith(particle) and len(form) - len(particle) >= _SHORTEST_PART:
                yield form[len(particle) :]
        for pronoun in self.after:
            if form.endswith(pronoun) and len(form) - len(pronoun) >= _SHORTEST_PART:
                rest = form[: -len(pronoun)]
                yield rest
                yield rest + "ه"
                yield rest[:-1] + "ه"
                for particle in self.before:
                    if rest.startswith(particle) and len(rest) - len(particle) >= _SHORTEST_PART:
                        yield rest[len(particle) :]

    def _meant(self, form: str) -> str:
        """The long word that one slip of the fingers made this one of; nothing if it is a word of its own."""
        size = len(form)
        if size < _SHORTEST_SLIP or form in self.real or form in self.descriptive or form in self.identity:
            return ""
        for part in (form[:3] + "-", "-" + form[-3:]):
            for length in (size, size - 1, size + 1):
                for meant in self.slips.get((part, length), ()):
                    if meant[0] == form[0] and is_slip(form, meant):
                        return meant
        return ""


def compile_lexicon(data: dict[str, Any], by_sound: bool = False) -> Lexicon:
    """A lexicon from its data file. Raises KeyError where a pattern names a group or endings that are not there.

    `by_sound` compiles it for the same language in Latin letters: every word becomes its rough key.
    """
    return _Compiler(data, by_sound).lexicon


@dataclass(slots=True)
class _Compiler:
    """Turns the patterns of a data file into the word tree."""

    data: dict[str, Any]
    by_sound: bool
    lexicon: Lexicon = field(init=False)
    groups: dict[str, frozenset[str]] = field(init=False)
    endings: dict[str, list[str]] = field(init=False)
    keys: dict[str, str] = field(default_factory=dict)
    marked: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        data = self.data
        self.endings = {name: [end.strip("-") for end in ends.split()] for name, ends in data.get("endings", {}).items()}
        self.lexicon = self._words_alone()
        self.groups = {name: self._words(words) for name, words in data.get("groups", {}).items()}
        self.lexicon.people = self.groups["person"]
        grammar = {name: patterns for name, patterns in data["grammar"].items() if not isinstance(patterns, str)}
        for concept, patterns in {**grammar, "mask": data["mask"]["phrases"], **data["cues"]}.items():
            for pattern in patterns:
                self._add(pattern, concept)
        self._index_slips()

    def _words_alone(self) -> Lexicon:
        data = self.data
        identity, forms = data.get("identity", {}), data.get("forms", {})
        function_words = data["grammar"].get("latin", "") if self.by_sound else data["grammar"]["function_words"]
        return Lexicon(
            code=data["code"],
            by_sound=self.by_sound,
            small=self._words(data.get("skip", {}).get("small", "")),
            skip=self._words(*data.get("skip", {}).values()),
            identity=self._words(identity.get("words", "")),
            skin=self._words(identity.get("skin", "")),
            skin_follows=bool(identity.get("skin_follows")),
            descriptive=self._words(*data.get("descriptive", {}).values()),
            function_words=self._words(function_words),
            voices=frozenset(fold(word) for word in function_words.split()),
            meanings={word: english for english, words in data.get("meanings", {}).items() for word in self._words(words)},
            before=tuple(forms.get("before", "").split()),
            after=tuple(forms.get("after", "").split()),
            real=frozenset() if self.by_sound else self._words(forms.get("real_words", ""), _real_words(data["code"])),
        )

    def _words(self, *texts: str) -> frozenset[str]:
        return frozenset(spelling for text in texts for word in text.split() for spelling in self._spellings(word))

    def _spellings(self, word: str) -> list[str]:
        spellings = [one for form in word_forms(word, self.endings) for one in folds(form)]
        return [sound(one) for one in spellings] if self.by_sound else spellings

    def _add(self, pattern: str, concept: str) -> None:
        """Put a pattern into the tree. Small words that reading takes out are taken out of it too; a pattern that
        needs a colour or a size can never match and is left out."""
        words, _, meaning = pattern.partition(" = ")
        if GAP in words:
            for size in range(_LONGEST_GAP + 1):
                self._add(pattern.replace(GAP, " ".join([ANY] * size), 1), concept)
            return
        parts = [part.split("|") for part in _parted(words)]
        small, skip = self.lexicon.small, self.lexicon.skip
        needed = [choices for choices in parts if not all(self._key(word) in small for word in choices)]
        choices = [[self._slot(word) for word in words if self._key(word) not in skip] for words in needed]
        for path in product(*choices) if choices else ():
            node = self.lexicon.root
            for slot in path:
                node = node.steps.setdefault(slot, Node())
            if concept not in node.concepts:
                node.concepts += (concept,)
            if meaning:
                node.meanings = {concept: meaning, **(node.meanings or {})}

    def _key(self, word: str) -> str:
        if word not in self.keys:
            self.keys[word] = sound(fold(word)) if self.by_sound else fold(word)
        return self.keys[word]

    def _slot(self, word: str) -> str:
        if word not in self.marked:
            self.marked[word] = self._mark(word)
        return self.marked[word]

    def _mark(self, word: str) -> str:
        """Lets every spelling of a marked word lead to it."""
        lexicon, slot = self.lexicon, fold(word)
        if slot == ANY:
            return slot
        if slot.endswith("*"):
            beginning = self._key(slot[:-1])
            lexicon.prefixes[beginning] = slot
            lexicon.longest_prefix = max(lexicon.longest_prefix, len(beginning))
        elif slot.startswith("*"):
            ending = self._key(slot[1:])
            lexicon.suffixes[ending] = slot
            lexicon.longest_suffix = max(lexicon.longest_suffix, len(ending))
        else:
            for spelling in self.groups[word[1:-1]] if word.startswith("<") else self._spellings(word):
                if slot not in lexicon.slots.get(spelling, ()):
                    lexicon.slots[spelling] = (*lexicon.slots.get(spelling, ()), slot)
        return slot

    def _index_slips(self) -> None:
        """Long words by their first and by their last letters: one slip leaves one of the two as it was."""
        for spelling in () if self.by_sound else self.lexicon.slots:
            if len(spelling) >= _SHORTEST_SLIP and spelling not in self.lexicon.people:
                for part in (spelling[:3] + "-", "-" + spelling[-3:]):
                    key = (part, len(spelling))
                    self.lexicon.slips[key] = (*self.lexicon.slips.get(key, ()), spelling)


def _parted(words: str) -> list[str]:
    """The words of a pattern, parted at hyphens like those of a text."""
    return [one for word in words.split() for one in ([word] if "|" in word else word.replace("-", " ").split())]


@lru_cache(maxsize=1)
def lexicons() -> dict[str, Lexicon]:
    """Every lexicon of the folder by language code, and Greek in Latin letters. Read once per process."""
    return {data["code"]: compile_lexicon(data) for data in _data_files()} | {
        f"{data['code']}-Latn": compile_lexicon(data, by_sound=True) for data in _data_files() if "latin" in data["grammar"]
    }


@lru_cache(maxsize=1)
def english_of_concepts() -> dict[str, str]:
    """What each concept is called in English where a pattern does not say more."""
    meanings: dict[str, str] = tomllib.loads((COMMON / "meanings.toml").read_text(encoding="utf-8"))["concepts"]
    return meanings


@lru_cache(maxsize=1)
def lexicon_digest() -> str:
    """Eight characters that change whenever a cue changes: part of the rule set's version."""
    whole = b"".join(path.read_bytes() for path in sorted(LEXICON_FOLDER.rglob("*.t*")))
    return sha256(whole).hexdigest()[:8]


def _real_words(code: str) -> str:
    """Words of a language that lie one letter from a longer cue and are no slips. Found by comparing with a frequency list."""
    kept = COMMON / "real_words" / f"{code}.txt"
    return kept.read_text(encoding="utf-8") if kept.exists() else ""


def _data_files() -> list[dict[str, Any]]:
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(LEXICON_FOLDER.glob("*.toml"))]
