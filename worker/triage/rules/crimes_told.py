"""Acts of group A (defined criminal activity) that the text tells of, each under its behaviour."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.behaviours import plain_words
from reporting.domain.findings import Finding
from worker.triage.case import Case, told
from worker.triage.entry import ISE_SAR, Entry

# (concept, behaviour code, weight)
ACTS: tuple[tuple[str, str, int], ...] = (
    ("intrusion", "INTRSN", 45),
    ("trespass", "INTRSN", 25),
    ("misrepresent", "MISREP", 30),
    ("theft_secure", "THEFT", 45),
    ("steal_now", "THEFT", 25),
    ("sabotage", "SABOT", 45),
    ("cyber", "CYBER", 25),
    ("drone", "AVIATION", 25),
)
# A place people should not be in, near somebody: (place, words between at most)
FORBIDDEN_PLACES: tuple[tuple[str, int], ...] = (("on_roof", 6), ("on_tracks", 6))
FORBIDDEN = 30
ENTRIES = (
    *(Entry(f"behaviour.{code}.{cue}", (weight,), f"{plain_words(code)}.", ISE_SAR, (cue,)) for cue, code, weight in ACTS),
    *(
        Entry(f"behaviour.INTRSN.{place}", (FORBIDDEN,), "Somebody in a place that is not open to the public.", ISE_SAR, (place,))
        for place, _ in FORBIDDEN_PLACES
    ),
)


def crimes_told(case: Case) -> Iterator[Finding]:
    """Each kind of act once, with the words that told of it."""
    for concept, code, weight in ACTS:
        if cues := case.reading.standing(concept):
            yield told(f"behaviour.{code}.{concept}", weight, f"The text tells of: {plain_words(code).lower()}.", cues)
    for place, within in FORBIDDEN_PLACES:
        if cues := case.reading.near(place, "someone", within):
            reason = "The text tells of somebody in a place that is not open to the public."
            yield told(f"behaviour.INTRSN.{place}", FORBIDDEN, reason, cues)
