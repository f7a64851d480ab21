"""The register of rules: every id a finding can carry, with its weights, what it says, its source and its languages.

`python -m worker.triage.register FILE.md` writes it into the document in place of the table that stands there.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

from worker.triage import scale
from worker.triage.entry import Entry
from worker.triage.rules import RULES
from worker.triage.words import Lexicon, Node, lexicons

HEADER = ("rule", "weight", "says", "source", "languages")


@lru_cache(maxsize=1)
def register() -> dict[str, Entry]:
    """rule id -> its entry, in the order of the rules; the limits of the scale come last."""
    modules = dict.fromkeys(sys.modules[rule.__module__] for rule in RULES)
    entries = [entry for module in (*modules, scale) for entry in module.ENTRIES]
    return {entry.rule: entry for entry in entries}


def languages(entry: Entry) -> str:
    """The languages that have a cue for the rule; "any" where it asks no text."""
    if not entry.concepts:
        return "any"
    known = _concepts_by_language()
    codes = [code for code, concepts in known.items() if concepts.intersection(entry.concepts)]
    return "all" if len(codes) == len(known) else " ".join(codes)


@lru_cache(maxsize=1)
def _concepts_by_language() -> dict[str, frozenset[str]]:
    return {code: concepts_of(lexicon) for code, lexicon in lexicons().items() if not lexicon.by_sound}


def concepts_of(lexicon: Lexicon) -> frozenset[str]:
    """The concepts for which a lexicon has at least one pattern."""
    found: set[str] = set()
    nodes: list[Node] = [lexicon.root]
    while nodes:
        node = nodes.pop()
        found.update(node.concepts)
        nodes.extend(node.steps.values())
    return frozenset(found)


def table() -> str:
    """The register as a Markdown table."""
    rows = [(f"`{e.rule}`", _weights(e), e.says, e.source, languages(e)) for e in register().values()]
    return "\n".join("| " + " | ".join(row) + " |" for row in (HEADER, ("---",) * len(HEADER), *rows))


def _weights(entry: Entry) -> str:
    return ", ".join(f"{weight:+d}" if weight else "0" for weight in entry.weights)


def with_table(document: str) -> str:
    """The document with the register in place of the table of rules that it has."""
    lines = document.split("\n")
    start = lines.index("| " + " | ".join(HEADER) + " |")
    end = next((at for at in range(start, len(lines)) if not lines[at].startswith("|")), len(lines))
    return "\n".join([*lines[:start], *table().split("\n"), *lines[end:]])


if __name__ == "__main__":
    _document = Path(sys.argv[1])
    _document.write_text(with_table(_document.read_text(encoding="utf-8")), encoding="utf-8")
