"""What a translation has to keep of its English text, so that no language can break a page or lose what is said."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

HELD: Final = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|#|\b112\b")
"""What stands in for a value, and the number of the emergency call."""
TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
MARKS: Final = '%<>"&'
"""Marks that mean something to a page: a translation has them where, and as often as, the English text has them."""
COUNTED: Final = re.compile(r"%\(num\)[a-z]")
"""Forms for one or two may say the number in words."""


def faults(english: Sequence[str], said: Sequence[str], plurals: int) -> list[str]:
    """Why a translation cannot be taken; empty when it can. `english` is one text, or singular and plural.

    `plurals` is how many forms the language has. Whether it says the right thing, only a reader of the language can tell.
    """
    wanted = plurals if len(english) > 1 else 1
    if len(said) != wanted:
        return [f"it needs {wanted} forms and has {len(said)}" if wanted > 1 else "it has one form only"]
    found = [fault for form in said for fault in _faults_of(english, form)]
    if len(english) > 1 and not any(COUNTED.search(form) for form in said) and COUNTED.search(english[-1]):
        found.append("no form says the number")
    return list(dict.fromkeys(found))


def is_same(english: Sequence[str], said: Sequence[str]) -> bool:
    """Whether a translation is the English text itself, which is right for few words only."""
    return set(said) <= set(english)


def _faults_of(english: Sequence[str], form: str) -> Iterator[str]:
    if not form.strip():
        yield "a form is empty"
        return
    source = english[-1]
    for pattern in (HELD, TAG):
        yield from _differences(_of(pattern, source, english), _of(pattern, form, english))
    for mark in MARKS:
        if _bare(form).count(mark) != _bare(source).count(mark):
            yield f"the mark {mark} is not where the English text has it"
    if form[:1].isspace() or form[-1:].isspace():
        yield "there is a space at its edge"


def _of(pattern: re.Pattern[str], text: str, english: Sequence[str]) -> Counter[str]:
    found = Counter(pattern.findall(text))
    return Counter({each: count for each, count in found.items() if len(english) == 1 or not COUNTED.fullmatch(each)})


def _differences(wanted: Counter[str], found: Counter[str]) -> Iterator[str]:
    yield from (f"{each} is missing" for each in wanted - found)
    yield from (f"{each} is not in the English text" for each in found - wanted)


def _bare(text: str) -> str:
    return TAG.sub("", HELD.sub("", text))
