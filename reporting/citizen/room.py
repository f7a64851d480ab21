"""Who gets a report, in words for the page: the room where it is certain, else that the one in charge there gets it."""

from typing import Any

from flask_babel import gettext as _

from reporting.domain.facts import Point
from reporting.domain.watching import Watch
from reporting.queries.responsible import Whereabouts, room_for


def general_room() -> str:
    """The words until it is known, within a sentence: "This goes to ..."."""
    return _("the control room in charge there")


def room_of(sent: dict[str, Any]) -> Watch | None:
    """The room of a report as it was sent, and whether it is watched; None where that is not certain."""
    location = sent.get("location")
    point = Point(location["lat"], location["lon"], location.get("accuracy_m")) if location else None
    staff = bool(sent.get("about_staff"))
    return room_for(Whereabouts(sent["category"], point, sent.get("venue", ""), staff))
