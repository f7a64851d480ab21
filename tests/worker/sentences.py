"""The sentences each language is tried with, and what triage makes of them: found, missed, false alarms.

Three sets for each language. The first was written before the word lists were mended and helped to mend them. The
second was written afterwards, read once, and then helped too. The third is held back: nothing was mended with it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reporting.domain.findings import Assessment
from reporting.domain.languages import BY_CODE
from tests.worker.made import assessed
from worker.triage.words import LEXICON_FOLDER

FOLDER = Path(__file__).parent / "triage" / "sentences"
# A cue counts as found by a finding of its kind, or by one of immediate danger.
FAMILIES: dict[str, tuple[str, ...]] = {
    "danger": ("danger",),
    "item": ("item", "danger"),
    "weapon": ("weapon", "danger"),
    "threat": ("threat", "danger"),
    "behaviour": ("behaviour", "vehicle", "presence", "danger"),
}
# The highest priority a harmless sentence may get: a film and what ended stay routine, what was only heard of never alarms.
CALM: dict[str, int] = {"ordinary": 4, "negated": 4, "quoted": 3, "resolved": 3, "hearsay": 2}


@dataclass(frozen=True)
class Figures:
    """How a language did in one set."""

    cues: int
    found: int
    harmless: int
    alarms: int

    @property
    def recall(self) -> float:
        return self.found / self.cues

    @property
    def false_alarms(self) -> float:
        return self.alarms / self.harmless


def codes() -> list[str]:
    """The languages that sentences are kept in."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@cache
def sentences(code: str, which: str) -> tuple[tuple[str, str], ...]:
    """The sentences of a language and set, each with what it is about."""
    kept = tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
    return tuple((about, text) for about, texts in kept.get(which, {}).items() for text in texts)


def is_right(about: str, text: str) -> bool:
    """Whether triage finds the cue, or leaves the harmless sentence in peace. No language is declared."""
    verdict = assessed(text, language=None)
    return _found(about, verdict) if about in FAMILIES else verdict.priority >= CALM[about]


def _found(about: str, verdict: Assessment) -> bool:
    if about == "danger" and verdict.priority > 1:
        return False
    named = any(one.weight > 0 and one.rule.split(".")[0] in FAMILIES[about] for one in verdict.findings)
    return named and verdict.relevant


def figures(code: str, which: str) -> Figures:
    """Recall and false alarms of one language in one set."""
    marked = [(about in FAMILIES, is_right(about, text)) for about, text in sentences(code, which)]
    cues = [right for is_cue, right in marked if is_cue]
    harmless = [right for is_cue, right in marked if not is_cue]
    return Figures(len(cues), sum(cues), len(harmless), harmless.count(False))


@dataclass(frozen=True)
class FirstReading:
    """What triage found of a set before anything was mended with it, as (cues found, false alarms)."""

    first: tuple[int, int]
    second: tuple[int, int]
    third: tuple[int, int]


# Noted when each set had just been written. The first reading of the first set is that of the lists of an earlier day.
FIRST_READINGS: dict[str, FirstReading] = {
    "ar": FirstReading((7, 4), (5, 4), (3, 1)),
    "de": FirstReading((12, 3), (4, 2), (3, 2)),
    "el": FirstReading((10, 2), (8, 3), (5, 1)),
    "en": FirstReading((15, 0), (6, 2), (5, 2)),
    "es": FirstReading((13, 3), (5, 1), (5, 1)),
    "fr": FirstReading((8, 3), (6, 3), (4, 0)),
    "it": FirstReading((11, 3), (5, 2), (5, 1)),
    "nl": FirstReading((12, 1), (6, 2), (4, 0)),
    "pl": FirstReading((12, 1), (5, 2), (5, 0)),
    "pt": FirstReading((11, 3), (5, 1), (4, 1)),
    "ro": FirstReading((11, 1), (6, 2), (3, 1)),
}


def table() -> str:
    """The table of the document: for each language what each set gave at first and gives now."""
    lines = [
        "| language | list | first set: at first | now | second set: at first | now | third set, held back |",
        "|---|---|---|---|---|---|---|",
    ]
    for code in codes():
        began = FIRST_READINGS[code]
        cells = [
            _began(began.first, code, "first"),
            _now(code, "first"),
            _began(began.second, code, "second"),
            _now(code, "second"),
        ]
        lines.append(f"| {BY_CODE[code].name} ({code}) | {_status(code)} | {' | '.join(cells)} | {_now(code, 'third')} |")
    return "\n".join(lines) + "\n"


def _began(reading: tuple[int, int], code: str, which: str) -> str:
    now = figures(code, which)
    return f"{reading[0]}/{now.cues}, {reading[1]}/{now.harmless}"


def _now(code: str, which: str) -> str:
    now = figures(code, which)
    return f"{now.found}/{now.cues}, {now.alarms}/{now.harmless}"


def _status(code: str) -> str:
    return str(tomllib.loads((LEXICON_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))["status"])
