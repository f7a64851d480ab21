"""A text in a language without a word list: nothing was read in it, so a person must. Silence is never harmless."""

from __future__ import annotations

from collections.abc import Iterator

from reporting.domain.findings import Finding
from worker.triage.case import Case
from worker.triage.entry import OURS, Entry

# Enough for a routine look, whatever the lists found or did not find.
READ_IT_YOURSELF = 20
ENTRIES = (Entry("language.unread", (READ_IT_YOURSELF,), "No word list for the language: a person must read it.", OURS),)


def language(case: Case) -> Iterator[Finding]:
    """Says that there is no word list for the language, and names the language where it is known."""
    if case.reading.unread:
        reason = f"No word list for this language ({case.reading.unread}): read it yourself."
        yield Finding("language.unread", READ_IT_YOURSELF, reason)
