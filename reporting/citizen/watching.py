"""What everybody is told when a room is not watched: the truth, and whom to call instead."""

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from reporting.domain.watching import Watch
from reporting.queries.watching import watch_of


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A sentence, and the number of the room where it has one."""

    sentence: str
    phone: str


def unwatched(code: str = "") -> Unwatched | None:
    """What to say on a page of this place code; None while somebody is there, or where nothing is known."""
    return told(watch_of(code))


def told(watch: Watch | None) -> Unwatched | None:
    """The words for a room's state."""
    if watch is None or watch.state not in (words := sentences()):
        return None
    return Unwatched(words[watch.state], watch.phone)


def sentences() -> dict[str, str]:
    """The sentence for each state in which nobody may be reading."""
    return {
        "unwatched_hour": _("This room is not watched at this hour. It may take longer until somebody reads your report."),
        "nobody_there": _("Nobody is at the desk right now. It may take longer until somebody reads your report."),
    }


def unread(report: dict[str, Any]) -> Unwatched | None:
    """What to say of a report that nobody has opened yet; the room is not named, so neither is its number."""
    return told(Watch("nobody_there")) if report["room_watched"] is False else None
