"""Who is another source: independent corroboration, not counts.

Copies and one phone reporting five times are one source. A shared network alone never makes two reports one source:
carriers and malls put thousands of people behind one address. Independence is decided at arrival; only its result
is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from reporting.domain.facts import EarlierReport, ReportFacts
from reporting.domain.likeness import near_identical


def independent(facts: ReportFacts, earlier: Iterable[EarlierReport]) -> bool:
    """Whether a report is a source of its own beside the earlier ones of its incident.

    Not so when it comes from the same device, or in nearly the same words, or says nothing from an unknown device
    (then nothing tells it from a repeat).
    """
    known = list(earlier)
    if not known:
        return True
    if facts.device is None and not facts.text:
        return False
    return not any(_same_source(facts, other) for other in known)


def _same_source(facts: ReportFacts, other: EarlierReport) -> bool:
    if facts.device is not None and facts.device == other.device:
        return True
    return near_identical(facts.probe, other.wording)


def one_network(facts: ReportFacts, earlier: Iterable[EarlierReport]) -> bool:
    """Whether a report came through the same network as those before it, as far as that is still known. It is shown and
    decides nothing: neither who is a source nor how urgent a thing is."""
    known = {each.network for each in earlier if each.network is not None}
    return facts.network is not None and known == {facts.network}
