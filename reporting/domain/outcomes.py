"""How an incident can end, in the operator's word and in the sentence the reporter reads."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Outcome:
    """`label` is for operators; `sentence` for the reporter; `supervisor_only` outcomes need evidence and a supervisor."""

    code: str
    label: str
    sentence: str
    supervisor_only: bool = False


_ALL = (
    Outcome("lost_property", "Lost property", "It was lost property. Thank you for telling us."),
    Outcome("nothing_found", "Nothing found", "We looked and found nothing. Thank you for telling us."),
    Outcome("explained_harmless", "Explained, harmless", "There was a harmless explanation. It was right to tell us."),
    Outcome("mistaken_good_faith", "Mistaken in good faith", "It turned out to be harmless. It was right to tell us."),
    Outcome("not_for_us", "Not for us", "This is a matter for another service. We noted where it belongs."),
    Outcome("passed_to_partner", "Passed to a partner", "We passed this to a partner organisation. Thank you."),
    Outcome("confirmed", "Confirmed", "Your report helped. Thank you for telling us."),
    Outcome("withdrawn", "Withdrawn", "You withdrew this report."),
    Outcome("malicious_false", "Knowingly false", "This report is closed. Thank you.", supervisor_only=True),
)
OUTCOMES: Final = {outcome.code: outcome for outcome in _ALL}
"""code -> Outcome. `malicious_false` is never shown to the reporter as such and never feeds into trust."""

HARMLESS: Final = frozenset(("lost_property", "nothing_found", "explained_harmless", "mistaken_good_faith"))
"""Endings after which nobody had to be protected from anything."""
