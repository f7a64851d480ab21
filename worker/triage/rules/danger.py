"""Immediate danger: the only gate through which one source reaches priority 1, and it says that it is one source.

Order of triage, step 1: shooting, explosion, attack, weapon in use, countdown, bomb; also fire, a person on the
tracks, self-harm, a lost child, a life at risk. What is past, already over, only supposed or only quoted does not
open the gate but still says "look now".
"""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.surroundings import Cue

GATE = 100
WEAKENED = 60
OVER = 30
UNREAL = 20
_MOST_LOOKED_AT = 40

KINDS: dict[str, str] = {
    "gunfire": "shots or a gunman are described",
    "explosion": "an explosion is described",
    "about_to_explode": "something is said to be about to explode",
    "attack": "an attack on people is described",
    "gunpoint": "somebody is held at the point of a weapon",
    "bomb_claim": "somebody is said to have or to have placed a bomb",
    "fire": "a fire is described",
    "selfharm": "somebody may harm themselves",
    "lost_child": "a child is lost",
    "life": "somebody's life is at risk",
}
# Two ideas that are dangerous together: (rule, first, second, words between them at most, what it says).
PAIRS: tuple[tuple[str, str, str, int, str], ...] = (
    ("weapon_in_use", "wield", "firearm", 5, "a weapon is being used or pointed"),
    ("weapon_in_use", "wield", "blade", 5, "a weapon is being used or pointed"),
    ("lost_child", "astray", "child_noun", 4, "a child is alone or missing"),
    ("on_the_tracks", "on_tracks", "someone", 6, "somebody is on the tracks"),
)


def danger(case: Case) -> Iterator[Finding]:
    """One finding for each kind of danger; the first word that says "here and now" decides its weight."""
    for concept, words in KINDS.items():
        yield from _judge(case, concept, case.reading.found(concept), words)
    for rule, first, second, within, words in PAIRS:
        yield from _judge(case, rule, case.reading.near(first, second, within), words)


def _judge(case: Case, kind: str, cues: list[Cue], words: str) -> Iterator[Finding]:
    spoken = [cue for cue in cues if not (cue.negated or cue.taken_back or cue.hypothetical)][:_MOST_LOOKED_AT]
    if not spoken:
        return
    real = [cue for cue in spoken if not cue.unreal]
    present = [cue for cue in real if not case.reading.resolved_near(cue)]
    certain = [cue for cue in present if not (cue.past or cue.hedged or cue.quoted)]
    if certain:
        yield told(f"danger.{kind}", GATE, f"Immediate danger: {words}. {_source(case)}", certain)
    elif present:
        yield told(f"danger.{kind}", WEAKENED, f"Words of danger: {words}, but past or not certain.", present)
    elif real:
        yield told(f"danger.{kind}", OVER, f"Words of danger: {words}, but it is said to be over.", real)
    else:
        yield told(f"danger.{kind}", UNREAL, "Words of danger, but about a film, a game or a drill.", spoken)


def _source(case: Case) -> str:
    if case.facts.filer == "public":
        return "One unverified source."
    return "One source, from staff, not yet confirmed."
