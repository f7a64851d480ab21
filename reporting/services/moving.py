"""Reports on their way from one incident to another, and what the incidents come to be by it. Parts of a step of casework."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text

from reporting.domain.corroboration import ENOUGH_SOURCES, corroborated
from reporting.domain.facts import Hot
from reporting.domain.hot import worst
from reporting.models.incident import Incident
from reporting.models.joins import Step
from reporting.services.cases import Case

_MOVE: Final = text("""
    with moved as (
        update report set incident_id = :target where incident_id = :source and (:every or id = any(cast(:ids as uuid[])))
        returning id
    )
    insert into move (id, event_id, kind, report_id, from_incident_id, incident_id)
    select gen_random_uuid(), :event, :kind, id, :source, :target from moved returning report_id
""")
_OF_STEP: Final = text("select report_id, from_incident_id, incident_id from move where event_id = :event")
_REPORTS: Final = text("""
    select report.id, report.received_at, report.hot_hidden, report.hot_obvious, report.hot_typical, assessment.priority,
        coalesce(joining.independent, true) as independent, trace.device_hash, trace.network_hash
    from report left join assessment on assessment.report_id = report.id left join joining on joining.report_id = report.id
        left join trace on trace.report_id = report.id
    where report.incident_id = :incident order by report.received_at, report.id
""")
_LOOKED: Final = text("""
    select at, hot_hidden, hot_obvious, hot_typical from look
    where incident_id = :incident and not exists (select 1 from step where step.undoes = look.event_id)
        and (hot_hidden, hot_obvious, hot_typical) <> ('unknown', 'unknown', 'unknown')
    order by at desc, id desc limit 1
""")


def move_reports(case: Case, source: uuid.UUID, target: uuid.UUID, report_ids: Sequence[uuid.UUID] | None = None) -> int:
    """Moves these reports of the one incident, or all of them, to the other; returns how many there were."""
    case.work.session.flush()
    said = {"source": source, "target": target, "event": case.told, "kind": case.kind}
    asked = {"every": report_ids is None, "ids": list(report_ids or ())}
    return len(case.work.session.execute(_MOVE, {**said, **asked}).all())


def move_back(cases: Sequence[Case], step: Step) -> None:
    """The reports that a step moved go back; reports that came later stay, and are counted where they are."""
    case = cases[0]
    moved = case.work.session.execute(_OF_STEP, {"event": step.event_id}).all()
    for source, target in {(row.incident_id, row.from_incident_id) for row in moved}:
        move_reports(case, source, target, [row.report_id for row in moved if row.incident_id == source])
    for each in cases:
        if len(_reports(each)) != each.incident.report_count:
            settle(each)


def settle(case: Case) -> None:
    """Counts anew what an incident's reports say together, from what was stored when each arrived."""
    rows, incident = _reports(case), case.incident
    incident.report_count = len(rows)
    incident.independent_sources = sources(rows)
    if rows:
        networks = {row.network_hash for row in rows}
        incident.one_network = len(networks) == 1 and None not in networks
        incident.last_report_at = max(row.received_at for row in rows)
        hot = _hot(case, rows)
        incident.hot_hidden, incident.hot_obvious, incident.hot_typical = hot.hidden, hot.obvious, hot.typical


def sources(rows: Sequence[Any]) -> int:
    """How many of the reports are sources of their own: what was found at arrival, and one phone is one source while its trace
    is still there. Where there are reports there is at least one."""
    known = {bytes(row.device_hash) if row.device_hash else row.id for row in rows if row.independent}
    return max(1, len(known)) if rows else 0


def most_urgent(case: Case) -> int | None:
    """The priority that an incident's reports give it: the most urgent one, raised where enough independent sources agree."""
    rows = _reports(case)
    judged = min((row.priority for row in rows if row.priority is not None), default=None)
    return None if judged is None else corroborated(judged, ENOUGH_SOURCES - 1, sources(rows))[0]


def _reports(case: Case) -> Sequence[Any]:
    case.work.session.flush()
    return case.work.session.execute(_REPORTS, {"incident": case.incident.id}).all()


def _hot(case: Case, rows: Sequence[Any]) -> Hot:
    """The worse answer of each question; who has looked is believed against what was reported before."""
    looked = case.work.session.execute(_LOOKED, {"incident": case.incident.id}).one_or_none()
    later = [row for row in rows if looked is None or row.received_at > looked.at]
    said = ([looked] if looked else []) + list(later)
    found = Hot(said[0].hot_hidden, said[0].hot_obvious, said[0].hot_typical)
    for row in said[1:]:
        found = worst(found, Hot(row.hot_hidden, row.hot_obvious, row.hot_typical))
    return found


def hot_of(incident: Incident) -> Hot:
    """An incident's answers as they stand."""
    return Hot(incident.hot_hidden, incident.hot_obvious, incident.hot_typical)  # type: ignore[arg-type]
