"""The words for how people are, what they wear and carry, and what everybody does: appearance/*.toml, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from worker.triage.spelling import fold

FOLDER = Path(__file__).parent / "appearance"


@dataclass(frozen=True, slots=True)
class Listed:
    """Words of a list, some with an open end."""

    words: frozenset[str]
    beginnings: tuple[str, ...]

    def __contains__(self, form: str) -> bool:
        return form in self.words or (bool(self.beginnings) and form.startswith(self.beginnings))


@dataclass(frozen=True, slots=True)
class Appearance:
    """One language's words. `origins` are taken out of a text before anything is matched, like the lexicon's own words
    about identity; `shows` and `origins` say who somebody is; `quiet` is what everybody does; `bags` are innocent where
    somebody carries them (`carries`); behind `at` a name is the name of a place."""

    origins: frozenset[str]
    shows: Listed
    quiet: Listed
    bags: Listed
    carries: Listed
    at: Listed


@lru_cache(maxsize=1)
def appearances() -> dict[str, Appearance]:
    """Every list of the folder by language code. Read once per process."""
    return {path.stem: _appearance(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.toml"))}


def origins(code: str) -> frozenset[str]:
    """Further words about who somebody is, beside those of the lexicon."""
    known = appearances().get(code)
    return known.origins if known else frozenset()


@lru_cache(maxsize=1)
def appearance_digest() -> str:
    """Changes whenever a list changes: part of the rule set's version."""
    return sha256(b"".join(path.read_bytes() for path in sorted(FOLDER.glob("*.toml")))).hexdigest()[:4]


def _appearance(data: dict[str, str]) -> Appearance:
    return Appearance(
        origins=_listed(data.get("origins", "")).words,
        shows=_listed(data["looks"], data["wears"]),
        quiet=_listed(data["quiet"]),
        bags=_listed(data["bags"]),
        carries=_listed(data["carries"]),
        at=_listed(data["at"]),
    )


def _listed(*texts: str) -> Listed:
    words = [fold(word) for text in texts for word in text.split()]
    return Listed(
        frozenset(word for word in words if not word.endswith("*")),
        tuple(word[:-1] for word in words if word.endswith("*")),
    )
