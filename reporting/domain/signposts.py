"""Signpost cards: who else a matter belongs to. A report that is also somebody else's is pointed on, never thrown away.

Triage names a card by its code in a finding; the console shows the operator's line, the follow-up the reporter's.
To add a card, add one entry to SIGNPOSTS and name its code in a rule.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signpost:
    """One card. `operator` says what to do in the room, `reporter` what a person on the spot can do."""

    code: str
    label: str
    operator: str
    reporter: str


_CARDS: tuple[Signpost, ...] = (
    Signpost(
        "child",
        "Child",
        "A child may be alone or lost. Ring the police and the staff of the place; somebody stays with the child.",
        "Is a child alone or lost? Call the emergency number. Tell staff and stay where the child can see you.",
    ),
    Signpost(
        "self_harm",
        "Somebody may harm themselves",
        "Ring the emergency services. Ask them before anybody speaks to the person.",
        "Call the emergency number now. Stay calm and keep a safe distance.",
    ),
    Signpost(
        "medical",
        "Medical emergency",
        "Ring the ambulance. Ask staff for first aid and the nearest defibrillator.",
        "Call the emergency number now. Do what they tell you until help comes.",
    ),
    Signpost(
        "fire",
        "Fire",
        "Ring the fire service. Ask staff to clear the place.",
        "Leave the place. Call the emergency number when you are safe.",
    ),
    Signpost(
        "railway",
        "Somebody on the tracks",
        "Ring the railway's control first: trains must stop. Then the police.",
        "Call the emergency number now. Do not go onto the tracks.",
    ),
    Signpost(
        "gas",
        "Gas or a dangerous substance",
        "Ring the fire service. Nobody goes in; no switches, no open fire.",
        "Leave the place and call the emergency number. Touch no switch.",
    ),
    Signpost(
        "lost_property",
        "Lost property",
        "This reads like lost property. Point the person to the lost property office of the place.",
        "Things that were lost or found belong to the lost property office of the place.",
    ),
    Signpost(
        "city_services",
        "City services",
        "This reads like a matter for the city's services. Point the person there and close it as not for us.",
        "Noise, litter, parking and repairs are looked after by the city's services.",
    ),
)

SIGNPOSTS: dict[str, Signpost] = {card.code: card for card in _CARDS}
