"""The sentences each language is tried with, and what triage makes of them: found, missed, false alarms.

Two sets for each language: the first was written before the word lists were mended and helped to mend them; the
second was written afterwards and shows what the lists do with words they were not made for.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reporting.domain.findings import Assessment
from tests.worker.made import assessed

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
