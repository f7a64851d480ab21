"""What a control room does to find out what it is, and what can come of it. The system sends nobody: it keeps what people did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from reporting.domain.facts import Hot

KINDS: Final[dict[str, str]] = {
    "camera_looked": "Looked on camera",
    "guard_sent": "Guard sent",
    "patrol_asked": "Patrol asked",
    "called_112": "112 called",
    "staff_looked": "Trained staff looked",
}
"""code -> what the timeline says."""
RESULTS: Final[dict[str, str]] = {
    "asked": "no answer yet",
    "harmless": "looked at, harmless",
    "worrying": "looked at, obviously suspicious",
    "nothing_there": "nothing there any more",
    "not_seen": "could not be seen",
    "answered": "looked at",
}
"""code -> what came of it, in words. `answered`: the three answers say it."""
SEEN: Final[dict[str, Hot]] = {
    "harmless": Hot("no", "no", "yes"),
    "worrying": Hot(obvious="yes"),
    "nothing_there": Hot("no", "no", "yes"),
}
"""Result -> the answers that whoever looked gives by it. `asked` and `not_seen` answer nothing: nobody has seen it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One look: what was done, what came of it, the answers that were seen, the other side's number and a few words."""

    kind: str
    result: str
    hot: Hot = field(default_factory=Hot)
    reference: str = ""
    text: str = ""

    @property
    def answers(self) -> Hot:
        """What was seen: the answers that were given, and for those left open what the result says."""
        said = SEEN.get(self.result, Hot())
        pairs = ((self.hot.hidden, said.hidden), (self.hot.obvious, said.obvious), (self.hot.typical, said.typical))
        hidden, obvious, typical = (said if given == "unknown" else given for given, said in pairs)
        return Hot(hidden, obvious, typical)

    def _said(self) -> tuple[tuple[str, str], ...]:
        """The three answers by name, of a look that was answered question by question."""
        answers = (("hidden", self.hot.hidden), ("obviously suspicious", self.hot.obvious), ("usual there", self.hot.typical))
        return answers if self.kind == "staff_looked" else ()

    @property
    def sentence(self) -> str:
        """The line of the timeline."""
        parts = [f"{KINDS[self.kind]}: {RESULTS[self.result]}"]
        parts += [f"{name} {answer}" for name, answer in self._said() if answer != "unknown"]
        parts += [f"number {self.reference}"] if self.reference else []
        return ", ".join(parts) + (f". {self.text}" if self.text else "")
