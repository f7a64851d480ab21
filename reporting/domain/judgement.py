"""How people judged the rules: one rule's figures, and how they are said in words."""

from dataclasses import dataclass
from typing import Final

WINDOWS_DAYS: Final = (30, 90)
"""The spans of time, in days, over which rules are counted."""


@dataclass(frozen=True, slots=True)
class RuleFigure:
    """What became of the incidents in which a rule spoke for the report that decided the priority.

    `fired`: incidents opened in the time. `judged`: incidents that operators closed or whose priority they changed in the time;
    of those `kept`, `raised` and `lowered` say what became of the priority, `harmless` how many ended so. `example` is a
    reason the rule gave. A change that was taken back counts for nothing.
    """

    rule: str
    example: str = ""
    fired: int = 0
    judged: int = 0
    raised: int = 0
    lowered: int = 0
    harmless: int = 0

    @property
    def overruled(self) -> int:
        """Incidents whose priority operators changed."""
        return self.raised + self.lowered

    @property
    def kept(self) -> int:
        """Incidents that operators closed with the priority they had come with."""
        return self.judged - self.overruled
