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

from reporting.domain.staff_notices import WORDS, kind_of, worse_than
from reporting.models.looking import facts_of
from reporting.services.rows import document


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
    update notice set ended_at = created_at, updated_at = now() where incident_id = any(:incidents)
        and not (incident_id::text || coalesce(organisation_id, venue_id)::text = any(:told))
""")
"""Ended for good, as if it had never been told: its end is its beginning."""
_FOLLOW: Final = text("""
    with told as (
        select n.id, i.priority, i.category, i.status = 'closed' or (i.about_staff and n.venue_id is not null)
            or coalesce(n.organisation_id = any (i.hidden_from), false) as over
        from notice n join incident i on i.id = n.incident_id
        where n.incident_id = any (:incidents) and n.ended_at is distinct from n.created_at
    )
    update notice set priority = told.priority, category = told.category, updated_at = now(),
        ended_at = case when told.over then now() end
    from told where notice.id = told.id
        and (notice.priority, notice.category, ended_at is not null) is distinct from (told.priority, told.category, told.over)
""")
"""A notice ends with its incident, and when that turns out to be about the house it was told to; it comes back with an incident
that is reopened. One that ended for good stays so."""
_TOLD_TO_STAFF: Final = text("""
    select incident_id from notice where incident_id = any (:incidents) and venue_id is not null and ended_at is null
""")
_SAY_TO_STAFF: Final = text("""
    update notice set kind = :kind, reason = held_by || ' works on it. ' || :words, updated_at = now()
    where incident_id = any (:incidents) and venue_id is not null and ended_at is null and kind = any (:before)
""")


def tell(session: Session, incidents: Sequence[uuid.UUID], notices: Sequence[NewNotice]) -> None:
    """From now on exactly these are told of the incidents; notices to others end, those to the same are brought up to date."""
    told = [f"{each.incident_id}{each.organisation_id or each.venue_id}" for each in notices]
    session.execute(_END_OTHERS, {"incidents": list(incidents), "told": told})
    for addressee, statement in _TELL.items():
        rows = [asdict(each) for each in notices if getattr(each, addressee)]
        if rows:
            session.execute(statement, {"rows": document(rows)})


def follow(session: Session, incidents: Sequence[uuid.UUID], reports: Sequence[uuid.UUID] = ()) -> None:
    """Brings the notices of these incidents up to date with their urgency, kind and end. With `reports` only these are new, and
    staff is told where they make it worse: one incident may have ten thousand, and not all of them are read for each."""
    session.flush()
    session.execute(_FOLLOW, {"incidents": list(incidents)})
    _tell_staff_anew(session, incidents, reports)


def _tell_staff_anew(session: Session, incidents: Sequence[uuid.UUID], reports: Sequence[uuid.UUID]) -> None:
    """Whoever was asked to look reads at once when nobody should: what was reported since counts as much as the first report."""
    told = session.scalars(_TOLD_TO_STAFF, {"incidents": list(incidents)}).all()
    by_kind: dict[str, list[uuid.UUID]] = {}
    for incident, facts in facts_of(session, told, reports).items():
        by_kind.setdefault(kind_of(facts), []).append(incident)
    for kind, of_kind in by_kind.items():
        before = worse_than(kind) if reports else [each for each in WORDS if each != kind]
        values = {"incidents": of_kind, "kind": kind, "words": WORDS[kind], "before": list(before)}
        session.execute(_SAY_TO_STAFF, values)
