"""The sixteen behaviour codes (NIEM SuspiciousActivityCode), their groups, and the plain words the public chooses from.

Race, ethnicity, origin, religion, gender, orientation and disability are never factors and have no code here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Group = Literal["A", "B"]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One code. Group A is defined criminal activity; group B is lawful until more is known."""

    code: str
    group: Group
    meaning: str


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour("INTRSN", "A", "Breach or attempted intrusion"),
    Behaviour("MISREP", "A", "Misrepresentation or impersonation"),
    Behaviour("THEFT", "A", "Theft, loss or diversion of badges, uniforms or vehicles"),
    Behaviour("SABOT", "A", "Sabotage, tampering or vandalism of a protected part"),
    Behaviour("CYBER", "A", "Cyberattack"),
    Behaviour("THREAT", "A", "Expressed or implied threat"),
    Behaviour("AVIATION", "A", "Aviation activity, drones"),
    Behaviour("ELICIT", "B", "Eliciting information"),
    Behaviour("TESTSEC", "B", "Testing or probing security"),
    Behaviour("RECRUT", "B", "Recruiting or financing"),
    Behaviour("PHOTO", "B", "Unusual photography of access points, guards or cameras"),
    Behaviour("SURVL", "B", "Prolonged observation"),
    Behaviour("MATRLS", "B", "Acquisition or storage of materials"),
    Behaviour("EXPERT", "B", "Acquisition of expertise"),
    Behaviour("WPNS", "B", "Collection or discovery of weapons"),
    Behaviour("SECTOR", "B", "Specific to a sector"),
)

BY_CODE: dict[str, Behaviour] = {behaviour.code: behaviour for behaviour in BEHAVIOURS}
CODES: frozenset[str] = frozenset(BY_CODE)
GROUP_A: frozenset[str] = frozenset(b.code for b in BEHAVIOURS if b.group == "A")
GROUP_B: frozenset[str] = frozenset(b.code for b in BEHAVIOURS if b.group == "B")


@dataclass(frozen=True, slots=True)
class PlainChoice:
    """An answer to "What did they do?": what the public reads, and the code it stands for (None: no code)."""

    value: str
    label: str
    code: str | None


PLAIN_CHOICES: tuple[PlainChoice, ...] = (
    PlainChoice("tried_doors", "Tried doors, gates or alarms", "TESTSEC"),
    PlainChoice("went_inside", "Went where the public may not go", "INTRSN"),
    PlainChoice("watched", "Watched one place for a long time", "SURVL"),
    PlainChoice("filmed_security", "Filmed doors, guards or cameras", "PHOTO"),
    PlainChoice("asked_questions", "Asked odd questions about security", "ELICIT"),
    PlainChoice("pretended", "Pretended to be staff or someone else", "MISREP"),
    PlainChoice("took_badge", "Took a badge, key, uniform or vehicle", "THEFT"),
    PlainChoice("damaged", "Damaged or blocked something that protects", "SABOT"),
    PlainChoice("threatened", "Threatened someone", "THREAT"),
    PlainChoice("had_weapon", "Carried or hid something like a weapon", "WPNS"),
    PlainChoice("moved_materials", "Stored or moved chemicals or gas bottles", "MATRLS"),
    PlainChoice("flew_drone", "Flew a drone", "AVIATION"),
    PlainChoice("something_else", "Something else", None),
)

_BY_VALUE: dict[str, str | None] = {choice.value: choice.code for choice in PLAIN_CHOICES}


def is_known(value: str) -> bool:
    """Whether a filed behaviour is one of the plain choices or one of the codes."""
    return value in CODES or value in _BY_VALUE


def codes_for(values: Iterable[str]) -> tuple[str, ...]:
    """Plain choices and codes as codes, in the order given, each once. What is not known is left out."""
    codes = (value if value in CODES else _BY_VALUE.get(value) for value in values)
    return tuple(dict.fromkeys(code for code in codes if code))


def plain_words(code: str) -> str:
    """A code in words that a venue or the public may read; never the code itself."""
    for choice in PLAIN_CHOICES:
        if choice.code == code:
            return choice.label
    known = BY_CODE.get(code)
    return known.meaning if known else "Something else"


# A weapon that was seen or found is in group B by its code, but it is never "lawful until more is known".
_NEVER_LAWFUL_CODE = "WPNS"
_NEVER_LAWFUL_RULES = frozenset(("danger", "weapon", "item", "hot", "threat"))


def only_group_b(codes: Iterable[str]) -> bool:
    """Whether there are codes and all of them are lawful until more is known; a weapon never is."""
    found = set(codes)
    return bool(found) and found <= GROUP_B - {_NEVER_LAWFUL_CODE}


def lawful_only(findings: Iterable[tuple[str, int]]) -> bool:
    """Whether the findings of triage, as (rule, weight), tell of group B behaviour and of nothing graver.

    Such a report stays routine, and goes to no police or national room until a person has recorded a fact. A
    weapon, an explosive, a sign on an item, a threat or a danger is never only lawful.
    """
    rules = [rule.split(".") for rule, weight in findings if weight > 0]
    if any(parts[0] in _NEVER_LAWFUL_RULES for parts in rules):
        return False
    return only_group_b(parts[1] for parts in rules if parts[0] == "behaviour" and parts[1] in CODES)
