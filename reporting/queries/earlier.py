"""What the latest reports of an incident said, for comparing a new one with them.

What a report said never changes, so a process remembers it for a while: at a crowded place every new report is compared with the
same twenty, and reading them anew each time cost more than anything else grouping does. Which reports are on an incident is
asked again whenever the incident's row has been written since: whoever moves a report writes the rows of both incidents.
"""

import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from reporting.domain.facts import EarlierReport, ReportFacts
from reporting.domain.signs import signs_of

EARLIER_REPORTS: Final = 20
REMEMBERED: Final = timedelta(hours=1)
"""How old a remembered report may be: much less than its device and network are kept for."""
MOST_REMEMBERED: Final = 20000
"""A minute of the busiest crowd. Where the reports that matter did not fit, each batch read nearly all of them again."""
MOST_LETTERS: Final = 1000
"""A report of more letters is read each time: what is remembered stays within some tens of megabytes."""
MOST_LISTS: Final = 5000

_WHICH: Final = text("""
    select incident_id, latest.id::text
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
    """The reports of the last hour that this process has met, by id (as text: a UUID is hashed by slow code, and thousands
    of them are looked up a second); the oldest go first.

    A clock of its own sees to it that they go where nothing more comes, too: nothing stays longer than two hours.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, EarlierReport] = {}
        self._ticking = False

    def find(self, ids: Iterable[str]) -> dict[str, EarlierReport]:
        """Those of the reports that are known."""
        with self._lock:
            return {key: self._known[key] for key in ids if key in self._known}

    def keep(self, reports: Iterable[EarlierReport], now: datetime) -> None:
        """Notes reports, and forgets those whose time is over."""
        fresh = {each.id: each for each in reports if _is_young(each, now) and len(each.text) <= MOST_LETTERS}
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


class _Lists:
    """Which reports are the latest of an incident, by the transaction that wrote the incident's row last; ids alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[uuid.UUID, tuple[int, tuple[str, ...]]] = {}

    def find(self, wanted: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, tuple[str, ...]]:
        """Those of the incidents that are as they were."""
        with self._lock:
            known = {key: self._known[key] for key in wanted.keys() & self._known.keys()}
        return {key: ids for key, (written, ids) in known.items() if written == wanted[key]}

    def keep(self, lists: Mapping[uuid.UUID, Sequence[str]], wanted: Mapping[uuid.UUID, int]) -> None:
        with self._lock:
            for key, ids in lists.items():
                self._known.pop(key, None)
                self._known[key] = wanted[key], tuple(ids)
            while len(self._known) > MOST_LISTS:
                del self._known[next(iter(self._known))]


_lists: Final = _Lists()


def remember(reports: Iterable[ReportFacts]) -> None:
    """Notes what these reports say, with the signs that triage found in them: soon others are compared with them."""
    _memory.keep([each.as_earlier() for each in reports], datetime.now(UTC))


def of_incidents(session: Session, wanted: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, list[EarlierReport]]:
    """The latest reports of each of these incidents, newest last. `wanted`: incident -> the transaction that wrote its row (xmin)
    as it was read in this same transaction, before."""
    lists = _lists.find(wanted)
    lists |= _read_lists(session, {key: wanted[key] for key in wanted.keys() - lists.keys()})
    reports = _reports(session, [each for ids in lists.values() for each in ids])
    # A report that is not found was deleted.
    return {key: [reports[each] for each in ids if each in reports] for key, ids in lists.items()}


def _read_lists(session: Session, wanted: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, tuple[str, ...]]:
    if not wanted:
        return {}
    found: dict[uuid.UUID, list[str]] = {key: [] for key in wanted}
    for incident, report in session.execute(_WHICH, {"ids": list(wanted), "limit": EARLIER_REPORTS}):
        found[incident].append(report)
    _lists.keep(found, wanted)
    return {key: tuple(ids) for key, ids in found.items()}


def _reports(session: Session, ids: Sequence[str]) -> dict[str, EarlierReport]:
    known = _memory.find(ids)
    unknown = [key for key in ids if key not in known]
    if unknown:
        read = [_report(row) for row in session.execute(_SAID, {"ids": unknown})]
        _memory.keep(read, datetime.now(UTC))
        known |= {each.id: each for each in read}
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
