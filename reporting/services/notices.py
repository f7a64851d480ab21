"""Notices: what an informed room or a venue's staff is told of an incident that is somebody else's. The caller commits.

A notice holds its few fields itself, so that nobody needs sight of the incident to read it: kind of thing, urgency, place as we
call it, time, and who works on it. Never what a reporter wrote. It follows the incident, and ends when that is closed.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from reporting.services.rows import document

MOST_URGENT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A notice to one organisation or one venue (ids as text). `place` is a name of ours."""

    incident_id: uuid.UUID
    organisation_id: str | None = None
    venue_id: str | None = None
    kind: str
    reason: str
    held_by: str
    number: str
    category: str
    priority: int
    place: str
    lat: float | None
    lon: float | None
    accuracy_m: float | None
    opened_at: datetime


_COLUMNS: Final = tuple(NewNotice.__dataclass_fields__)
_CHANGED: Final = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in ("incident_id", "opened_at"))
_INSERT: Final = (
    "insert into notice (id, {columns}) select gen_random_uuid(), {columns} from json_populate_recordset(null::notice, :rows)"
    " on conflict (incident_id, {addressee}) do update set {changed}, updated_at = now(), ended_at = null"
)
_TELL: Final = {
    name: text(_INSERT.format(columns=", ".join(_COLUMNS), changed=_CHANGED, addressee=name))
    for name in ("organisation_id", "venue_id")
}
_END_OTHERS: Final = text("""
    update notice set ended_at = now(), updated_at = now() where incident_id = any(:incidents) and ended_at is null
        and not (incident_id::text || coalesce(organisation_id, venue_id)::text = any(:told))
""")
_FOLLOW: Final = text("""
    update notice set priority = i.priority, category = i.category, updated_at = now(),
        kind = case when venue_id is null then kind when i.priority = :most_urgent then 'keep_away' else 'please_look' end,
        ended_at = case when i.status = 'closed' then now() end
    from (select id, priority, category, status from incident where id = any(:incidents)) as i
    where incident_id = i.id
        and (notice.priority, notice.category, ended_at is null) is distinct from (i.priority, i.category, i.status <> 'closed')
""")


def tell(session: Session, incidents: Sequence[uuid.UUID], notices: Sequence[NewNotice]) -> None:
    """From now on exactly these are told of the incidents; notices to others end, those to the same are brought up to date."""
    told = [f"{each.incident_id}{each.organisation_id or each.venue_id}" for each in notices]
    session.execute(_END_OTHERS, {"incidents": list(incidents), "told": told})
    for addressee, statement in _TELL.items():
        rows = [asdict(each) for each in notices if getattr(each, addressee)]
        if rows:
            session.execute(statement, {"rows": document(rows)})


def follow(session: Session, incidents: Sequence[uuid.UUID]) -> None:
    """Brings the notices of these incidents up to date with their urgency, kind and end."""
    session.flush()
    session.execute(_FOLLOW, {"incidents": list(incidents), "most_urgent": MOST_URGENT})
