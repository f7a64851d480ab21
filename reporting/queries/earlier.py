"""What the latest reports of an incident said, for comparing a new one with them.

What a report said never changes, so a process remembers it for a while: at a crowded place every new report is compared with the
same twenty, and reading them anew each time cost more than anything else grouping does. Which reports are on an incident is
asked each time.
"""

import threading
import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from reporting.domain.facts import EarlierReport, ReportFacts
from reporting.domain.signs import signs_of

EARLIER_REPORTS: Final = 20
REMEMBERED: Final = timedelta(hours=1)
"""How old a remembered report may be: much less than its device and network are kept for."""
MOST_REMEMBERED: Final = 5000
MOST_LETTERS: Final = 2000
"""A report of more letters is read each time: what is remembered stays within some megabytes."""

_WHICH: Final = text("""
    select incident_id, latest.id
    from unnest(cast(:ids as uuid[])) as wanted(id) cross join lateral (
        select id, incident_id, received_at from report
        where report.incident_id = wanted.id order by received_at desc limit :limit) as latest
    order by received_at
""")
_SAID: Final = text("""
    select report.id, description, why_unusual, language, moving_to, report.received_at, device_hash, network_hash,
        array(select finding ->> 'rule' from jsonb_array_elements(findings) as finding where (finding ->> 'weight')::int > 0)
            as rules
    from report left join trace on trace.report_id = report.id left join assessment on assessment.report_id = report.id
    where report.id = any(cast(:ids as uuid[]))
""")


class _Memory:
    """The reports of the last hour that this process has met, by id; the oldest go first. A clock of its own sees to it that they
    go where nothing more comes, too: nothing stays longer than two hours."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[uuid.UUID, EarlierReport] = {}
        self._ticking = False

    def find(self, ids: Iterable[uuid.UUID], now: datetime) -> dict[uuid.UUID, EarlierReport]:
        """Those of the reports that are known, but for what is too old to be."""
        with self._lock:
            found = {key: self._known[key] for key in ids if key in self._known}
        return {key: each for key, each in found.items() if _is_young(each, now)}

    def keep(self, reports: Iterable[EarlierReport], now: datetime) -> None:
        """Notes reports, and forgets those whose time is over."""
        fresh = {uuid.UUID(each.id): each for each in reports if _is_young(each, now) and len(each.text) <= MOST_LETTERS}
        with self._lock:
            self._known |= fresh
            self._wind_up()
            while self._known:
                oldest = next(iter(self._known))
                if len(self._known) <= MOST_REMEMBERED and _is_young(self._known[oldest], now):
                    return
                del self._known[oldest]

    def forget(self, now: datetime) -> None:
        """Lets go of all whose time is over."""
        with self._lock:
            self._known = {key: each for key, each in self._known.items() if _is_young(each, now)}

    def _wind_up(self) -> None:
        if self._known and not self._ticking:
            self._ticking = True
            timer = threading.Timer(REMEMBERED.total_seconds(), self._tick)
            timer.daemon = True
            timer.start()

    def _tick(self) -> None:
        self.forget(datetime.now(UTC))
        with self._lock:
            self._ticking = False
            self._wind_up()


def _is_young(report: EarlierReport, now: datetime) -> bool:
    return report.received_at is not None and now - report.received_at < REMEMBERED


_memory: Final = _Memory()


def remember(reports: Iterable[ReportFacts]) -> None:
    """Notes what these reports say, with the signs that triage found in them: soon others are compared with them."""
    _memory.keep([each.as_earlier() for each in reports], datetime.now(UTC))


def of_incidents(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[EarlierReport]]:
    """The latest reports of each of these incidents, newest last."""
    wanted = list(ids)
    if not wanted:
        return {}
    pairs = session.execute(_WHICH, {"ids": wanted, "limit": EARLIER_REPORTS}).all()
    reports = _reports(session, [report for _incident, report in pairs])
    found: dict[uuid.UUID, list[EarlierReport]] = {}
    for incident, report in pairs:
        if report in reports:  # not deleted a moment ago
            found.setdefault(incident, []).append(reports[report])
    return found


def _reports(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, EarlierReport]:
    now = datetime.now(UTC)
    known = _memory.find(ids, now)
    unknown = [key for key in ids if key not in known]
    if unknown:
        read = {row.id: _report(row) for row in session.execute(_SAID, {"ids": unknown})}
        _memory.keep(read.values(), now)
        known |= read
    return known


def _report(row: Any) -> EarlierReport:
    return EarlierReport(
        id=str(row.id),
        device=row.device_hash.hex() if row.device_hash else None,
        network=row.network_hash.hex() if row.network_hash else None,
        text="\n".join(part for part in (row.description, row.why_unusual) if part),
        language=row.language,
        signs=signs_of(row.rules),
        moving=bool(row.moving_to),
        received_at=row.received_at,
    )
