"""A report as a plug-in gets it: what was told, as plain JSON values, and nothing of the device or network it came from."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from reporting.domain.facts import ReportFacts

WITHHELD: Final = ("id", "device", "network", "trust", "trust_reason")


def told(facts: ReportFacts) -> dict[str, Any]:
    """The report's facts by the names of `ReportFacts`; moments as ISO 8601 in UTC."""
    return {name: value for name, value in asdict(facts).items() if name not in WITHHELD}


def document(report: dict[str, Any]) -> bytes:
    """One line of JSON."""
    return json.dumps(report, default=_plain).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return sorted(value) if isinstance(value, (set, frozenset)) else str(value)
