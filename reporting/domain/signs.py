"""What two reports tell in whatever language: the signs that triage found in them, and how they are said to a person.

A sign is the rule of triage that spoke: `item.wires` stands for "przewody" as for "wires". Answers about the item are not
among them (they are compared as answers), and neither is what only says how the report sounds.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from reporting.domain.behaviours import BY_CODE

DANGER = "danger."
_TELLING = ("danger", "item", "weapon", "threat", "behaviour", "vehicle")
# An item, a denial of signs, a toy: too common to say that two reports are about one thing.
_COMMON = frozenset(("item.unattended", "item.described", "item.denied", "weapon.toy"))
# What makes an incident more dangerous than it was, when a report is the first to tell of it.
_HAZARDS = ("danger", "item", "weapon")

_WORDS: dict[str, str] = {
    "danger.gunfire": "shots or a gunman",
    "danger.explosion": "an explosion",
    "danger.about_to_explode": "something about to explode",
    "danger.attack": "an attack on people",
    "danger.gunpoint": "somebody held at the point of a weapon",
    "danger.bomb_claim": "a bomb",
    "danger.fire": "a fire",
    "danger.selfharm": "somebody who may harm themselves",
    "danger.lost_child": "a lost child",
    "danger.life": "a life at risk",
    "danger.weapon_in_use": "a weapon in use",
    "danger.on_the_tracks": "somebody on the tracks",
    "item.wires": "wires",
    "item.battery": "a battery",
    "item.circuit": "electronics on an item",
    "item.putty": "putty or dough",
    "item.timer": "a timer or clock",
    "item.ticking": "ticking or beeping",
    "item.smoke": "smoke or hissing",
    "item.powder": "powder",
    "item.fragments": "nails or metal pieces",
    "item.left_in_haste": "somebody hurrying away from an item",
    "item.addressed_oddly": "odd addressing",
    "item.cylinder": "a cylinder or gas bottle",
    "item.tape": "tape",
    "item.liquid": "a liquid",
    "item.smell": "a smell",
    "weapon.firearm": "a firearm",
    "weapon.explosive": "an explosive",
    "weapon.weapon_cache": "weapons",
    "weapon.blade": "a blade or tool",
    "weapon.blade_carried": "somebody with a blade or tool",
    "weapon.hazardous": "a dangerous substance",
    "weapon.answered": "something like a weapon",
    "threat.life": "a threat to people's lives",
    "threat.violence": "violence",
    "threat.words": "a threat",
    "threat.harassed": "somebody harassed or followed",
    "vehicle.odd": "an odd vehicle",
}


def signs_of(rules: Iterable[str]) -> tuple[str, ...]:
    """The signs among the rules that weighed for urgency; a behaviour counts by its code, told or answered."""
    signs = (_sign(rule) for rule in rules)
    return tuple(dict.fromkeys(sign for sign in signs if sign))


@lru_cache(maxsize=4096)
def _sign(rule: str) -> str:
    parts = rule.split(".")
    if parts[0] not in _TELLING or rule in _COMMON:
        return ""
    return ".".join(parts[:2])


def in_words(sign: str) -> str:
    """A sign as it stands in a sentence: "wires", "a firearm"."""
    if sign in _WORDS:
        return _WORDS[sign]
    kind, _, name = sign.partition(".")
    if kind == "behaviour" and name in BY_CODE:
        meaning = BY_CODE[name].meaning
        return meaning[0].lower() + meaning[1:]
    return name.replace("_", " ")


def listed(signs: Iterable[str], most: int = 3) -> str:
    """Some signs as one phrase, the most dangerous kinds first: "wires, a battery and tape"."""
    ordered = sorted(signs, key=lambda sign: (_TELLING.index(sign.partition(".")[0]), sign))
    words = list(dict.fromkeys(in_words(sign) for sign in ordered))[:most]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def hazards(signs: Iterable[str]) -> frozenset[str]:
    """Those that make a thing more dangerous: danger, signs on an item, weapons."""
    return frozenset(sign for sign in signs if sign.partition(".")[0] in _HAZARDS)


def tells_of_danger(signs: Iterable[str]) -> bool:
    """Whether an immediate danger is among the signs."""
    return any(sign.startswith(DANGER) for sign in signs)


def shared_danger(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether both tell of the same immediate danger."""
    return tells_of_danger(set(one) & set(other))
