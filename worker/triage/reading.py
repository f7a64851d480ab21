"""How a text is read: words, the cues found in them, and what the sentence around a cue does to it.

Reading takes three steps. Words about who somebody is, articles and colours are taken out first, so that they can
neither match nor stand between two words that do. Then the word tree of each likely language is walked once. Then
every cue is marked with its surroundings: negated ("no wires"), taken back ("I thought it was a bomb, but ..."),
quoted, hypothetical, past, or from a film. All of it is linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from worker.triage.disguises import PICTURES, Slots, parts, undisguised
from worker.triage.languages import hear
from worker.triage.looks import origins
from worker.triage.sieve import sieved
from worker.triage.spelling import composed, fold, sound
from worker.triage.surroundings import GRAMMAR, Cue, Words, mark_surroundings
from worker.triage.words import ANY, Lexicon, Node, english_of_concepts, lexicons

# A word; after one or two letters (l'homme, he's) or an Italian preposition the apostrophe parts two words.
_TOKEN = re.compile(
    r"(?:(?<![^\W_])(?:[^\W_]{1,2}|dell|all|nell|sull|dall|quell)(?=['’]))|[^\W_]+(?:['’][^\W_]+)*|[💣🔫🔪🗡🧨]|[.!?;:,\n\"“”«»„؟،؛。]",
    re.IGNORECASE,
)
_SENTENCE_END = frozenset(".!?;\n؟؛。")
_COMMA = frozenset(",:،")
_QUOTES = frozenset('"“”«»„')
_ORIGIN = re.compile(r".(?:ian|ean|ese|stani|ish)$")
# A fire exit is an exit: what a phrase is about keeps being a place or a thing.
_NEVER_MASKED = GRAMMAR | {"secure_target", "door_noun", "inside_place", "private_room"}
_MARKS = _SENTENCE_END | _COMMA | _QUOTES
# Addresses on the internet name things that are not there.
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# More cues of one concept than this stand in no report of the longest length accepted; it bounds the cost of abuse.
_MOST_CUES = 1000
# Words that are remembered with what they mean; a report has a few hundred, and most come again in the next one.
_REMEMBERED = 4096
_remembered: dict[str, dict[str, Meaning]] = {}
_pieces: dict[str, list[tuple[str, str]]] = {}


class Meaning(NamedTuple):
    """What a word may be, and where it leads from the root of the word tree."""

    slots: Slots
    begins: tuple[Node, ...]


@dataclass(slots=True)
class Layer:
    """The text as one language reads it: the words as it compares them, those that count, the cues among them by
    concept, and the words about identity that were taken out."""

    lexicon: Lexicon
    forms: list[str]
    kept: list[int]
    cues: dict[str, list[Cue]]
    hidden: list[int]


@dataclass(slots=True)
class Reading:
    """What a text says, ready to be asked by the rules. `unread` names the language that there is no word list for."""

    words: Words
    layers: list[Layer]
    identity: tuple[str, ...] = ()
    unread: str = ""

    def found(self, *concepts: str) -> list[Cue]:
        """Every cue of the concepts, whatever its surroundings."""
        return [cue for layer in self.layers for concept in concepts for cue in layer.cues.get(concept, ())]

    def standing(self, *concepts: str) -> list[Cue]:
        """The cues of the concepts that the text holds to be so."""
        return [cue for cue in self.found(*concepts) if cue.stands]

    def near(self, first: str, second: str, within: int = 8) -> list[Cue]:
        """Standing cues of `first` with a standing cue of `second` at most `within` words away, in whichever language."""
        same = [cue for layer in self.layers for cue in _near(layer, first, second, within)]
        return same + _across(self.layers, first, second, within) if len(self.layers) > 1 else same

    def resolved_near(self, cue: Cue) -> bool:
        """Whether the same or the following sentence tells that it is over."""
        sentences = self.words.sentence
        here = sentences[cue.place]
        return any(0 <= sentences[end.place] - here <= 2 for end in self.found("resolved") if not end.negated)

    def only_describes(self) -> bool:
        """Whether every word that is left is a person, a look, a place or a judgement: nobody did anything."""
        return any(_unexplained(layer, self.words) == 0 for layer in self.layers)


def read(text: str, language: str | None = None) -> Reading:
    """Read a text in its likely languages. Never refuses: an empty or foreign text has no cues."""
    words = _cut(sieved(_ADDRESS.sub(" ", composed(text))))
    heard = hear(words, language)
    layers = [_layer(words, lexicon) for lexicon in heard.lexicons]
    identity = dict.fromkeys(words.folded[i] for layer in layers for i in layer.hidden)
    return Reading(words, layers, tuple(identity), heard.unread)


def cut(text: str) -> Words:
    """Cut a text into words and mark sentences, clauses and quotations. Words that were run together are parted."""
    return _cut(composed(text))


def _cut(text: str) -> Words:
    rows: list[tuple[str, str, int, int, bool]] = []
    sentence = clause = 0
    quoted = False
    if len(_pieces) > _REMEMBERED:
        _pieces.clear()
    for piece in _TOKEN.findall(text):
        if piece not in _MARKS:
            for written, folded in _pieces.get(piece) or _pieces.setdefault(piece, _parted(piece)):
                rows.append((written, folded, sentence, clause, quoted))
        elif piece in _QUOTES:
            quoted = not quoted
        else:
            sentence += piece in _SENTENCE_END
            clause += 1
    return _with_honest_quotes(Words(*map(list, zip(*rows, strict=True))), unbalanced=quoted)


def _parted(piece: str) -> list[tuple[str, str]]:
    return [(part, PICTURES.get(part) or fold(part)) for part in parts(piece, _english_words())]


def _with_honest_quotes(words: Words, unbalanced: bool) -> Words:
    """A quotation that never closes, or that is nearly the whole text, is no quotation."""
    if unbalanced or sum(words.quoted) > 0.8 * len(words.quoted):
        words.quoted = [False] * len(words.quoted)
    return words


def _layer(words: Words, lexicon: Lexicon) -> Layer:
    forms = [sound(form) for form in words.folded] if lexicon.by_sound else words.folded
    hidden = _about_identity(forms, lexicon)
    kept = [i for i, form in enumerate(forms) if form not in lexicon.skip and i not in hidden]
    by_concept = _without_masked(_cues(lexicon, forms, words, kept))
    mark_surroundings(by_concept, words, kept)
    return Layer(lexicon, forms, kept, by_concept, sorted(hidden))


def _about_identity(folded: list[str], lexicon: Lexicon) -> set[int]:
    """The words about who somebody is: those listed, colours of skin beside a person ("white man", but not "white
    van"), and words that look like an origin though no list names them ("-ian man")."""
    further = origins(lexicon.code)
    hidden = {i for i, form in enumerate(folded) if form in lexicon.identity or form in further}
    people, skip, skin = lexicon.people, lexicon.skip, lexicon.skin
    person_ahead = False
    for i in range(len(folded) - 1, -1, -1):
        form = folded[i]
        if form in people:
            person_ahead = True
        elif person_ahead and (form in skin or (_ORIGIN.search(form) and _is_unlisted(form, lexicon))):
            hidden.add(i)
        elif form not in skip and form not in lexicon.identity:
            person_ahead = False
    if lexicon.skin_follows:
        hidden.update(i for i in range(1, len(folded)) if folded[i] in skin and folded[i - 1] in people)
    return hidden


def _is_unlisted(form: str, lexicon: Lexicon) -> bool:
    return form not in lexicon.slots and form not in lexicon.descriptive and form not in lexicon.skip


def _cues(lexicon: Lexicon, forms: list[str], words: Words, kept: list[int]) -> dict[str, list[Cue]]:
    """Walk the tree from every word; of one concept only the longest reading at a place is kept."""
    meanings = _meanings(lexicon, forms)
    along = [meanings[forms[i]] for i in kept]
    sentences = [words.sentence[i] for i in kept]
    found: dict[str, list[Cue]] = {}
    for start, meaning in enumerate(along):
        if not meaning.begins:
            continue
        for concept, (end, node) in _longest(start, along, sentences).items():
            cues = found.setdefault(concept, [])
            if len(cues) < _MOST_CUES:
                written = " ".join([words.written[i] for i in kept[start:end]])
                cues.append(Cue(concept, start, end, written, english=_english(lexicon, node, concept, forms[kept[start]])))
    return found


def _meanings(lexicon: Lexicon, forms: list[str]) -> dict[str, Meaning]:
    """What each word may be; looked up once while it is remembered."""
    name = f"{lexicon.code}-{lexicon.by_sound}"
    known = _remembered.get(name)
    if known is None or len(known) > _REMEMBERED:
        known = _remembered[name] = {}
    for form in forms:  # other threads may add at the same time: look each word up, never go through the whole
        if form not in known:
            known[form] = _meaning(lexicon, form)
    return known


def _meaning(lexicon: Lexicon, form: str) -> Meaning:
    slots = lexicon.slots_of(form) or undisguised(form, lexicon.slots_of)
    steps = lexicon.root.steps
    return Meaning(slots, tuple(steps[slot] for slot in (*slots, ANY) if slots and slot in steps))


@lru_cache(maxsize=1)
def _english_words() -> frozenset[str]:
    """What English words run together may be made of."""
    lexicon = lexicons()["en"]
    return lexicon.function_words | lexicon.skip | lexicon.descriptive | lexicon.people | lexicon.slots.keys()


def _english(lexicon: Lexicon, node: Node, concept: str, form: str) -> str:
    """What a cue means: as its pattern says, else the word itself, else its concept. English needs no telling."""
    if lexicon.code == "en":
        return ""
    return (node.meanings or {}).get(concept) or lexicon.meanings.get(form) or english_of_concepts().get(concept, "")


def _longest(start: int, along: list[Meaning], sentences: list[int]) -> dict[str, tuple[int, Node]]:
    """Where each concept that begins at `start` ends, at the latest, and at which node. Never beyond the sentence."""
    total, here = len(along), sentences[start]
    ends: dict[str, tuple[int, Node]] = {}
    open_nodes = [(node, start + 1) for node in along[start].begins]
    while open_nodes:
        node, at = open_nodes.pop()
        for concept in node.concepts:
            if concept not in ends or ends[concept][0] < at:
                ends[concept] = (at, node)
        steps = node.steps
        if not steps or at >= total or sentences[at] != here:
            continue
        for slot in along[at].slots:
            if slot in steps:
                open_nodes.append((steps[slot], at + 1))
        if ANY in steps:
            open_nodes.append((steps[ANY], at + 1))
    return ends


def _without_masked(found: dict[str, list[Cue]]) -> dict[str, list[Cue]]:
    """Drop what borrows a word from a harmless phrase: "building, fire hazard" is no building fire.

    A cue that holds the whole phrase and more is about something else and stays.
    """
    phrase_of = {at: cue for cue in found.get("mask", ()) for at in range(cue.start, cue.end)}
    if not phrase_of:
        return found
    return {
        concept: [cue for cue in cues if concept in _NEVER_MASKED or not _borrows(cue, phrase_of)]
        for concept, cues in found.items()
    }


def _borrows(cue: Cue, phrase_of: dict[int, Cue]) -> bool:
    for at in range(cue.start, cue.end):
        phrase = phrase_of.get(at)
        if phrase and not (cue.start <= phrase.start and phrase.end <= cue.end and cue.end - cue.start > _size(phrase)):
            return True
    return False


def _size(cue: Cue) -> int:
    return cue.end - cue.start


def _near(layer: Layer, first: str, second: str, within: int) -> list[Cue]:
    if first not in layer.cues or second not in layer.cues:
        return []
    ones = [cue for cue in layer.cues[first] if cue.stands]
    others = [cue for cue in layer.cues[second] if cue.stands]
    close = []
    at = 0
    for cue in ones:
        while at < len(others) and others[at].end + within < cue.start:
            at += 1
        if at < len(others) and others[at].start <= cue.end + within:
            close.append(cue)
    return close


def _across(layers: list[Layer], first: str, second: str, within: int) -> list[Cue]:
    """Cues of `first` that have `second` near them in another language of the same text, counted in all its words."""
    close = []
    for layer in layers:
        others = [cue for other in layers if other is not layer for cue in other.cues.get(second, ())]
        places = sorted(cue.place for cue in others if cue.stands)
        for cue in layer.cues.get(first, ()) if places else ():
            at = bisect_left(places, cue.place - within)
            if cue.stands and at < len(places) and places[at] <= cue.place + within:
                close.append(cue)
    return close


def _unexplained(layer: Layer, words: Words) -> int:
    lexicon = layer.lexicon
    people = {i for cue in layer.cues.get("someone", ()) for i in range(cue.start, cue.end)}
    plain = lexicon.descriptive | lexicon.function_words
    return sum(
        layer.forms[i] not in plain and not words.folded[i].isdigit() and at not in people for at, i in enumerate(layer.kept)
    )
