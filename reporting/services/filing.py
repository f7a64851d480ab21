"""Filing a report: idempotency row, report, sealed contact, trace, outbox and audit in one transaction, then the receipt.

Nothing but PostgreSQL is on this path. An accepted report is never lost, a retry is harmless, and nobody is turned away for
sending too much: over budget a report is accepted with low trust.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from psycopg import Connection
from psycopg.errors import DeadlockDetected, LockNotAvailable, UniqueViolation
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from reporting import jobs
from reporting.adapters.doorbell import OUTBOX
from reporting.adapters.seals import NONCE_BYTES, Place
from reporting.bootstrap import adapters
from reporting.domain.chance import Chance
from reporting.domain.errors import InProgress, Problem, Refused
from reporting.domain.languages import N_
from reporting.domain.receipts import new_receipt_code
from reporting.domain.records import FiledReport, Filing, NewReport, Sender
from reporting.domain.references import new_reference
from reporting.services.answers import Answer, body_hash, repeated_answer, sealed_answer
from reporting.services.filing_statements import Asked, Budgets, Known, Rows, ask, write
from reporting.services.unit_of_work import one_statement_work

OLDEST_PLAUSIBLE = timedelta(days=31)
CLOCK_SLACK = timedelta(minutes=10)
RANDOM_BITS = 512
"""Enough for two ids, a reference, a receipt code and a nonce."""


@dataclass(frozen=True, slots=True)
class _Origin:
    """The day-keyed hashes of where a report came from."""

    network: bytes | None
    device: bytes | None


@dataclass(frozen=True, slots=True)
class _Entry:
    """One report on its way into the tables: what was sent, what is known, and what will be answered."""

    filing: Filing
    origin: _Origin
    known: Known
    answer: Answer
    body: bytes


def file_report(filing: Filing) -> FiledReport:
    """Files a report once, however often it is sent with the same key.

    Raises Refused when the key was used with another body or the receipt code is taken, InProgress when the same key is
    being worked on for more than two seconds. Two SQL statements (three for a repeated key) and one commit that writes.
    """
    [outcome] = file_reports([filing])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def file_reports(filings: Sequence[Filing]) -> Sequence[FiledReport | Exception]:
    """Files the reports of one moment like `file_report`, which share its statements and its commit; an outcome for each, in
    order.

    Where one of them cannot be filed, each is filed by itself, so that none spoils another's. Raises what stops all of them, such
    as a database that is away.
    """
    try:
        return _filed(filings)
    except Exception as error:
        if _stops_all(error):
            raise
        if len(filings) > 1:
            return [outcome for filing in filings for outcome in file_reports([filing])]
        return [_refusal(error)]


def _stops_all(error: Exception) -> bool:
    """Whether it is the database's trouble and not that of one report."""
    if isinstance(error, IntegrityError | DataError) or not isinstance(error, SQLAlchemyError):
        return False
    return not isinstance(getattr(error, "orig", None), LockNotAvailable | DeadlockDetected)


def _filed(filings: Sequence[Filing]) -> list[FiledReport | Exception]:
    chance = Chance(adapters().random.getrandbits(RANDOM_BITS * len(filings)), RANDOM_BITS * len(filings))
    origins = [_Origin(_network_hash(each.sender), _device_hash(each.sender)) for each in filings]
    with one_statement_work(OUTBOX) as connection:
        entries = []
        for filing, origin, known in zip(filings, origins, _what_is_known(connection, filings, origins), strict=True):
            answer = _answer(filing.new, known, chance)
            entries.append(_Entry(filing, origin, known, answer, answer.body()))
        written = write(connection, [_rows(each, chance) for each in entries])
        return [
            FiledReport(each.body, replayed=False) if each.answer.report_id in written else _repeated(connection, each.filing)
            for each in entries
        ]


def _repeated(connection: Connection[Any], filing: Filing) -> FiledReport | Exception:
    try:
        return FiledReport(repeated_answer(connection, filing), replayed=True)
    except Refused as refused:
        return refused


def _what_is_known(connection: Connection[Any], filings: Sequence[Filing], origins: Sequence[_Origin]) -> list[Known]:
    settings = adapters().settings
    budgets = Budgets(settings.budget_network_per_hour, settings.budget_device_per_hour)
    asked = [
        Asked(origin.network or b"", origin.device or b"", filing.new.venue or "")
        for filing, origin in zip(filings, origins, strict=True)
    ]
    return ask(connection, asked, budgets)


def _answer(new: NewReport, known: Known, chance: Chance) -> Answer:
    settings = adapters().settings
    reason = "device" if known.device >= settings.budget_device_per_hour else ""
    reason = reason or ("network" if known.network >= settings.budget_network_per_hour else "")
    return Answer(
        report_id=chance.key(),
        reference=new_reference(chance),
        receipt_code=new.receipt_code or new_receipt_code(chance),
        received_at=known.now,
        trust="low" if reason else "normal",
        trust_reason=reason,
        notices=_venue_notices(new, known),
    )


def _venue_notices(new: NewReport, known: Known) -> tuple[Problem, ...]:
    if new.venue is None or (known.venue_id is not None and known.revoked_at is None):
        return ()
    word = "unknown" if known.venue_id is None else "revoked"
    said = {
        "unknown": N_("We do not know this place code. The report was accepted without it."),
        "revoked": N_("This place code is no longer in use. The report was accepted without it."),
    }
    return (Problem("venue", word, said[word]),)


def _rows(entry: _Entry, chance: Chance) -> Rows:
    """Everything that belongs to one report, by table; the key comes first, since it is claimed."""
    filing, answer = entry.filing, entry.answer
    rows = {
        "idempotency": {
            "key_hash": adapters().seals.mark("idempotency", filing.key),
            "body_hash": body_hash(filing),
            "created_at": answer.received_at,
            "report_id": answer.report_id,
            "reference": answer.reference,
            "trust": answer.trust,
            "answer_sealed": sealed_answer(filing.key, entry.body, chance.octets(NONCE_BYTES)),
        },
        "report": _report_row(entry),
        "trace": _trace_row(entry),
        "outbox": {"job": jobs.TRIAGE, "subject_id": answer.report_id},
        "audit_event": {
            "id": chance.key(),
            "actor_id": filing.sender.account_id,
            "action": "report.filed",
            "subject": "report",
            "subject_id": answer.report_id,
        },
    }
    if filing.new.contact is not None:
        rows["contact"] = _contact_row(filing.new, answer)
    return rows


def _report_row(entry: _Entry) -> dict[str, Any]:
    filing, answer, known = entry.filing, entry.answer, entry.known
    new = filing.new
    assert answer.receipt_code is not None
    plausible = _plausible(new.observed_at, answer.received_at)
    venue = known if known.venue_id is not None and known.revoked_at is None else None
    point = new.location
    return {
        "id": answer.report_id,
        "reference": answer.reference,
        "receipt_hash": adapters().seals.mark("receipt", answer.receipt_code),
        "received_at": answer.received_at,
        "category": new.category,
        "description": new.description,
        "why_unusual": new.why_unusual,
        "language": new.language,
        "lat": point.lat if point else (venue.lat if venue else None),
        "lon": point.lon if point else (venue.lon if venue else None),
        "accuracy_m": point.accuracy_m if point else None,
        "location_source": point.source if point else ("venue" if venue else None),
        "place": new.place,
        "place_code": new.venue,
        "venue_id": venue.venue_id if venue else None,
        "moving_to": new.moving_to,
        "observed_at": new.observed_at if plausible else None,
        "observed_at_sent": new.observed_at_sent,
        "clock_plausible": plausible or new.observed_at_sent is None,
        "still_there": new.still_there,
        "happening_now": new.happening_now,
        "hot_hidden": new.hot.hidden,
        "hot_obvious": new.hot.obvious,
        "hot_typical": new.hot.typical,
        "item_size": new.item_size,
        "owner_looked_for": new.owner_looked_for,
        "owner_found": new.owner_found,
        "behaviours": new.behaviours,
        "already_told": new.already_told,
        "about_staff": new.about_staff,
        "expected_pictures": new.expected_pictures,
        "trust": answer.trust,
        "trust_reason": answer.trust_reason,
        "filer": filing.sender.filer,
        "filed_by": filing.sender.account_id,
    }


def _contact_row(new: NewReport, answer: Answer) -> dict[str, Any]:
    assert new.contact is not None
    seals = adapters().seals
    plain = json.dumps(asdict(new.contact), ensure_ascii=False).encode()
    place = Place("contact", "sealed", str(answer.report_id))
    return {"report_id": answer.report_id, "sealed": seals.seal("contact", place, plain), "key_id": seals.key_id}


def _trace_row(entry: _Entry) -> dict[str, Any]:
    own = entry.filing.new.reporter_location
    return {
        "report_id": entry.answer.report_id,
        "received_at": entry.answer.received_at,
        "network_hash": entry.origin.network,
        "device_hash": entry.origin.device,
        "reporter_lat": own.lat if own else None,
        "reporter_lon": own.lon if own else None,
        "reporter_accuracy_m": own.accuracy_m if own else None,
    }


def _network_hash(sender: Sender) -> bytes | None:
    """A keyed hash whose key changes every day: yesterday's rows cannot be matched with today's."""
    today: date = adapters().clock().date()
    return adapters().seals.mark(f"network {today.isoformat()}", sender.address) if sender.address else None


def _device_hash(sender: Sender) -> bytes | None:
    """Its key is the same every day: a phone that reports before and after midnight is one source. Its rows go within a day."""
    return adapters().seals.mark("phone", sender.device_key) if sender.device_key else None


def _plausible(observed_at: datetime | None, received_at: datetime) -> bool:
    """A device clock in 1970 or 2099 loses no report; its time is kept as sent and not used."""
    if observed_at is None:
        return False
    return received_at - OLDEST_PLAUSIBLE <= observed_at <= received_at + CLOCK_SLACK


def _refusal(error: Exception) -> Exception:
    """What the database's refusal of one report means to who sent it."""
    if not isinstance(error, DBAPIError):
        return error
    if isinstance(error.orig, LockNotAvailable):
        return InProgress("The same report is being filed right now.")
    if isinstance(error.orig, UniqueViolation) and "receipt_hash" in str(error.orig.diag.constraint_name):
        problem = Problem("receipt_code", "taken", "This code is in use. Make a new one and send again.")
        return Refused("The receipt code is in use.", (problem,))
    return error
