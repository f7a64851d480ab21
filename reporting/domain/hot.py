"""The unattended-item test: Hidden, Obviously suspicious, not Typical (British Transport Police), and its meaning."""

from __future__ import annotations

from typing import Literal

from reporting.domain.facts import Answer, Hot

Verdict = Literal["high", "raised", "lost_property", "unclear"]

# The wording is the test; it is asked exactly so, in every language's catalogue.
HIDDEN_TEXT = "Has it been put where it is hard to see?"
OBVIOUS_TEXT = "Wires, batteries, tape, liquid, putty, smell, or left after odd behaviour?"
TYPICAL_TEXT = "Is it what you would expect to find here?"

# Settings that the local police approve start from these (metres).
SAFE_DISTANCE_M = 15
CORDON_M: dict[str, int] = {"small": 100, "large": 200, "vehicle": 200, "large_vehicle": 400}


def verdict(hot: Hot) -> Verdict:
    """What the answers say together.

    O=yes is high; H=yes with T=no is high; H=no, O=no, T=yes is lost property; one bad answer alone is raised.
    An unknown answer never counts as no. Source: British Transport Police, HOT protocol.
    """
    if hot.obvious == "yes" or (hot.hidden == "yes" and hot.typical == "no"):
        return "high"
    if (hot.hidden, hot.obvious, hot.typical) == ("no", "no", "yes"):
        return "lost_property"
    if hot.hidden == "yes" or hot.typical == "no":
        return "raised"
    return "unclear"


def needs_safety_advice(hot: Hot) -> bool:
    """Whether to say "move away, do not touch" before any camera button."""
    return hot.hidden == "yes" or hot.obvious == "yes" or hot.typical == "no"


def contradict(first: Hot, second: Hot) -> bool:
    """Whether two people answered the same question with yes and with no."""
    pairs = ((first.hidden, second.hidden), (first.obvious, second.obvious), (first.typical, second.typical))
    return any({one, other} == {"yes", "no"} for one, other in pairs)


def worst(first: Hot, second: Hot) -> Hot:
    """The worse answer of each question: it stands until trained staff or an operator has looked."""
    return Hot(
        hidden=_prefer("yes", first.hidden, second.hidden),
        obvious=_prefer("yes", first.obvious, second.obvious),
        typical=_prefer("no", first.typical, second.typical),
    )


def _prefer(bad: Answer, first: Answer, second: Answer) -> Answer:
    if bad in (first, second):
        return bad
    return second if first == "unknown" else first
