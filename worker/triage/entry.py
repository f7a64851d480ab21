"""What a rule says about itself: its id, the weights it gives, what for, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

HOT = "British Transport Police: HOT test for unattended items"
ISE_SAR = "ISE-SAR behaviour codes (NIEM SuspiciousActivityCode)"
TIPS = "US study of 18,024 tips: a firearm word means look now"
EMERGENCY = "emergency-call practice: life before everything"
ROOMS = "control-room practice"
PROTECT = "PRoTECT project: what cities and practitioners asked for"
RIGHTS = "behaviour, not identity (EU Charter, article 21)"
OURS = "this project"
SOURCES = (HOT, ISE_SAR, TIPS, EMERGENCY, ROOMS, PROTECT, RIGHTS, OURS)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register. `concepts` are the cues the rule asks a text for; none: it asks answers and facts."""

    rule: str
    weights: tuple[int, ...]
    says: str
    source: str
    concepts: tuple[str, ...] = ()
