"""How long a report is kept: its class, and the moment after which it must be gone. `services/retention.py` says it in SQL.

A report on an open incident is kept while that is open, at most a year; a closed one by how it ended. A report that only says
who somebody is goes soonest, unless an operator gave it a priority. Whoever keeps an incident longer says so and why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

RETENTION_DAYS: Final[dict[str, int]] = {
    "open": 365,
    "acted_on": 365,
    "no_action": 90,
    "low_trust_or_unfounded": 30,
    "identity_only": 7,
    "contact_after_closing": 30,
    "sealed_original": 7,
    "first_look": 400,
    "room_notice": 90,
    "training": 1095,
    "drill": 1095,
}
"""class -> days. Defaults; each country sets its own by RETENTION_DAYS. A training counts from the end of its validity, a notice
from its expiry, a drill and a first look from when they were. A venue's owner must be able to show them for some years."""

ACTED_ON: Final = frozenset(("confirmed",))
UNFOUNDED: Final = frozenset(("lost_property", "explained_harmless", "mistaken_good_faith", "malicious_false", "withdrawn"))
"""Outcomes of each class; every other ending is `no_action`."""
WITHDRAWN: Final = "low_trust_or_unfounded"
"""So long a report is kept after its reporter took it back, where its own class does not end sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What of a report and its incident matters. `lane` and what follows are the incident's; `closed_at` while it is closed.
    `withdrawn_at` is the report's."""

    received_at: datetime
    trust: str
    lane: str = "queue"
    priority_overridden: bool = False
    closed_at: datetime | None = None
    outcome: str | None = None
    kept_until: datetime | None = None
    withdrawn_at: datetime | None = None


def class_of(standing: Standing) -> str:
    """The retention class of a report."""
    if standing.lane == "reviewed" and not standing.priority_overridden:
        return "identity_only"
    if standing.closed_at is None:
        return "open"
    if standing.outcome in ACTED_ON:
        return "acted_on"
    return "low_trust_or_unfounded" if standing.trust == "low" or standing.outcome in UNFOUNDED else "no_action"


def deleted_at(standing: Standing, days: Mapping[str, int]) -> datetime:
    """The moment after which the report must be gone."""
    name = class_of(standing)
    counts_from_arrival = name in ("identity_only", "open") or standing.closed_at is None
    since = standing.received_at if counts_from_arrival else standing.closed_at
    assert since is not None
    ends = since + timedelta(days=days[name])
    if standing.withdrawn_at is not None:
        ends = min(ends, standing.withdrawn_at + timedelta(days=days[WITHDRAWN]))
    return max(ends, standing.kept_until) if standing.kept_until else ends
