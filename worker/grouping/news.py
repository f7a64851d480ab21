"""What a report brings that its incident did not know yet: a sign of danger, another place, what trained staff saw. Pure.

A repeat is often an escalation. Whatever is new asks for attention, with its reason; nothing here ever lowers anything.
"""

from __future__ import annotations

from reporting.domain.attention import HIGHEST_BY_ONE_SOURCE, News
from reporting.domain.facts import Hot, IncidentFacts, ReportFacts
from reporting.domain.hot import verdict
from reporting.domain.places import believed_accuracy_m
from reporting.domain.signs import hazards, listed
from worker.grouping.place import metres

NEW_PLACE_M = 50.0
_SEEN = {
    "high": "Trained staff looked: it is suspicious by their answers.",
    "raised": "Trained staff looked: one answer is not as it should be.",
    "lost_property": "Trained staff looked: not hidden, nothing obviously suspicious, typical for the place. An operator decides;"
    " nothing is lowered by it.",
}


def news(facts: ReportFacts, incident: IncidentFacts) -> tuple[News, ...]:
    """What is new in a report that joins the incident, as the incident was before."""
    found = (_hazard(facts, incident), _staff(facts), _place(facts, incident))
    return tuple(each for each in found if each is not None)


def _hazard(facts: ReportFacts, incident: IncidentFacts) -> News | None:
    """Signs of danger that no earlier report told of raise by one step."""
    known = {sign for earlier in incident.reports for sign in earlier.signs}
    new = hazards(facts.signs) - known
    return News(f"This report is the first to tell of {listed(new)}.", steps=1) if new else None


def _staff(facts: ReportFacts) -> News | None:
    if facts.filer == "public" or facts.hot == Hot():
        return None
    seen = verdict(facts.hot)
    if seen not in _SEEN:
        return None
    return News(_SEEN[seen], at_least=HIGHEST_BY_ONE_SOURCE if seen == "high" else None, steps=1 if seen == "raised" else 0)


def _place(facts: ReportFacts, incident: IncidentFacts) -> News | None:
    """Told where it changes something: who moves, or another gate or platform. A crowd that stands around is no news."""
    if facts.place_code and incident.place_code and facts.place_code != incident.place_code:
        return News("Now reported from another place code than before.")
    here, there = facts.point, incident.point
    if here is None or there is None or not (facts.moving or incident.moving):
        return None
    apart = metres(here, there)
    unsure = believed_accuracy_m(here.accuracy_m, here.source) + believed_accuracy_m(there.accuracy_m, there.source)
    return News(f"Now reported {apart:.0f} m from where it began.") if apart > max(NEW_PLACE_M, unsure) else None
