"""The links of the header: which pages of the room an actor may open, in the same order on every page."""

from dataclasses import dataclass
from typing import Final

from reporting.policy import Actor, decide


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the room: its word in the header, its address, and the action of the policy that opens it."""

    word: str
    address: str
    action: str


PLACES: Final = (
    Place("Queue", "/control/", "console.open"),
    Place("Notices", "/control/notices", "notice.write"),
    Place("Messages", "/control/messages", "undelivered.read"),
    Place("Desks", "/control/desks", "roster.read"),
    Place("Routing", "/control/routing", "routing.edit"),
    Place("Judgement", "/control/judgement", "judgement.read"),
    Place("Feelings", "/control/feelings", "feeling.read"),
)


def places_of(actor: Actor) -> tuple[Place, ...]:
    """What this person may open; the first of them is where the room's name leads."""
    return tuple(each for each in PLACES if decide(actor, each.action).allowed)
