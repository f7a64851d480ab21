"""What the sentence around a cue does to it: negated, taken back, quoted, hypothetical, hedged, past, or from a film.

Every mark is found by small words and their reach, once for the whole text, in time linear in its length.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field

from worker.triage.spelling import fold

_NEGATION_REACH = 5
# "No" denies the noun that follows, not what is said behind it ("no plates, parked by the gate with its engine running").
_NOUN_REACH = 3
_NOUN_NEGATORS = ("kein", "geen", "aucun", "ningun", "nessun", "nenhum", "zadn", "niciun", "nicio")
_HYPOTHESIS_REACH = 6
_HEDGE_REACH = 4
_UNREAL_REACH = 6
GRAMMAR = frozenset(
    (
        "negation", "negation_behind", "not_negation", "contrast", "joiner", "restriction", "supposed", "hypothetical", "hedge",
        "hearsay", "past", "long_past", "now", "unreal", "mask",
    )
)  # fmt: skip
_NOUNS = frozenset(("someone", "item_noun", "vehicle_noun", "child_noun", "door_noun", "unattended"))
# Cues that mean something when they are spoken by somebody else: quoting them does not weaken them.
SPOKEN = frozenset(("threat", "threat_to_life", "harass", "elicit"))


@dataclass(slots=True)
class Words:
    """A text cut into words: as written, folded, with the sentence, the clause and the quotation each stands in."""

    written: list[str] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    sentence: list[int] = field(default_factory=list)
    clause: list[int] = field(default_factory=list)
    quoted: list[bool] = field(default_factory=list)


@dataclass(slots=True)
class Cue:
    """One concept found in the text, and what its surroundings do to it.

    `start` and `end` count the words that remain after skipping, so that distances do not depend on words about
    identity; `place` is the word in the full text; `english` is what the words mean when they are not English.
    """

    concept: str
    start: int
    end: int
    words: str
    place: int = 0
    negated: bool = False
    taken_back: bool = False
    quoted: bool = False
    hypothetical: bool = False
    hedged: bool = False
    past: bool = False
    long_past: bool = False
    unreal: bool = False
    english: str = ""

    @property
    def stands(self) -> bool:
        """Whether the reporter says that this is so: not denied, not taken back, not imagined, not only quoted."""
        if self.negated or self.taken_back or self.unreal:
            return False
        return self.concept in SPOKEN or not (self.quoted or self.hypothetical)


def mark_surroundings(cues: dict[str, list[Cue]], words: Words, kept: list[int]) -> None:
    """Mark every cue that means something with what the small words around it do."""
    content = [cue for concept, found in cues.items() if concept not in GRAMMAR for cue in found]
    if not content:
        return
    scope = _Scopes(cues, words, kept, content)
    negated, hypothetical, hedged = scope.negated(), scope.hypothetical(), scope.hedged()
    taken_back = scope.taken_back()
    now = scope.sentences("now")
    past, long_past, unreal = scope.sentences("past") - now, scope.sentences("long_past") - now, scope.unreal(negated)
    for cue in content:
        place, sentence = kept[cue.start], words.sentence[kept[cue.start]]
        cue.place, cue.quoted = place, words.quoted[place]
        cue.negated = cue.start in negated
        cue.hypothetical = cue.start in hypothetical
        cue.hedged = cue.start in hedged
        cue.taken_back = cue.start in taken_back
        cue.past = sentence in past
        cue.long_past = sentence in long_past
        cue.unreal = cue.start in unreal


def _denies_noun(negator: Cue) -> bool:
    word = fold(negator.words)
    return word == "no" or word.startswith(_NOUN_NEGATORS)


@dataclass(slots=True)
class _Scopes:
    """Which words lie under a negation, a condition, a hedge or a supposition."""

    cues: dict[str, list[Cue]]
    words: Words
    kept: list[int]
    content: list[Cue]
    turns: set[int] = field(default_factory=set)
    stops: set[int] = field(default_factory=set)
    joiners: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.turns = {cue.start for cue in self.cues.get("contrast", ())}
        self.stops = self.turns | {cue.start for cue in self.cues.get("restriction", ())}
        self.joiners = {cue.start for cue in self.cues.get("joiner", ())}

    def negated(self) -> set[int]:
        """Words after a negator, to the end of the clause or five words on; a list of cues carries it along."""
        own = {at for cue in self.content if cue.end - cue.start > 1 for at in range(cue.start, cue.end)}
        own |= {at for cue in self.cues.get("not_negation", ()) for at in range(cue.start, cue.end)}
        named = {cue.start for cue in self.content}
        reached = self._negated_behind()
        for negator in self.cues.get("negation", ()):
            if negator.start not in own:
                reached.update(self._reach(negator, _NOUN_REACH if _denies_noun(negator) else _NEGATION_REACH, named))
        return reached

    def _negated_behind(self) -> set[int]:
        """Acts that the next word denies, where a language puts its "not" behind the verb ("es brennt nicht")."""
        own = {at for cue in self.cues.get("not_negation", ()) for at in range(cue.start, cue.end)}
        denied = {cue.start for cue in self.cues.get("negation_behind", ()) if cue.start not in own}
        return {
            cue.start
            for cue in self.content
            if cue.end in denied and cue.concept not in _NOUNS and self._clause(cue.end) == self._clause(cue.end - 1)
        }

    def hypothetical(self) -> set[int]:
        return {at for cue in self.cues.get("hypothetical", ()) for at in self._reach(cue, _HYPOTHESIS_REACH)}

    def hedged(self) -> set[int]:
        """Words just behind "perhaps", and all that follows "my cousin says" in its sentence."""
        perhaps = {at for cue in self.cues.get("hedge", ()) for at in self._reach(cue, _HEDGE_REACH)}
        return perhaps.union(*(self._rest(cue) for cue in self._first_of_sentences("hearsay")))

    def _first_of_sentences(self, concept: str) -> Iterator[Cue]:
        seen = -1
        for cue in self.cues.get(concept, ()):
            if (sentence := self._sentence(cue.start)) != seen:
                seen = sentence
                yield cue

    def _rest(self, cue: Cue) -> Iterator[int]:
        at, sentence = cue.end, self._sentence(cue.start)
        while at < len(self.kept) and self._sentence(at) == sentence:
            yield at
            at += 1

    def taken_back(self) -> set[int]:
        """Words between "I thought" and the "but" that follows in the same sentence or the next."""
        turns = sorted(self.turns)
        spanned: set[int] = set()
        turn = done = 0
        for guess in sorted(self.cues.get("supposed", ()), key=lambda cue: cue.start):
            while turn < len(turns) and turns[turn] < guess.end:
                turn += 1
            if turn < len(turns) and self._sentence(turns[turn]) - self._sentence(guess.start) <= 1:
                spanned.update(range(max(done, guess.end), turns[turn]))
                done = turns[turn]
        return spanned

    def unreal(self, negated: set[int]) -> set[int]:
        """Words around a film, a game or a drill; "not a drill" is none."""
        around: set[int] = set()
        for cue in self.cues.get("unreal", ()):
            if cue.start not in negated:
                reach = range(max(0, cue.start - _UNREAL_REACH), min(len(self.kept), cue.end + _UNREAL_REACH))
                around.update(at for at in reach if self._sentence(at) == self._sentence(cue.start))
        return around

    def sentences(self, concept: str) -> set[int]:
        return {self._sentence(cue.start) for cue in self.cues.get(concept, ())}

    def _sentence(self, at: int) -> int:
        return self.words.sentence[self.kept[at]]

    def _clause(self, at: int) -> int:
        return self.words.clause[self.kept[at]]

    def _reach(self, cue: Cue, reach: int, named: Container[int] = ()) -> Iterator[int]:
        """The words a small word governs. A comma or an "and" ends it, unless it parts a list of cues; "but", "just"
        and "only" always do ("no wires, just a lunch box")."""
        last = min(cue.end + reach, len(self.kept))
        carried = False
        at = cue.end
        while at < last and self._sentence(at) == self._sentence(cue.start) and at not in self.stops:
            parted = at in self.joiners or self._clause(at) != self._clause(at - 1)
            if parted:
                following = at + 1 if at in self.joiners else at
                if not (carried and following in named):
                    return
                last = min(max(last, at + 3), len(self.kept))
            carried = carried or at in named
            yield at
            at += 1
