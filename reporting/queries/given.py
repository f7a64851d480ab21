"""What a reporter gave and was sent, whole, for a file or a page to print. Of a name or number it says only that it was left: a
code on a slip of paper opens the report, and must not name its owner to whoever finds the slip."""

from typing import Any, Final

from sqlalchemy import exists, select

from reporting.adapters.sight import Sight, reading
from reporting.bootstrap import adapters
from reporting.domain.behaviours import plain_words
from reporting.domain.categories import BY_CODE as CATEGORIES
from reporting.models.report import Contact, Report
from reporting.queries.follow_up import Own, Say, as_reporter_reads, own
from reporting.queries.items import location, stamp

ANSWERS: Final = (
    "still_there",
    "happening_now",
    "hot_hidden",
    "hot_obvious",
    "hot_typical",
    "item_size",
    "owner_looked_for",
    "owner_found",
)
"""Columns that hold an answer of the form, kept as codes."""


def everything(receipt_code: str, say: Say) -> dict[str, Any] | None:
    """The report as it was filed and all that was said since; None for a code that opens nothing."""
    found = own(receipt_code)
    if found is None:
        return None
    return {"report": _filed(found.report, say) | _contact(found), "since": as_reporter_reads(found, say)}


def _filed(report: Report, say: Say) -> dict[str, Any]:
    category = CATEGORIES.get(report.category)
    return {
        "reference": report.reference,
        "received_at": stamp(report.received_at),
        "category": say(category.label) if category else report.category,
        "description": report.description,
        "why_unusual": report.why_unusual,
        "language": report.language,
        "location": location(report.lat, report.lon, report.accuracy_m, report.place),
        "place_code": report.place_code,
        "moving_to": report.moving_to,
        "observed_at": report.observed_at_sent,
        "answers": {name: getattr(report, name) for name in ANSWERS if getattr(report, name) not in (None, "unknown")},
        "behaviours": [say(plain_words(code)) for code in report.behaviours],
        "already_told": report.already_told,
        "about_staff": report.about_staff,
    }


def _contact(found: Own) -> dict[str, Any]:
    mark: bytes = found.report.receipt_hash
    with reading(Sight(receipt=mark.hex())) as session:
        left = session.scalar(select(exists().where(Contact.report_id == found.report.id)))
    return {"contact_left": bool(left), "asked_for_at": stamp(adapters().clock())}
