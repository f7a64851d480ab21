"""What the latest reports of an incident said, for comparing a new one with them.

What a report said never changes, so a process remembers it for a while: at a crowded place every new report is compared with the
same twenty, and reading them anew each time cost more than anything else grouping does. An incident is read again whenever its
row has been written since: whoever moves a report writes the rows of both incidents.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from reporting.domain.facts import EarlierReport, IncidentFacts, ReportFacts
from reporting.domain.signs import signs_of

EARLIER_REPORTS: Final = 20
REMEMBERED: Final = timedelta(hours=1)
"""How old a remembered report may be: much less than its device and network are kept for."""
MOST_REMEMBERED: Final = 40000
"""Nearly two minutes of the busiest crowd. Where the reports that matter did not fit, each batch read nearly all of them
again."""
MOST_LETTERS: Final = 400
"""A report of more letters is read each time: what is remembered takes some tens of megabytes, and three hundred when somebody
sends as much as fits."""
MOST_INCIDENTS: Final = 40000
MOST_TOLD: Final = 60000
"""How many reports the remembered incidents may have together."""

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
        fresh = {each.id: each for each in reports if _fits(each, now)}
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
        now = datetime.now(UTC)
        self.forget(now)
        _incidents.forget(now)
        with self._lock:
            self._ticking = False
            self._wind_up()


def _is_young(report: EarlierReport, now: datetime) -> bool:
    return report.received_at is not None and now - report.received_at < REMEMBERED


def _fits(report: EarlierReport, now: datetime) -> bool:
    return _is_young(report, now) and len(report.text) <= MOST_LETTERS


_memory: Final = _Memory()


class _Incidents:
    """Incidents with what their latest reports said, by the transaction that wrote the incident's row last. Nothing is kept
    longer than its reports may be remembered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[str, IncidentFacts]] = {}
        self._told = 0

    def find(self, written: Mapping[str, str], now: datetime) -> dict[str, IncidentFacts]:
        """Those of the incidents that are as they were; `written` tells which transaction wrote each last."""
        with self._lock:
            known = {key: self._known[key] for key in written.keys() & self._known.keys()}
        return {key: each for key, (by, each) in known.items() if by == written[key] and _are_young(each, now)}

    def keep(self, incidents: Mapping[str, IncidentFacts], written: Mapping[str, str], now: datetime) -> None:
        """Notes incidents whose reports may all be remembered."""
        fitting = {key: each for key, each in incidents.items() if all(_fits(one, now) for one in each.reports)}
        with self._lock:
            for key, each in fitting.items():
                self._drop(key)
                self._known[key] = written[key], each
                self._told += len(each.reports)
            while len(self._known) > MOST_INCIDENTS or self._told > MOST_TOLD:
                self._drop(next(iter(self._known)))

    def forget(self, now: datetime) -> None:
        """Lets go of all with a report whose time is over."""
        with self._lock:
            for key in [key for key, pair in self._known.items() if not _are_young(pair[1], now)]:
                self._drop(key)

    def _drop(self, key: str) -> None:
        if key in self._known:
            self._told -= len(self._known.pop(key)[1].reports)


def _are_young(incident: IncidentFacts, now: datetime) -> bool:
    """Whether its oldest report, where it has any, may still be remembered."""
    return not incident.reports or _is_young(incident.reports[0], now)


_incidents: Final = _Incidents()


def remember(reports: Iterable[ReportFacts]) -> None:
    """Notes what these reports say, with the signs that triage found in them: soon others are compared with them."""
    _memory.keep([each.as_earlier for each in reports], datetime.now(UTC))


def known_incidents(written: Mapping[str, str]) -> dict[str, IncidentFacts]:
    """Those of these incidents that are as this process knows them. `written`: incident -> the transaction that wrote its row
    (xmin)."""
    return _incidents.find(written, datetime.now(UTC))


def note_incidents(incidents: Mapping[str, IncidentFacts], written: Mapping[str, str]) -> None:
    """Notes incidents for `known_incidents`. Their rows were read together with which reports are on them: who changes that
    afterwards writes the row, too."""
    _incidents.keep(incidents, written, datetime.now(UTC))


def reports(session: Session, ids: Sequence[str]) -> dict[str, EarlierReport]:
    """These reports by id, as far as there are any."""
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
