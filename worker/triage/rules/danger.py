"""Immediate danger: the only gate through which one source reaches priority 1, and it says that it is one source.

Order of triage, step 1: shooting, explosion, attack, weapon in use, countdown, bomb; also fire, a person on the
tracks, self-harm, a lost child, a life at risk. What is past, already over, only supposed or only quoted does not
open the gate but still says "look now".
"""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.reading import Cue

GATE = 100
WEAKENED = 60
OVER = 30
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
    ("on_the_tracks", "on_tracks", "someone", 6, "somebody is on the tracks"),
)


def danger(case: Case) -> Iterator[Finding]:
    """One finding for each kind of danger; the first word that says "here and now" decides its weight."""
    for concept, words in KINDS.items():
        yield from _judge(case, concept, case.reading.found(concept), words)
    for rule, first, second, within, words in PAIRS:
        yield from _judge(case, rule, case.reading.near(first, second, within), words)


def _judge(case: Case, kind: str, cues: list[Cue], words: str) -> Iterator[Finding]:
    spoken = [cue for cue in cues if not (cue.negated or cue.taken_back or cue.unreal or cue.hypothetical)]
    spoken = spoken[:_MOST_LOOKED_AT]
    if not spoken:
        return
    open_gate = [cue for cue in spoken if not (cue.past or cue.hedged or cue.quoted)]
    open_gate = [cue for cue in open_gate if not case.reading.resolved_near(cue)]
    if open_gate:
        yield told(f"danger.{kind}", GATE, f"Immediate danger: {words}. {_source(case)}", open_gate)
        return
    weight = OVER if all(case.reading.resolved_near(cue) for cue in spoken) else WEAKENED
    yield told(f"danger.{kind}", weight, f"Words of danger: {words}, but past, over or not certain.", spoken)


def _source(case: Case) -> str:
    if case.facts.filer == "public":
        return "One unverified source."
    return "One source, from staff, not yet confirmed."
