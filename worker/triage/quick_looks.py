"""The short lists for the public form: words about looks, and words that say nothing by themselves, one file for each language.

The form asks one friendly question back where a text holds nothing else. It has neither grammar nor the worker's lexicons, so
the words are written out here from the same lists that triage reads; a guard test keeps the files in step with them.
"""

from __future__ import annotations

import json
from pathlib import Path

from worker.triage.looks import Appearance, Listed, appearances
from worker.triage.words import Lexicon, lexicons


def quick_lists() -> dict[str, dict[str, str]]:
    """Language code -> `shows` and `plain`, each folded words with spaces between; a word with `*` behind it is a beginning."""
    known = lexicons()
    return {code: _lists(known[code], appearance) for code, appearance in appearances().items() if code in known}


def write_quick_lists(folder: Path) -> None:
    """Writes each language's lists as CODE.json."""
    folder.mkdir(exist_ok=True)
    for code, lists in quick_lists().items():
        text = json.dumps(lists, ensure_ascii=False, indent=0, sort_keys=True)
        (folder / f"{code}.json").write_text(f"{text}\n", encoding="utf-8")


def _lists(lexicon: Lexicon, appearance: Appearance) -> dict[str, str]:
    shows = _spelt(appearance.shows) | appearance.origins | lexicon.identity | lexicon.skin
    plain = lexicon.people | lexicon.small | lexicon.skip | lexicon.function_words | lexicon.descriptive
    for each in (appearance.quiet, appearance.bags, appearance.carries, appearance.at):
        plain |= _spelt(each)
    return {"shows": " ".join(sorted(shows)), "plain": " ".join(sorted(plain - shows))}


def _spelt(listed: Listed) -> frozenset[str]:
    return listed.words | {f"{beginning}*" for beginning in listed.beginnings}
