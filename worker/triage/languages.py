"""Which languages a text is in, and whether there is a word list for them. Offline and within a tenth of a millisecond.

First the word lists vote, sentence by sentence, because triage needs to know which lists are worth reading with: several
for a text that mixes languages, and the right one for dialect or Greek in Latin letters, which no identifier knows.
Sentences for which no list speaks are shown to py3langid (BSD licence, its model inside the wheel, 97 languages), so
that a text in Finnish is called Finnish and not silence. Measured on the first 440 of our sentences, 500 characters:
py3langid names 427 rightly, 0.07 ms, 120 MB once loaded; lingua 432, 0.4 ms, 580 MB; the lists of this folder alone 413.
The language that the reporter's page was in is half a vote more, never the answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat

from babel import Locale
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from worker.triage.surroundings import Words
from worker.triage.words import Lexicon, lexicons

# Words that are looked at; the languages of a report show long before.
_VOTERS = 200
_SHORT_TEXT = 8
_MOST_LANGUAGES = 3
# Longer than any report accepted: there one guess must do.
_LONG_TEXT = 1500
# A language is read beside the leading one when it gathers this share of its votes, or two words that are its alone.
_SHARE = 0.6
_OWN_WORDS = 2
_OWN_SHARE = 0.2
_CUE_VOTE = 0.5
_DECLARED_VOTE = 0.5
# A sentence of which less than this part is known to any one list is shown to the identifier, from four words on.
_KNOWN_SHARE = 0.2
_FEWEST_UNKNOWN = 4
_SURE = 0.7
# Arabic as it is spoken in Egypt has a name of its own in the identifier; our list means all of spoken Arabic.
_READ_AS = {"arz": "ar"}
UNKNOWN = "not recognised"


@dataclass(frozen=True, slots=True)
class Heard:
    """The lexicons to read with, and the name of the language that there is none for."""

    lexicons: tuple[Lexicon, ...]
    unread: str = ""


@dataclass(slots=True)
class _Votes:
    """What words say: votes by language, and how many words are one language's alone."""

    score: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    own: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def ranked(self) -> list[str]:
        return sorted(self.score, key=lambda code: (-self.score[code], code))

    def most(self) -> float:
        return max(self.score.values(), default=0.0)


def hear(words: Words, declared: str | None) -> Heard:
    """The languages worth reading a text in, and what it is in when there is no list. Never refuses."""
    known = lexicons()
    votes = _count(words.folded[:_VOTERS])
    base = declared.split("-")[0].lower() if declared else ""
    if base in votes.score:
        votes.score[base] += _DECLARED_VOTE
    chosen = _worth_reading(votes, long=len(words.folded) > _LONG_TEXT)
    unread = _unread(words, chosen)
    if not chosen:
        chosen = [base] if base in known and (unread or len(words.folded) > _SHORT_TEXT) else list(known)
    return Heard(tuple(known[code] for code in chosen), unread)


def _count(folded: Iterable[str]) -> _Votes:
    voices = _voices()
    votes = _Votes()
    score, own = votes.score, votes.own
    for word in folded:
        if voice := voices.get(word):
            codes, weight = voice
            for code in codes:
                score[code] += weight
            if len(codes) == 1:
                own[codes[0]] += 1
    return votes


def _worth_reading(votes: _Votes, long: bool) -> list[str]:
    ranked, most = votes.ranked(), votes.most()
    if long:
        return ranked[:1]
    return [code for code in ranked[:_MOST_LANGUAGES] if votes.score[code] >= _SHARE * most or _is_mixed_in(votes, code, most)]


def _is_mixed_in(votes: _Votes, code: str, most: float) -> bool:
    return votes.own.get(code, 0) >= _OWN_WORDS and votes.score[code] >= _OWN_SHARE * most


def _unread(words: Words, chosen: list[str]) -> str:
    """The name of the language of the sentences that no list speaks for. A language that has a list is added to
    those chosen instead."""
    silent = _silent_words(words, chosen[0] if chosen else "")
    if len(silent) < _FEWEST_UNKNOWN:
        return ""
    code, sure = _identifier().classify(" ".join(silent))
    code = _READ_AS.get(code, code)
    if code in lexicons():
        if code not in chosen:
            chosen.append(code)
        return ""
    if sure >= _SURE:
        return _name(code)
    return UNKNOWN if len(silent) * 2 > min(len(words.folded), _VOTERS) else ""


def _silent_words(words: Words, leading: str) -> list[str]:
    """The words, as written, of sentences that no list knows enough of; most often the leading one knows enough."""
    silent: list[str] = []
    weights = _weights(leading)
    start, total = 0, min(len(words.folded), _VOTERS)
    for at in range(1, total + 1):
        if at == total or words.sentence[at] != words.sentence[start]:
            said = words.folded[start:at]
            if (known := sum(map(weights.get, said, repeat(0.0)))) < _KNOWN_SHARE * len(said):
                spoken = [i for i in range(start, at) if not words.folded[i][0].isdigit()]
                if max(known, _count(said).most()) < _KNOWN_SHARE * len(spoken):
                    silent += [words.written[i].lower() for i in spoken]
            start = at
    return silent


@lru_cache(maxsize=16)
def _weights(code: str) -> dict[str, float]:
    """What each word says for one language."""
    return {word: weight for word, (codes, weight) in _voices().items() if code in codes}


def _name(code: str) -> str:
    return Locale("en").languages.get(code, code)


def load() -> None:
    """Reads everything that the first text would otherwise wait for: lexicons, their words by language, the identifier."""
    lexicons()
    for code in lexicons():
        _weights(code)
    _identifier()


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """The identifier: half a second of an idle core, once per process."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=1)
def _voices() -> dict[str, tuple[tuple[str, ...], float]]:
    """Which languages each word speaks for, and how loudly: a word shared by four counts a quarter for each."""
    loud: dict[str, set[str]] = {}
    faint: dict[str, set[str]] = {}
    for code, lexicon in lexicons().items():
        for word in lexicon.voices:
            loud.setdefault(word, set()).add(code)
        for word in () if lexicon.by_sound else (*lexicon.slots, *lexicon.descriptive):
            if len(word) > 3:
                faint.setdefault(word, set()).add(code)
    voices = {word: (tuple(sorted(codes)), _CUE_VOTE / len(codes)) for word, codes in faint.items()}
    return voices | {word: (tuple(sorted(codes)), 1 / len(codes)) for word, codes in loud.items()}
