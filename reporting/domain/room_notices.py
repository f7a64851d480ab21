"""What a control room may write to venues: three kinds, for how long, and who may give the all clear. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

KINDS: Final[dict[str, str]] = {
    "information": "Information",
    "please_look": "Please look",
    "all_clear": "All clear",
}
"""code -> what the room reads."""
TEXT_LIMIT: Final = 500
MINUTES: Final = (60, 240, 480, 1440)
"""What the form offers; 4 hours is proposed."""
LEAST_MINUTES: Final = 5
MOST_MINUTES: Final = 4320
"""Three days. What is to stand longer is no notice."""
MOST_VENUES: Final = 500
ABOUT_AN_INCIDENT: Final = "An all clear is about an incident. Say it from an incident of your own room."
ANOTHERS: Final = "Only the room that works on it may give the all clear."
DANGEROUS: Final = "It may be dangerous. Nobody is asked to look at it. Write it as information, and say to keep away."
ABOUT_STAFF: Final = "It is about people who work there. That house is told nothing of it."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoomNotice:
    """What a room writes. `venues` are ids; `areas` keys of its own areas, which stand for the venues in them."""

    kind: str
    text: str
    minutes: int
    venues: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    incident_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class About:
    """The incident that a notice is about, as the writing room sees it. `own`: it is this room's to work on."""

    own: bool
    about_staff: bool = False
    venue_id: str | None = None
    hidden_rooms: frozenset[str] = frozenset()


def why_not(kind: str, about: About | None) -> str:
    """Why a room may not write a notice of this kind, as a sentence; empty where it may."""
    if kind == "all_clear" and about is None:
        return ABOUT_AN_INCIDENT
    return ANOTHERS if kind == "all_clear" and about is not None and not about.own else ""


def may_be_told(about: About | None, venue_id: str, room_id: str | None) -> bool:
    """Whether a venue, with its own room where it has one, may be told of the incident at all. What is about staff of a house
    that nobody knows could be about any of them."""
    if about is None or not (about.about_staff or about.hidden_rooms):
        return True
    if about.about_staff and about.venue_id is None:
        return False
    return venue_id != about.venue_id and room_id not in about.hidden_rooms


def read_words(read: Iterable[str], told: Iterable[str]) -> str:
    """How many of the venues that were told have read it."""
    wanted = set(told)
    return f"{len(wanted & set(read))} of {len(wanted)} read"
