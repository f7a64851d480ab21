"""What the console proposes next for an incident: one sentence, the action that goes with it, and advice on safety."""

from dataclasses import dataclass
from typing import Any

from reporting.domain.facts import Hot
from reporting.domain.hot import SAFE_DISTANCE_M, needs_safety_advice
from reporting.domain.outcomes import OUTCOMES
from reporting.policy import Actor

FIRST_LOOK = {
    "unattended_item": "Have somebody look for the owner, from a distance. Then note what they found.",
    "suspicious_behaviour": "Look on camera or ask somebody near to look. Then note what they saw.",
    "suspicious_vehicle": "Look on camera and check the plate. Then note what came of it.",
    "drone": "Find where it flies and who flies it. Then note what you know.",
    "threat": "Read the exact words. Decide who must know now. Then note it.",
    "tampering": "Have the place looked at and secured. Then note what was found.",
}
IMMEDIATE = "Ring the police now. Send nobody close."
IMMEDIATE_HERE = "Act on it now, by your orders. Send nobody close who is not equipped for it."
"""For a room of the police, which has nobody else to ring."""
BAD_ANSWERS = "Keep people away. Ask trained staff or the police to look. Then note what they say."
ANY_LOOK = "Find out what it is. Then note what came of it."
RESTING = {
    "waiting": "It waits for an answer. Note what comes, or close it.",
    "shelved": "It is shelved for now. Take it again when it needs somebody.",
    "handed_over": "Another room has it. Note what you hear from them.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """`action` is the code of the form that does it, or empty; `advice` is a line on safety, or empty."""

    sentence: str
    action: str = ""
    advice: str = ""


def next_step(incident: dict[str, Any], actor: Actor, may_work: bool) -> Step:
    """The one thing to do now. Readers without the right to work get the state in words, never a button."""
    sentence, action = _by_state(incident, actor)
    if incident["priority"] == 1 and incident["triaged"] and incident["status"] == "new":
        sentence = f"{_immediate(actor)} {sentence}"
    return Step(sentence, action if may_work else "", _safety(incident))


def _by_state(incident: dict[str, Any], actor: Actor) -> tuple[str, str]:
    status = incident["status"]
    if not incident["triaged"]:
        return "Triage has not read this yet. It will within seconds; until then, read the report itself.", ""
    if status == "new":
        return "Acknowledge it: that says you have seen it, and stops the clock.", "acknowledge"
    if status == "closed":
        return _ending(incident), ""
    if status in RESTING:
        return RESTING[status], "take" if status == "shelved" else "note"
    return _by_owner(incident, actor)


def _by_owner(incident: dict[str, Any], actor: Actor) -> tuple[str, str]:
    if not incident["assignee"]:
        return "Nobody is on it. Take it if you will see it through.", "take"
    if is_mine(incident, actor):
        return first_look(incident, actor), "note"
    return f"{incident['assignee']['name']} is on it. Add what you know as a note.", "note"


def _immediate(actor: Actor) -> str:
    return IMMEDIATE_HERE if actor.level == "police" else IMMEDIATE


def first_look(incident: dict[str, Any], actor: Actor) -> str:
    """What to do first, by how dangerous it is before what kind it is: nobody is sent near a danger to have a look."""
    if incident["priority"] == 1:
        return _immediate(actor)
    if _is_bad(incident["hot"]):
        return BAD_ANSWERS
    return FIRST_LOOK.get(incident["category"], ANY_LOOK)


def _ending(incident: dict[str, Any]) -> str:
    if incident["merged_into"]:
        return f"Merged into {incident['merged_into']['number']}. Its reports are there; this number leads to it."
    outcome = OUTCOMES.get(incident["outcome"] or "")
    return f"Closed: {outcome.label.lower()}. Nothing left to do." if outcome else "Closed. Nothing left to do."


def is_mine(incident: dict[str, Any], actor: Actor) -> bool:
    """Whether the incident is assigned to the person who looks at it."""
    return bool(incident["assignee"]) and incident["assignee"]["id"] == actor.account_id


def _safety(incident: dict[str, Any]) -> str:
    """The distance is the HOT protocol's; shown while an answer in any report is a bad one."""
    if incident["status"] == "closed" or not _is_bad(incident["hot"]):
        return ""
    return f"Nobody touches it or goes closer than {SAFE_DISTANCE_M} m. No phone or radio near it."


def _is_bad(hot: dict[str, Any]) -> bool:
    return needs_safety_advice(Hot(**hot))
