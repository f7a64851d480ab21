"""Immediate danger: the only gate through which one source reaches priority 1, and it says that it is one source.

Order of triage, step 1: shooting, explosion, attack, weapon in use, countdown, bomb; also fire, a person on the
tracks, self-harm, a lost child, a life at risk. What is past, already over, only supposed, hearsay or only quoted does
not open the gate but still says "look now". Where the matter is also somebody else's, the finding carries its card.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.entry import EMERGENCY, Entry
from worker.triage.surroundings import Cue

GATE = 100
WEAKENED = 60
OVER = 30
UNREAL = 20
_MOST_LOOKED_AT = 40
# Shot with a nerf gun, threatened with a foam sword: look, but it opens no gate.
_WITH_A_WEAPON = frozenset(("gunfire", "weapon_in_use", "gunpoint"))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of danger: its cues, alone or two ideas near each other, what it says, and whose matter it is too."""

    rule: str
    words: str
    signpost: str = ""
    first: str = ""
    second: str = ""
    within: int = 0


KINDS: tuple[Kind, ...] = (
    Kind("gunfire", "shots or a gunman are described"),
    Kind("explosion", "an explosion is described"),
    Kind("about_to_explode", "something is said to be about to explode"),
    Kind("attack", "an attack on people is described"),
    Kind("gunpoint", "somebody is held at the point of a weapon"),
    Kind("bomb_claim", "somebody is said to have or to have placed a bomb"),
    Kind("fire", "a fire is described", "fire"),
    Kind("selfharm", "somebody may harm themselves", "self_harm"),
    Kind("lost_child", "a child is lost", "child"),
    Kind("life", "somebody's life is at risk", "medical"),
    Kind("weapon_in_use", "a weapon is being used or pointed", "", "wield", "firearm", 5),
    Kind("weapon_in_use", "a weapon is being used or pointed", "", "wield", "blade", 5),
    Kind("lost_child", "a child is alone or missing", "child", "astray", "child_noun", 4),
    Kind("on_the_tracks", "somebody is on the tracks", "railway", "on_tracks", "someone", 6),
    Kind("trapped", "somebody is trapped", "medical", "trapped", "someone", 4),
)
ENTRIES = tuple(
    {
        f"danger.{kind.rule}": Entry(
            f"danger.{kind.rule}",
            (GATE, WEAKENED, OVER, UNREAL),
            f"Immediate danger: {kind.words}.",
            EMERGENCY,
            (kind.first or kind.rule,),
        )
        for kind in KINDS
    }.values()
)


def danger(case: Case) -> Iterator[Finding]:
    """One finding for each kind of danger; the first word that says "here and now" decides its weight."""
    for kind in KINDS:
        for finding in _judged(case, kind, _cues(case, kind)):
            yield replace(finding, signpost=kind.signpost)


def _cues(case: Case, kind: Kind) -> list[Cue]:
    return case.reading.near(kind.first, kind.second, kind.within) if kind.second else case.reading.found(kind.rule)


def _judged(case: Case, kind: Kind, cues: list[Cue]) -> Iterator[Finding]:
    spoken = [cue for cue in cues if not (cue.negated or cue.taken_back or cue.hypothetical)][:_MOST_LOOKED_AT]
    if not spoken:
        return
    rule = f"danger.{kind.rule}"
    played = _sentences_of_toys(case) if kind.rule in _WITH_A_WEAPON else set()
    real = [cue for cue in spoken if not cue.unreal and case.reading.words.sentence[cue.place] not in played]
    present = [cue for cue in real if not (cue.long_past or case.reading.resolved_near(cue))]
    certain = [cue for cue in present if not (cue.past or cue.hedged or cue.quoted)]
    if certain:
        yield told(rule, GATE, f"Immediate danger: {kind.words}. {_source(case)}", certain)
    elif present:
        yield told(rule, WEAKENED, f"Words of danger: {kind.words}, but past, hearsay or not certain. Look now.", present)
    elif real:
        yield told(rule, OVER, f"Words of danger: {kind.words}, but the text says that it is over or long past.", real)
    else:
        yield told(rule, UNREAL, "Words of danger, but about a film, a game, a toy or a drill.", spoken)


def _sentences_of_toys(case: Case) -> set[int]:
    return {case.reading.words.sentence[toy.place] for toy in case.reading.standing("toy_weapon")}


def _source(case: Case) -> str:
    if case.facts.filer == "public":
        return "One unverified source."
    return "One source, from staff, not yet confirmed."
