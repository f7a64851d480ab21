"""The life of an incident as one dictionary, and what of it the reporter is told."""

from typing import Final

NEW: Final = "new"
ACKNOWLEDGED: Final = "acknowledged"
IN_PROGRESS: Final = "in_progress"
WAITING: Final = "waiting"
HANDED_OVER: Final = "handed_over"
SHELVED: Final = "shelved"
CLOSED: Final = "closed"

STATUSES: Final = (NEW, ACKNOWLEDGED, IN_PROGRESS, WAITING, HANDED_OVER, SHELVED, CLOSED)

MOVES: Final[dict[str, tuple[str, ...]]] = {
    NEW: (ACKNOWLEDGED, IN_PROGRESS, WAITING, HANDED_OVER, SHELVED, CLOSED),
    ACKNOWLEDGED: (IN_PROGRESS, WAITING, HANDED_OVER, SHELVED, CLOSED),
    IN_PROGRESS: (ACKNOWLEDGED, WAITING, HANDED_OVER, SHELVED, CLOSED),
    WAITING: (IN_PROGRESS, HANDED_OVER, SHELVED, CLOSED),
    SHELVED: (ACKNOWLEDGED, IN_PROGRESS, WAITING, HANDED_OVER, CLOSED),
    HANDED_OVER: (IN_PROGRESS, CLOSED),
    CLOSED: (IN_PROGRESS,),
}
"""status -> the statuses it may become. Everything else is refused."""

TOLD_TO_REPORTER: Final = {
    NEW: "received",
    ACKNOWLEDGED: "being_looked_at",
    IN_PROGRESS: "being_looked_at",
    WAITING: "being_looked_at",
    HANDED_OVER: "being_looked_at",
    SHELVED: "being_looked_at",
    CLOSED: "closed",
}
"""status -> the word of the fixed calm vocabulary. `question_for_you` comes from an open question, not from a status."""


def may_become(current: str, wanted: str) -> bool:
    """Whether an incident may go from one status to the other."""
    return wanted in MOVES[current]
