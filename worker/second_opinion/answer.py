"""What a plug-in may answer, and how a wrong answer is told from a right one. Pure."""

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

State = Literal["given", "failed", "late", "nonsense"]
LONGEST_SENTENCE: Final = 400
LONGEST_ANSWER: Final = 16_384
"""Bytes of one answer; a plug-in that writes more says nothing."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a plug-in said of one report, or why it said nothing. `took_ms` is how long it was waited for."""

    state: State
    priority: int | None = None
    sentence: str = ""
    took_ms: int = 0


def read_answer(line: bytes, took_ms: int) -> Opinion:
    """The opinion in a line of JSON. Right is an object with `sentence` (1 to 400 characters of plain text) and perhaps
    `priority` (1 to 4); an object with `failed` says that the plug-in raised; everything else is nonsense."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return Opinion("nonsense", took_ms=took_ms)
    if isinstance(found, dict) and found.get("failed") is True:
        return Opinion("failed", took_ms=took_ms)
    answer = found.get("answer") if isinstance(found, dict) else None
    if not isinstance(answer, dict) or not _is_sentence(answer.get("sentence")) or not _is_priority(answer.get("priority")):
        return Opinion("nonsense", took_ms=took_ms)
    return Opinion("given", answer.get("priority"), answer["sentence"].strip(), took_ms)


def _is_sentence(found: Any) -> bool:
    return isinstance(found, str) and len(found.strip()) > 0 and len(found) <= LONGEST_SENTENCE and found.isprintable()


def _is_priority(found: Any) -> bool:
    return found is None or (isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= 4)
