"""How to reach a reporter: kept sealed, opened by a room with a reason, each opening told and recorded once."""

import json
import uuid
from dataclasses import asdict, replace
from typing import Final

from sqlalchemy import delete, func, insert, select

from reporting.adapters.doorbell import LIVE
from reporting.adapters.seals import Place
from reporting.adapters.sight import Sight, reading
from reporting.bootstrap import adapters
from reporting.domain.errors import NotFound, NotPossible, Problem, Refused
from reporting.domain.records import Contact as Details
from reporting.models.report import Contact, Report
from reporting.policy import Actor, scope
from reporting.services.cases import open_case
from reporting.services.history import announce, record
from reporting.services.unit_of_work import Work

MOST_NUMBER: Final = 40
"""Characters of a telephone number."""


def open_contact(actor: Actor, report_id: uuid.UUID | str, reason: str) -> Details:
    """The details a reporter left, for the room whose incident the report is on. The opening is on the timeline with its reason
    and once in the audit trail, in the same transaction: where that cannot be written, nothing is opened. Refuses an empty
    reason; raises NotFound for absent and not yours alike, NotPossible where nothing was left."""
    if not reason:
        raise Refused("A reason is needed.", (Problem("reason", "required", "Say why you need it."),))
    with open_case(actor, _incident_of(actor, report_id), None) as case:
        statement = select(Report.reference, Contact).outerjoin(Contact, Contact.report_id == Report.id)
        of_case = Report.id == report_id, Report.incident_id == case.incident.id
        row = case.work.session.execute(statement.where(*of_case)).one_or_none()
        if row is None:
            raise NotFound
        if row.Contact is None:
            raise NotPossible("This reporter left no name and no number, or they are deleted.")
        details = Details(**contact_of(row.Contact))
        case.add("contact_opened", f"Opened the contact of {row.reference}: {reason}", {"report_id": str(report_id)})
        record(case.work, actor, "contact.opened", "report", row.Contact.report_id)
        case.incident.updated_at = func.now()
        case.work.session.flush()
        announce(case.work.session, case.incident, "changed")
        case.work.ring(LIVE)
    return details


def _incident_of(actor: Actor, report_id: uuid.UUID | str) -> uuid.UUID:
    with reading(Sight(organisation=scope(actor, "contact.open").organisation_id or "")) as session:
        found = session.scalar(select(Report.incident_id).where(Report.id == report_id))
    if found is None:
        raise NotFound
    return found


def seal_number(work: Work, report_id: uuid.UUID, number: str) -> None:
    """Keeps the number a reporter gave, beside what they left before. In the sight of its receipt."""
    if len(number) > MOST_NUMBER:
        raise Refused("This is too long.", (Problem("text", "too_long", "This text is too long."),))
    found = work.session.scalar(select(Contact).where(Contact.report_id == report_id))
    details = replace(Details(**contact_of(found)), phone=number) if found else Details(phone=number)
    work.session.execute(delete(Contact).where(Contact.report_id == report_id).execution_options(synchronize_session=False))
    work.session.execute(insert(Contact.__table__), _sealed(report_id, details))


def contact_of(found: Contact) -> dict[str, str | None]:
    """What stands in a sealed row: name, email, phone. Whoever calls this has the reason for it and records the opening."""
    plain: dict[str, str | None] = json.loads(adapters().seals.open("contact", _place(found.report_id), found.sealed))
    return plain


def _place(report_id: uuid.UUID) -> Place:
    return Place("contact", "sealed", str(report_id))


def _sealed(report_id: uuid.UUID, details: Details) -> dict[str, object]:
    seals = adapters().seals
    plain = json.dumps(asdict(details), ensure_ascii=False).encode()
    return {"report_id": report_id, "sealed": seals.seal("contact", _place(report_id), plain), "key_id": seals.key_id}
